"""Past periods of one source that a person asked for, one after another, beside its feeds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import structlog

from domain.clock import Clock
from domain.errors import Terminal, Transient
from domain.topics import Lane
from ingest.feed_runner import Pace, is_crowded, log_pause
from ingest.outbox.request_book import RequestBook
from ingest.outbox.requests import Request, Served
from ingest.outbox.schema import OutboxFailed
from ingest.outbox.store import Outbox, OutboxClosed
from ingest.protocol import Connector, Source

_AT_ONCE = timedelta(0)


class PeriodRunner:
    """Reads the past periods of a source that are asked for, into the backfill lane.

    A period's cursor is in its request, so a restart goes on where it was. A source that refuses, or a
    mistake in its connector, ends the request and not the source.

    Args:
        source: the source, registered in the outbox.
        outbox: where its events go.
        clock: gives the time of receipt.
        ending: set when ingest ends: no further poll is begun.
        pace: how it shares ingest with the others.
        monotonic: seconds of a clock that never steps back.
    """

    def __init__(
        self,
        source: Source,
        outbox: Outbox,
        clock: Clock,
        ending: threading.Event,
        pace: Pace,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = f"{source.name}.periods"
        self._source = source
        self._outbox = outbox
        self._clock = clock
        self._ending = ending
        self._pace = pace
        self._monotonic = monotonic
        self._book = RequestBook(outbox, clock)
        self._reading: tuple[int, Connector] | None = None
        self._failures = 0
        self._log = structlog.get_logger(__name__).bind(source=source.name)

    def run(self) -> timedelta | None:
        """Work on the oldest request for a slice.

        Returns:
            How long to wait before the next call; None: nothing is asked for.

        Raises:
            OutboxFailed: the outbox is damaged.
        """
        try:
            request = self._book.open_period(self._source.name)
            return None if request is None else self._work_on(request)
        except OutboxClosed:
            return None
        except Transient as error:  # the outbox itself
            return self._retry(str(error), error.retry_after)

    def _work_on(self, request: Request) -> timedelta | None:
        try:
            return self._slice(request)
        except (OutboxClosed, OutboxFailed):
            raise
        except Terminal as error:
            return self._give_up(request, str(error))
        except Transient as error:
            self._book.note(request.number, str(error))
            return self._retry(str(error), error.retry_after)
        except Exception as error:  # noqa: BLE001 - its text may quote the source, so only its type is told
            return self._give_up(request, f"unexpected {type(error).__name__}")

    def _slice(self, request: Request) -> timedelta:
        if self._outbox.place(self._source.name, self._source.feeds[0].lane).paused:
            return self._pace.paused_wait
        if is_crowded(self._outbox, self._pace):
            return self._pace.crowded_wait
        connector, cursor = self._connector(request), request.cursor
        served = Served(request.number, of_period=True)
        started = self._monotonic()
        while not self._ending.is_set():
            now = self._clock.now()
            poll = connector.poll(cursor, now)
            written = self._outbox.write(self._source, Lane.BACKFILL, poll, now, None, served)
            self._failures = 0
            if poll.done:
                self._log.info("period_done", request=request.number)
                self._reading = None
                return _AT_ONCE  # there may be another request
            if written.pause is not None:
                log_pause(self._source.name, written.pause)
                return self._pace.paused_wait
            if poll.wait > _AT_ONCE:
                return poll.wait
            if self._monotonic() - started >= self._pace.slice.total_seconds():
                return _AT_ONCE
            cursor = poll.cursor
        return _AT_ONCE

    def _connector(self, request: Request) -> Connector:
        if self._reading is None or self._reading[0] != request.number:
            if self._source.backfill is None or request.period is None:
                raise Terminal("this source cannot be asked for a past period")
            self._reading = request.number, self._source.backfill(request.period)
        return self._reading[1]

    def _give_up(self, request: Request, reason: str) -> timedelta:
        self._log.error("period_given_up", request=request.number, reason=reason)
        self._book.give_up(request.number, reason)
        self._reading = None
        return _AT_ONCE

    def _retry(self, reason: str, retry_after: timedelta | None) -> timedelta:
        self._failures += 1
        wait = self._pace.backoff.delay(self._failures, retry_after)
        self._log.warning("period_failed", reason=reason, retry_in=wait.total_seconds())
        return wait
