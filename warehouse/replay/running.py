"""A replay's loop: read, publish, see what has become durable, remember that."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from warehouse.replay.jobs import Job
from warehouse.replay.origin import Batch, Origin
from warehouse.replay.pacing import Pace
from warehouse.replay.records import ByPartition

_TICK_SECONDS = 0.05
_SETTLE_SECONDS = 0.1

Publish = Callable[[ByPartition], Mapping[int, int]]
"""Publishes records to ``events.backfill``; returns by partition the offset after the last one."""


class LoaderPosition(Protocol):
    """How far the loader is with ``events.backfill``."""

    def offsets(self) -> Mapping[int, int]:
        """Return by partition the offset at which it goes on."""
        ...


@dataclass(frozen=True, slots=True)
class Outside:
    """What a replay works with.

    Attributes:
        publish: the broker.
        loader: how far the loader is with it.
        window: tells how many events may be on their way now.
        check: called often; raises Transient when the broker is no longer the one that was published to.
        remember: keeps the job.
        tell: takes the job and the number of events published and not yet loaded.
    """

    publish: Publish
    loader: LoaderPosition
    window: Callable[[], int]
    check: Callable[[], None]
    remember: Callable[[Job], None]
    tell: Callable[[Job, int], None]


@dataclass(slots=True)
class _Flight:
    batch: Batch
    ends: Mapping[int, int]


@dataclass(slots=True)
class Replay:
    """One session with one broker. The job's position is never ahead of what is durable.

    What was published and not loaded when the session ends is published again by the next one.

    Args:
        origin: what is replayed.
        job: how far it is; kept up to date.
        outside: see there.
        rate: events per second at most; None for no bound.
    """

    origin: Origin
    job: Job
    outside: Outside
    rate: float | None = None
    _flights: deque[_Flight] = field(default_factory=deque)
    _settled: float = float("-inf")

    def run(self, stop: threading.Event) -> bool:
        """Replay until the end or ``stop``; return whether it is the end, with everything loaded.

        Raises:
            Transient: broker or warehouse are away; run a new session.
            Terminal: the origin cannot be read, or the broker refuses the records for good.
        """
        pace = Pace(self.rate)
        for batch in self.origin.batches(self.job.position):
            if not self._wait(stop, lambda batch=batch: pace.delay() <= 0 and self._has_room(batch)):  # type: ignore[misc] # mypy cannot type a default in a lambda
                return False
            ends = self.outside.publish(batch.records) if batch.events else {}
            pace.sent(batch.events)
            self._flights.append(_Flight(batch, ends))
        return self._wait(stop, lambda: not self._flights)

    @property
    def _in_flight(self) -> int:
        return sum(flight.batch.events for flight in self._flights)

    def _has_room(self, batch: Batch) -> bool:
        # A batch that is larger than the window goes alone.
        window, under_way = self.outside.window(), self._in_flight
        return not batch.events or (window > 0 and (not under_way or under_way + batch.events <= window))

    def _wait(self, stop: threading.Event, may_go: Callable[[], bool]) -> bool:
        """Wait until ``may_go``; return False when ``stop`` comes first. What is durable is noted."""
        while True:
            self._settle()
            if stop.is_set():
                return False
            if may_go():
                return True
            stop.wait(_TICK_SECONDS)

    def _settle(self) -> None:
        now = time.monotonic()
        if now - self._settled < _SETTLE_SECONDS:
            return
        self._settled = now
        self.outside.check()
        self._note_loaded()
        self.outside.tell(self.job, self._in_flight)

    def _note_loaded(self) -> None:
        if not self._flights:
            return
        loaded = self.outside.loader.offsets()
        before = self.job.read
        while self._flights and _is_loaded(self._flights[0], loaded):
            batch = self._flights.popleft().batch
            self.job.position = batch.position
            self.job.read += batch.read
            self.job.events += batch.events
        if self.job.read != before:
            self.outside.remember(self.job)


def _is_loaded(flight: _Flight, loaded: Mapping[int, int]) -> bool:
    return all(loaded.get(partition, 0) >= end for partition, end in flight.ends.items())
