"""The way into the outbox: many requests, one writer, one commit for all that wait.

A request is answered when its events are committed. While one transaction is written the next requests
gather, so that under load each commit carries more of them.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from concurrent.futures import Future

import structlog

from domain.clock import Clock
from domain.errors import Transient
from ingest.gateway.config import Limits
from ingest.gateway.measuring import DoorMeter
from ingest.outbox.shared import Fullness, Push, SharedOutbox
from ingest.outbox.writing import Written

_LOOK_SECONDS = 0.5


class Full(Exception):  # noqa: N818 - an answer, not a fault
    """Too much waits already, or the outbox is full: come back later."""


class Door:
    """Takes pushes from any thread and writes them in one of its own (``run``).

    Args:
        outbox: is written to by ``run`` alone.
        clock: gives the time of receipt.
        limits: how much may wait.
        meter: is told how it goes.
        look: how often, in seconds, it looks at how full the outbox is and whether it shall end.
    """

    def __init__(
        self,
        outbox: SharedOutbox,
        clock: Clock,
        limits: Limits,
        meter: DoorMeter,
        *,
        look: float = _LOOK_SECONDS,
    ) -> None:
        self._outbox = outbox
        self._clock = clock
        self._limits = limits
        self._meter = meter
        self._changed = threading.Condition()
        self._waiting: deque[tuple[Push, Future[Written]]] = deque()
        self._events = 0
        self._ended = False
        self._fullness = Fullness(0, frozenset())
        self._look_every = look
        self._looked_at = -look

    @property
    def waiting(self) -> int:
        """How many events have no answer yet."""
        with self._changed:
            return self._events

    def is_paused(self, source: str) -> bool:
        """Tell whether a source is paused for its rejects."""
        return source in self._fullness.paused

    def put(self, push: Push) -> Future[Written]:
        """Hand in a push; what is returned is done when it is durable, and fails with ``Transient``.

        Raises:
            Full: nothing more can be taken in now.
        """
        done: Future[Written] = Future()
        with self._changed:
            if self._fullness.pending > self._limits.pending:
                raise Full
            if self._ended or self._events + len(push.drafts) > self._limits.queued:
                raise Full
            self._waiting.append((push, done))
            self._events += len(push.drafts)
            self._changed.notify()
        return done

    def run(self, ending: threading.Event) -> None:
        """Write until ``ending`` is set and nothing waits.

        Raises:
            OutboxFailed: the outbox is damaged.
        """
        try:
            while not (ending.is_set() and not self._waiting):
                self._look()
                group = self._next()
                if group:
                    self._write(group)
        finally:
            self._give_up()

    def _next(self) -> list[tuple[Push, Future[Written]]]:
        """Return what waits, in order, up to the size of a group; at least one push, if any waits."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._waiting), timeout=self._look_every)
            group: list[tuple[Push, Future[Written]]] = []
            n = 0
            while self._waiting and (not group or n + self._next_size() <= self._limits.group):
                push, done = self._waiting.popleft()
                if done.set_running_or_notify_cancel():
                    group.append((push, done))
                    n += len(push.drafts)
                else:  # its request was given up, and nobody was promised anything
                    self._events -= len(push.drafts)
            return group

    def _next_size(self) -> int:
        return len(self._waiting[0][0].drafts)

    def _write(self, group: list[tuple[Push, Future[Written]]]) -> None:
        pushes = [push for push, _ in group]
        now = self._clock.now()
        began = time.monotonic()
        self._meter.writing()
        try:
            written = self._outbox.write(pushes, now)
        except Transient as error:
            structlog.get_logger(__name__).warning("push_not_written", reason=str(error))
            for _, done in group:
                done.set_exception(error)
        except BaseException as error:
            for _, done in group:
                done.set_exception(Transient("the outbox cannot be written"))
            raise error from None
        else:
            for (_, done), each in zip(group, written, strict=True):
                done.set_result(each)
            self._meter.written(pushes, written, now, time.monotonic() - began)
        finally:
            with self._changed:
                self._events -= sum(len(push.drafts) for push in pushes)
                waiting = self._events
            self._meter.idle(waiting)

    def _look(self) -> None:
        if time.monotonic() - self._looked_at < self._look_every:
            return
        try:
            self._fullness = self._outbox.fullness()
        except Transient as error:
            structlog.get_logger(__name__).info("outbox_not_looked_at", reason=str(error))
        self._looked_at = time.monotonic()

    def _give_up(self) -> None:
        with self._changed:
            self._ended = True
            left, self._waiting = list(self._waiting), deque()
        for _, done in left:
            if done.set_running_or_notify_cancel():
                done.set_exception(Transient("the gateway ends"))
