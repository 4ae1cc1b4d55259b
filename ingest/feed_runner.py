"""One feed, one slice at a time: poll, write, and say when to come back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from domain.clock import Clock
from domain.errors import Terminal, Transient
from domain.topics import Lane
from domain.vitals import Vitals
from ingest.backoff import Backoff
from ingest.measuring import FeedMeter
from ingest.outbox.feeds import FeedState, Place
from ingest.outbox.rejects import Pause
from ingest.outbox.request_book import RequestBook
from ingest.outbox.requests import Served
from ingest.outbox.schema import OutboxFailed
from ingest.outbox.store import Outbox, OutboxClosed
from ingest.protocol import Cursor, Feed, Poll, Source


@dataclass(frozen=True, slots=True)
class Pace:
    """How a feed shares ingest with the others.

    Attributes:
        slice: a feed that has more at once gives way after this.
        most_pending: records in the outbox above which a feed that has more at once waits: what it did
            not read yet is safe where it lies, and the disk is not endless.
        most_pending_size: the same in bytes.
        crowded_wait: how long it waits then.
        paused_wait: how often a feed looks whether its paused source was resumed.
        backoff: waits after failures.
    """

    slice: timedelta = timedelta(milliseconds=250)
    most_pending: int = 250_000
    most_pending_size: int = 1024 * 1024 * 1024
    crowded_wait: timedelta = timedelta(seconds=1)
    paused_wait: timedelta = timedelta(seconds=1)
    backoff: Backoff = field(default_factory=Backoff)


class FeedRunner:
    """Polls one feed into the outbox.

    Args:
        source: the source, registered in the outbox.
        feed: one of its feeds.
        outbox: where its events go.
        clock: gives the time of receipt.
        ending: set when ingest ends: no further poll is begun.
        halted: set when the source must not be read on; shared by its feeds.
        pace: how it shares ingest with the others.
        vitals: is told how the feed does.
        monotonic: seconds of a clock that never steps back.
    """

    def __init__(
        self,
        source: Source,
        feed: Feed,
        outbox: Outbox,
        clock: Clock,
        ending: threading.Event,
        halted: threading.Event,
        pace: Pace,
        vitals: Vitals | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = f"{source.name}.{feed.lane}"
        self._source = source
        self._lane = feed.lane
        self._connector = feed.connector
        self._outbox = outbox
        self._clock = clock
        self._ending = ending
        self._halted = halted
        self._pace = pace
        self._monotonic = monotonic
        self._meter = FeedMeter(vitals or Vitals(), source.name, feed.lane)
        self._failures = 0
        self._has_more = False
        self._paused = False
        self._begun = False
        self._requests = RequestBook(outbox, clock)
        self._log = structlog.get_logger(__name__).bind(source=source.name, lane=str(feed.lane))

    def run(self) -> timedelta | None:
        """Poll until there is no more at once or the slice is over.

        Returns:
            How long to wait before the next call; None: never again.

        Raises:
            OutboxFailed: the outbox is damaged.
        """
        try:
            return self._slice()
        except OutboxClosed:
            return None
        except OutboxFailed:
            raise
        except Terminal as error:
            self._halt(error)
            return None
        except Transient as error:
            return self._retry(str(error), error.retry_after)
        except Exception as error:  # noqa: BLE001 - a connector's bug may not take the others down
            # Its text may quote the source, so only its type is told; the cursor has not moved.
            return self._retry(f"unexpected {type(error).__name__}", None)
        finally:
            self._meter.idle()

    def _slice(self) -> timedelta | None:
        place = self._outbox.place(self._source.name, self._lane)
        asked = self._asked()
        if place.done:
            self._answer(asked, "it has ended")
            return None
        self._note_pause(place.paused)
        if place.paused:
            self._answer(asked, "it is paused")
            return self._pace.paused_wait
        if asked is not None:
            self._halted.clear()  # a person wants to know whether it goes again
        elif early := self._early(place):
            return early
        if self._has_more and is_crowded(self._outbox, self._pace):
            return self._pace.crowded_wait
        return self._poll_on(place.cursor, asked)

    def _poll_on(self, cursor: Cursor | None, asked: Served | None) -> timedelta | None:
        started = self._monotonic()
        asking = started
        while not (self._ending.is_set() or self._halted.is_set()):
            poll, wait = self._poll(cursor, asked, asking)
            if poll.done:
                self._log.info("feed_done")
                return None
            if self._paused:
                return self._pace.paused_wait
            if wait > timedelta(0):
                return wait
            asking = self._monotonic()
            if asking - started >= self._pace.slice.total_seconds():
                return timedelta(0)
            cursor = poll.cursor
        return None

    def _asked(self) -> Served | None:
        """Return the request for a poll of this source, which its live feed answers."""
        return self._requests.open_poll(self._source.name) if self._lane is Lane.LIVE else None

    def _answer(self, asked: Served | None, error: str) -> None:
        if asked is not None:
            self._requests.give_up(asked.number, error)

    def _answer_asked(self, error: str) -> None:
        try:
            self._answer(self._asked(), error)
        except (Transient, OutboxClosed) as failure:
            self._log.warning("request_not_answered", reason=str(failure))

    def _early(self, place: Place) -> timedelta:
        """Return how long the schedule still wants to wait; zero where the feed may be polled."""
        now, schedule = self._clock.now(), self._source.schedule
        due = schedule.due(now) if self._begun else schedule.first(place.polled_at, now)
        self._begun = True
        if due > now:
            self._note(FeedState.WAITING, None, due)
        return max(due - now, timedelta(0))

    def _poll(
        self, cursor: Cursor | None, asked: Served | None, started: float
    ) -> tuple[Poll, timedelta]:
        """Poll once; return the answer, and how long to wait for the next poll."""
        now = self._clock.now()
        self._begun = True
        self._meter.polling()
        poll = self._connector.poll(cursor, now)
        took = timedelta(seconds=self._monotonic() - started)
        self._meter.writing()
        wait = self._source.schedule.wait(poll.wait, now)
        next_poll_at = None if poll.done else now + wait
        written = self._outbox.write(self._source, self._lane, poll, now, next_poll_at, asked, took)
        self._meter.written(written, poll.filtered, now)
        self._meter.stopped(False)
        self._failures = 0
        self._has_more = poll.wait <= timedelta(0)
        if written.rejected:
            self._log.info("records_rejected", count=written.rejected)
        if written.pause is not None:
            self._paused = True
            log_pause(self._source.name, written.pause)
        return poll, wait

    def _note_pause(self, paused: bool) -> None:
        if self._paused and not paused:
            self._log.info("feed_resumed")
        self._paused = paused

    def _retry(self, reason: str, retry_after: timedelta | None) -> timedelta:
        self._failures += 1
        self._meter.failing(self._failures)
        wait = self._pace.backoff.delay(self._failures, retry_after)
        self._log.warning("poll_failed", reason=reason, retry_in=wait.total_seconds())
        self._note(FeedState.FAILING, reason, self._clock.now() + wait)
        self._answer_asked(reason)
        return wait

    def _halt(self, error: Terminal) -> None:
        self._halted.set()
        self._meter.stopped(True)
        self._log.error("source_stopped", reason=str(error))
        for feed in self._source.feeds:
            self._note(FeedState.STOPPED, str(error), None, feed)
        self._answer_asked(str(error))

    def _note(
        self,
        state: FeedState,
        error: str | None,
        next_poll_at: datetime | None,
        feed: Feed | None = None,
    ) -> None:
        lane = feed.lane if feed is not None else self._lane
        try:
            self._outbox.note(self._source.name, lane, state, error, next_poll_at)
        except (Transient, OutboxClosed) as failure:
            self._log.warning("state_not_noted", reason=str(failure))


def is_crowded(outbox: Outbox, pace: Pace) -> bool:
    """Tell whether a feed that has more at once must wait, because so much lies in the outbox."""
    return outbox.stock.size > pace.most_pending_size or outbox.pending() > pace.most_pending


def log_pause(source: str, pause: Pause) -> None:
    """Raise the alarm: a source is paused until somebody looks at its rejects."""
    structlog.get_logger(__name__).warning(
        "source_paused", source=source, reason=pause.reason, rejects=pause.n, among=pause.among
    )
