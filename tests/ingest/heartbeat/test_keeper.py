"""What polls leave in the outbox becomes a verdict that everybody can read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from domain.topics import Lane
from domain.vitals import Vitals
from ingest.heartbeat.verdict import Trouble, Verdict
from ingest.heartbeat_keeper import HeartbeatKeeper
from ingest.outbox import beats
from ingest.outbox.desk import pause_source
from ingest.outbox.store import Outbox
from ingest.protocol import Feed, Poll, Source
from ingest.rhythm import Rhythm
from ingest.status import read_status
from tests.ingest.fakes import TurnedClock
from tests.ingest.samples import NOON, NothingToPoll, draft, open_outbox, poll

HOUR = timedelta(hours=1)
RHYTHM = Rhythm(silent_after=HOUR, lateness=timedelta(minutes=5))
WEB = Source("web", (Feed(Lane.LIVE, NothingToPoll()),), rhythm=RHYTHM)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with closing(open_outbox(tmp_path, WEB)) as opened:
        yield opened


class Kept:
    def __init__(self, outbox: Outbox) -> None:
        self.clock = TurnedClock()
        self.outbox = outbox
        self.keeper = HeartbeatKeeper(outbox, self.clock, [WEB], Vitals(), lambda _verdicts: None)

    def verdict(self) -> Verdict:
        self.keeper.judge_all()
        (status,) = read_status(self.outbox.path).sources
        assert status.heartbeat is not None
        return status.heartbeat

    def polled(self, answer: Poll, took: float = 0.1) -> None:
        now = self.clock.now()
        self.outbox.write(WEB, Lane.LIVE, answer, now, now, took=timedelta(seconds=took))


@pytest.fixture
def kept(outbox: Outbox) -> Kept:
    return Kept(outbox)


def test_a_source_that_was_never_read_is_not_complete(kept: Kept) -> None:
    verdict = kept.verdict()
    assert (verdict.complete_until, verdict.troubles, verdict.receipt) == (None, {}, 0)


def test_complete_until_moves_with_the_answers_and_stops_with_the_silence(kept: Kept) -> None:
    kept.polled(poll(draft("a"), at=1))
    assert kept.verdict().complete_until == NOON - timedelta(minutes=5)
    assert kept.verdict().receipt == 1
    kept.clock.turn(HOUR / 2)
    kept.polled(poll(draft("a"), at=2))  # a repeat is no news
    assert kept.verdict().complete_until == NOON + HOUR / 2 - timedelta(minutes=5)
    kept.clock.turn(HOUR)
    kept.polled(poll(at=3))
    with capture_logs() as logs:
        verdict = kept.verdict()
    assert list(verdict.troubles) == [Trouble.SILENT]
    assert verdict.complete_until == NOON - timedelta(minutes=5)
    assert [log["event"] for log in logs] == ["source_trouble"]
    kept.polled(poll(draft("b"), at=4))
    with capture_logs() as logs:
        assert kept.verdict().troubles == {}
    assert [log["event"] for log in logs] == ["source_trouble_over"]


def test_what_is_not_read_to_its_end_is_not_complete(kept: Kept) -> None:
    kept.polled(Poll([draft("a")], {"at": 1}, timedelta(0)))
    assert kept.verdict().complete_until is None


def test_nothing_is_expected_of_what_has_ended_or_is_paused(kept: Kept) -> None:
    kept.polled(poll(draft("a"), at=1))
    pause_source(kept.outbox.path, "web", NOON)
    kept.clock.turn(24 * HOUR)
    assert kept.verdict().troubles == {}
    with kept.outbox.reading() as db:
        found = beats.read(db, "web")
    assert found is not None
    assert list(found.hours) == [NOON]  # a rest teaches nothing


def test_an_answer_is_slow_in_the_middle_of_the_last(kept: Kept) -> None:
    for n, took in enumerate((0.1, 40.0, 40.0)):
        kept.polled(poll(draft(str(n)), at=n), took)
    assert list(kept.verdict().troubles) == [Trouble.SLOW]


def test_corrections_do_not_make_a_source_late(kept: Kept) -> None:
    for n in range(30):
        kept.polled(poll(draft(str(n), occurred_at=NOON), at=n))
    kept.clock.turn(3 * HOUR)
    for n in range(30):
        kept.polled(poll(draft(str(n), severity=5, occurred_at=NOON), at=n))
    assert kept.verdict().troubles == {}
    for n in range(30, 90):
        kept.polled(poll(draft(str(n), occurred_at=NOON), at=n))
    assert list(kept.verdict().troubles) == [Trouble.LATE]


def test_what_came_while_nobody_asked_is_not_late(kept: Kept) -> None:
    first = [draft(f"first {n}", occurred_at=NOON - 3 * HOUR) for n in range(30)]
    kept.polled(poll(*first, at=1))  # all that there was, at a first start
    assert kept.verdict().troubles == {}
    kept.clock.turn(8 * HOUR)
    part = [draft(f"part {n}", occurred_at=NOON + HOUR) for n in range(30)]
    kept.polled(Poll(part, {"at": 2}, timedelta(0)))  # caught up with in two answers
    rest = [draft(f"rest {n}", occurred_at=NOON + 4 * HOUR) for n in range(30)]
    kept.polled(poll(*rest, at=3))
    assert kept.verdict().troubles == {}


def test_what_was_missing_in_the_answer_before_is_late(kept: Kept) -> None:
    kept.polled(poll(at=1))
    kept.clock.turn(8 * HOUR)
    missed = [draft(f"missed {n}", occurred_at=NOON - HOUR) for n in range(30)]
    kept.polled(poll(*missed, at=2))
    assert list(kept.verdict().troubles) == [Trouble.LATE]


def test_what_is_pushed_late_is_late(kept: Kept) -> None:
    now = kept.clock.now()
    pushed = [draft(f"pushed {n}", occurred_at=NOON - HOUR) for n in range(30)]
    kept.outbox.write(WEB, Lane.LIVE, Poll(pushed, {}, timedelta(0)), now, now)
    assert list(kept.verdict().troubles) == [Trouble.LATE]


def test_old_hours_are_forgotten(kept: Kept) -> None:
    kept.polled(poll(draft("a"), at=1))
    with kept.outbox.transaction() as db:
        beats.forget(db, NOON + timedelta(weeks=9) + HOUR)
        found = beats.read(db, "web")
    assert found is not None and found.hours == {}
