"""A feed goes on where it was, waits as it is told, and falls alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from domain.errors import SourceRefused, SourceUnavailable, Transient
from domain.topics import Lane
from ingest.backoff import Backoff
from ingest.feed_runner import FeedRunner, Pace
from ingest.outbox.feeds import FeedState
from ingest.outbox.schema import OutboxFailed
from ingest.outbox.store import Outbox
from ingest.protocol import Feed, Poll, Source
from ingest.status import FeedStatus, SourceStatus, read_status
from tests.ingest.fakes import Answer, Scripted, TurnedClock
from tests.ingest.samples import KEYED, NOON, draft, poll

SECOND = timedelta(seconds=1)
STEADY = Backoff(first=SECOND, most=8 * SECOND, draw=lambda: 1.0)


def more(at: int) -> Poll:
    return Poll([draft(str(at))], {"at": at}, timedelta(0))


class Ingest:
    """One source whose live and backfill feeds follow a script."""

    def __init__(self, folder: Path, pace: Pace | None = None) -> None:
        self.clock = TurnedClock()
        self.ending = threading.Event()
        self.outbox = Outbox(folder / "outbox.sqlite", KEYED, "nijmegen")
        self._halted = threading.Event()
        self._pace = pace or Pace(backoff=STEADY)
        self._ticks = count()
        self.connectors: dict[Lane, Scripted] = {}

    def feeds(self, **answers: list[Answer]) -> list[FeedRunner]:
        self.connectors = {Lane(lane): Scripted(script) for lane, script in answers.items()}
        feeds = tuple(Feed(lane, connector) for lane, connector in self.connectors.items())
        demo = Source("demo", feeds)
        self.outbox.register([demo])
        return [
            FeedRunner(
                demo,
                feed,
                self.outbox,
                self.clock,
                self.ending,
                self._halted,
                self._pace,
                monotonic=lambda: next(self._ticks) / 20,
            )
            for feed in feeds
        ]

    @property
    def status(self) -> SourceStatus:
        (status,) = read_status(self.outbox.path).sources
        return status

    @property
    def live(self) -> FeedStatus:
        return self.status.feeds[0]


@pytest.fixture
def ingest(tmp_path: Path) -> Iterator[Ingest]:
    made = Ingest(tmp_path)
    yield made
    made.outbox.close()


def test_a_poll_is_written_and_the_next_one_starts_at_its_cursor(ingest: Ingest) -> None:
    (feed,) = ingest.feeds(live=[poll(draft("a"), at=1), poll(draft("b"), at=2)])
    assert feed.run() == SECOND
    ingest.clock.turn(SECOND)
    assert feed.run() == SECOND
    assert ingest.connectors[Lane.LIVE].asked == [None, {"at": 1}]
    assert ingest.status.received == 2
    assert ingest.live.state is FeedState.WAITING
    assert ingest.live.polled_at == NOON + SECOND
    assert ingest.live.next_poll_at == NOON + 2 * SECOND


def test_a_feed_with_more_at_once_goes_on_until_its_slice_is_over(ingest: Ingest) -> None:
    (feed,) = ingest.feeds(live=[more(n) for n in range(9)])
    # Each look at the clock takes a twentieth of a second, and a slice has a quarter.
    assert feed.run() == timedelta(0)
    assert ingest.status.received == 3
    assert feed.run() == timedelta(0)
    assert ingest.connectors[Lane.LIVE].asked[3] == {"at": 2}


def test_a_feed_that_is_done_is_never_polled_again(ingest: Ingest) -> None:
    (feed,) = ingest.feeds(live=[more(1), poll(at=2, done=True)])
    assert feed.run() is None
    assert ingest.live.state is FeedState.DONE
    (after_restart,) = ingest.feeds(live=[])
    assert after_restart.run() is None
    assert ingest.live.state is FeedState.DONE


def test_failures_wait_longer_each_time_and_are_visible(ingest: Ingest) -> None:
    away = SourceUnavailable("demo: away")
    (feed,) = ingest.feeds(live=[away, away, away, away, away, poll(at=1), away])
    waits = [feed.run() for _ in range(5)]
    assert waits == [SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND, 8 * SECOND]
    assert (ingest.live.state, ingest.live.error) == (FeedState.FAILING, "demo: away")
    assert ingest.live.next_poll_at == NOON + 8 * SECOND
    assert feed.run() == SECOND
    assert (ingest.live.state, ingest.live.error) == (FeedState.WAITING, None)
    assert feed.run() == SECOND


def test_a_source_that_says_how_long_is_waited_for_that_long(ingest: Ingest) -> None:
    (feed,) = ingest.feeds(live=[SourceUnavailable("demo: busy", retry_after=30 * SECOND)])
    wait = feed.run()
    assert wait is not None
    assert 30 * SECOND <= wait <= 33 * SECOND


def test_a_source_that_must_stop_takes_all_its_feeds_along(ingest: Ingest) -> None:
    live, backfill = ingest.feeds(live=[SourceRefused("demo: format 9")], backfill=[more(1)])
    assert live.run() is None
    assert backfill.run() is None
    assert ingest.connectors[Lane.BACKFILL].asked == []
    states = {(feed.state, feed.error) for feed in ingest.status.feeds}
    assert states == {(FeedState.STOPPED, "demo: format 9")}


def test_a_restart_tries_a_stopped_source_again(ingest: Ingest) -> None:
    (feed,) = ingest.feeds(live=[SourceRefused("demo: format 9")])
    feed.run()
    ingest.feeds(live=[])
    assert (ingest.live.state, ingest.live.error) == (FeedState.WAITING, None)


def test_a_bug_of_a_connector_is_retried_and_its_text_told_to_nobody(ingest: Ingest) -> None:
    bug = KeyError("Jan de Vries, Molenstraat 12")
    (feed,) = ingest.feeds(live=[bug, poll(draft("a"), at=1)])
    with capture_logs() as logs:
        assert feed.run() == SECOND
    assert ingest.live.error == "unexpected KeyError"
    assert "Molenstraat" not in str(logs) + str(ingest.status)
    assert feed.run() == SECOND
    assert ingest.status.received == 1


def test_when_the_outbox_cannot_take_a_poll_the_same_poll_comes_again(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    (feed,) = ingest.feeds(live=[poll(draft("a"), at=1), poll(draft("a"), at=1)])

    def full(*args: object) -> None:
        raise Transient("outbox: SQLITE_FULL")

    with monkeypatch.context() as patch:
        patch.setattr(ingest.outbox, "write", full)
        assert feed.run() == SECOND
    assert feed.run() == SECOND
    assert ingest.connectors[Lane.LIVE].asked == [None, None]
    assert (ingest.status.issued, ingest.status.duplicate) == (1, 0)


def test_a_damaged_outbox_is_nothing_that_a_feed_survives(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    (feed,) = ingest.feeds(live=[poll()])

    def damaged(*args: object) -> None:
        raise OutboxFailed("outbox: SQLITE_CORRUPT")

    monkeypatch.setattr(ingest.outbox, "write", damaged)
    with pytest.raises(OutboxFailed):
        feed.run()


def test_no_poll_begins_once_ingest_ends(ingest: Ingest) -> None:
    (feed,) = ingest.feeds(live=[more(1)])
    ingest.ending.set()
    assert feed.run() is None
    assert ingest.connectors[Lane.LIVE].asked == []


def test_a_closed_outbox_ends_a_feed_quietly(ingest: Ingest) -> None:
    (feed,) = ingest.feeds(live=[more(1)])
    ingest.outbox.close()
    with capture_logs() as logs:
        assert feed.run() is None
    assert logs == []


def test_a_feed_that_could_go_on_waits_while_the_outbox_is_crowded(tmp_path: Path) -> None:
    crowded = Ingest(tmp_path, Pace(most_pending=2, crowded_wait=7 * SECOND, backoff=STEADY))
    live, history = crowded.feeds(
        live=[poll(draft("x"), at=1), poll(draft("y"), at=2)],
        backfill=[more(n) for n in range(9)],
    )
    assert history.run() == timedelta(0)
    assert history.run() == 7 * SECOND
    assert len(crowded.connectors[Lane.BACKFILL].asked) == 3
    assert [live.run(), live.run()] == [SECOND, SECOND]
    crowded.outbox.trim("demo", [(1, 9)])
    assert history.run() == timedelta(0)
    crowded.outbox.close()


def test_an_outbox_is_crowded_by_bytes_too(tmp_path: Path) -> None:
    crowded = Ingest(tmp_path, Pace(most_pending_size=1, crowded_wait=7 * SECOND, backoff=STEADY))
    (live,) = crowded.feeds(live=[more(n) for n in range(9)])
    assert live.run() == timedelta(0)
    assert live.run() == 7 * SECOND
    crowded.outbox.trim("demo", [(1, 9)])
    assert live.run() == timedelta(0)
    crowded.outbox.close()
