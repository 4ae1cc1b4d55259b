"""What a person asks for is answered once, by whoever works on the outbox."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from domain.errors import ResourceTaken, SettingsError, SourceRefused, SourceUnavailable
from domain.topics import Lane
from ingest.backoff import Backoff
from ingest.feed_runner import FeedRunner, Pace
from ingest.outbox.desk import ask, pause_source, read_request, resume_source
from ingest.outbox.feeds import FeedState
from ingest.outbox.requests import Request
from ingest.outbox.store import Outbox
from ingest.period_runner import PeriodRunner
from ingest.protocol import Feed, Period, Poll, Source
from ingest.request_desk import RequestDesk
from ingest.schedule import Schedule
from ingest.status import read_status
from ingest.within import Within
from tests.ingest.fakes import Answer, Scripted, TurnedClock
from tests.ingest.samples import KEYED, NOON, draft, open_outbox, poll

SECOND = timedelta(seconds=1)
STEADY = Pace(backoff=Backoff(first=SECOND, most=8 * SECOND, draw=lambda: 1.0))
PERIOD = Period(NOON - timedelta(days=2), NOON - timedelta(days=1))


class Here:
    """A source, its runs and the outbox, in one process."""

    def __init__(self, folder: Path, schedule: Schedule | None = None) -> None:
        self.clock = TurnedClock()
        self.live = Scripted([])
        self.periods: list[Period] = []
        self.past = Scripted([])
        feeds = (Feed(Lane.LIVE, self.live),)
        self.source = Source("web", feeds, backfill=self._backfill, schedule=schedule or Schedule())
        self.outbox = open_outbox(folder, self.source)
        self.halted = threading.Event()

    def _backfill(self, period: Period) -> Scripted:
        self.periods.append(period)
        return self.past

    def feed(self, *answers: Answer) -> FeedRunner:
        self.live._answers = iter(answers)
        args = (self.outbox, self.clock, threading.Event(), self.halted, STEADY)
        return FeedRunner(self.source, self.source.feeds[0], *args)

    def period(self, *answers: Answer) -> PeriodRunner:
        self.past._answers = iter(answers)
        return PeriodRunner(self.source, self.outbox, self.clock, threading.Event(), STEADY)

    def ask(self, period: Period | None = None) -> int:
        return ask(self.outbox.path, "web", period, self.clock.now())

    def look(self, number: int) -> Request:
        return read_request(self.outbox.path, number)

    def state(self) -> FeedState:
        return read_status(self.outbox.path).sources[0].feeds[0].state


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    made = Here(tmp_path, Schedule.model_validate({"every": "1h", "between": "20:00-21:00"}))
    with closing(made.outbox):
        yield made


def test_outside_of_its_window_a_source_is_not_asked_unless_a_person_wants_it(here: Here) -> None:
    feed = here.feed(poll(draft("a"), draft("b"), at=1))
    assert feed.run() == timedelta(hours=7)  # 13:00 in Amsterdam
    assert here.live.asked == []
    number = here.ask()
    assert feed.run() == timedelta(hours=7)
    assert here.live.asked == [None]
    request = here.look(number)
    assert (request.received, request.duplicate, request.error) == (2, 0, None)
    assert request.ended_at == NOON


def test_asking_twice_is_asking_once_while_the_request_is_open(here: Here) -> None:
    assert here.ask() == here.ask()
    assert here.ask(PERIOD) == here.ask(PERIOD) != here.ask()
    here.feed(poll(at=1)).run()
    assert here.look(here.ask()).ended_at is None


def test_a_poll_that_fails_answers_the_request_with_its_reason(here: Here) -> None:
    number = here.ask()
    here.feed(SourceUnavailable("web: away")).run()
    assert here.look(number).error == "web: away"
    assert here.look(number).ended_at is not None


def test_a_source_that_stopped_is_tried_again_when_somebody_asks(here: Here) -> None:
    here.ask()
    feed = here.feed(SourceRefused("web: 401"), poll(draft("a"), at=1))
    assert feed.run() is None
    assert here.state() is FeedState.STOPPED
    assert feed.run() is None or here.live.asked == [None]
    number = here.ask()
    feed.run()
    assert here.look(number).received == 1
    assert here.state() is FeedState.WAITING


def test_a_source_that_is_paused_by_hand_rests_until_it_is_resumed(here: Here) -> None:
    assert pause_source(here.outbox.path, "web", NOON)
    assert not pause_source(here.outbox.path, "web", NOON)
    number = here.ask()
    feed = here.feed(poll(at=1))
    assert feed.run() == STEADY.paused_wait
    assert here.state() is FeedState.PAUSED
    assert str(read_status(here.outbox.path).sources[0].pause) == "by hand"
    assert here.look(number).error == "it is paused"
    assert resume_source(here.outbox.path, "web")
    assert here.state() is FeedState.WAITING
    with pytest.raises(SettingsError, match="not known here; choose from web"):
        pause_source(here.outbox.path, "wbe", NOON)


def test_a_period_is_read_with_its_own_cursor_and_goes_on_after_a_restart(
    here: Here, tmp_path: Path
) -> None:
    number = here.ask(PERIOD)
    first = here.period(Poll([draft("a")], {"page": 1}, SECOND, progress=0.5))
    assert first.run() == SECOND
    assert here.look(number).progress == 0.5
    assert here.outbox.place("web", Lane.LIVE).cursor is None
    again = here.period(Poll([draft("b")], {"page": 2}, timedelta(0), done=True, progress=1.0))
    assert again.run() == timedelta(0)
    assert here.past.asked == [None, {"page": 1}]
    assert here.periods == [PERIOD, PERIOD]
    request = here.look(number)
    assert (request.received, request.ended_at) == (2, NOON)
    assert again.run() is None


def test_a_period_that_is_refused_ends_the_request_and_not_the_source(here: Here) -> None:
    refused, broken = here.ask(PERIOD), here.ask(Period(PERIOD.since, NOON))
    runner = here.period(SourceUnavailable("web: away"), SourceRefused("web: 410"), KeyError("geheim"))
    assert runner.run() == SECOND
    assert here.look(refused).error == "web: away"
    assert here.look(refused).ended_at is None
    runner.run()
    assert here.look(refused).error == "web: 410"
    runner.run()
    assert here.look(broken).error == "unexpected KeyError"
    assert here.state() is FeedState.WAITING


def test_the_desk_wakes_who_answers_and_gives_up_what_nobody_can(here: Here) -> None:
    woken: list[str] = []
    desk = RequestDesk(here.outbox, here.clock, [here.source], woken.append)
    assert not desk.look()
    here.ask()
    here.ask(PERIOD)
    assert desk.look()
    assert woken == ["web.live", "web.periods"]
    here.outbox.register([Source("old", (Feed(Lane.LIVE, Scripted([])),))])
    number = ask(here.outbox.path, "old", None, NOON)
    desk.look()
    assert "declare it" in (here.look(number).error or "")


def test_only_a_period_comes_through_a_source_that_is_read_from_its_beginning() -> None:
    inside = draft("in", occurred_at=PERIOD.since)
    outside = draft("out", occurred_at=PERIOD.until)
    whole = Scripted([poll(outside, inside, at=1)])
    assert list(Within(whole, PERIOD).poll(None, NOON).findings) == [inside]


HOLD = """
import sys
from pathlib import Path
from ingest.keys import KeyedHash
from ingest.outbox.store import Outbox
outbox = Outbox(Path(sys.argv[1]), KeyedHash(bytes(range(32))), "nijmegen", patience=0.0)
print("held", flush=True)
sys.stdin.read()
"""


def test_there_is_one_scheduler_for_all_processes(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(ResourceTaken):
            Outbox(path, KEYED, "nijmegen", patience=0.0)
        other.kill()
        other.wait()
    Outbox(path, KEYED, "nijmegen", patience=5.0).close()


def test_a_schedule_is_a_part_of_its_source(tmp_path: Path) -> None:
    made = Here(tmp_path, Schedule.model_validate({"every": "5m"}))
    with closing(made.outbox):
        assert made.feed(poll(at=1)).run() == timedelta(minutes=5)
        made.clock.turn(timedelta(minutes=2))
        assert made.feed(poll(at=2)).run() == timedelta(minutes=3)
        assert made.live.asked == [None]
