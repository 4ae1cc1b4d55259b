"""What happens to a chunk between its delivery and its acknowledgement.

process -> publish -> finish, in this order, a few chunks at a time. No exception leaves:

- Transient (the broker is away): again with back-off, unfinished until it succeeds. The wait ends
  without finishing when the work is suspended (partitions revoked, drain) or the delivery went stale.
- anything else: the failure is reported once, the chunk stays unfinished, and so it is read again by
  whoever takes over. Nothing is ever finished that was not published.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from domain.errors import Transient
from domain.vitals import Vitals
from streams.chunk import Chunk, Outgoing
from streams.commit_tracker import CommitTracker, Ticket
from streams.measuring import ChunkMeter

Process = Callable[[Chunk], Sequence[Outgoing]]
Publish = Callable[[Sequence[Outgoing]], Awaitable[None]]
Partition = tuple[str, int]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A chunk with the ticket under which it is acknowledged."""

    chunk: Chunk
    ticket: Ticket[Partition]


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses between tries, seconds: ``first``, doubled each time, never above ``longest``."""

    first: float = 0.1
    longest: float = 5.0

    def pause(self, attempt: int) -> float:
        """Return the pause after failed attempt number ``attempt`` (1, 2, ...)."""
        return float(min(self.longest, self.first * 2 ** min(attempt - 1, 16)))


class ChunkWorker:
    """Works on deliveries, at most ``slots`` at a time.

    Args:
        process: pure; what the records become. While one chunk waits for the broker, the next is
            processed.
        publish: returns when it is durable; raises Transient to be called again.
        tracker: is told what is finished.
        fail: called with the first error that is not Transient; the owner must then stop.
        meter: is told how each chunk does.
        between: called after each chunk, when nothing of it is held any more.
    """

    def __init__(
        self,
        process: Process,
        publish: Publish,
        tracker: CommitTracker[Partition],
        *,
        fail: Callable[[Exception], None],
        meter: ChunkMeter | None = None,
        between: Callable[[int], None] = lambda _records: None,
        slots: int = 4,
        backoff: Backoff | None = None,
    ) -> None:
        self._process = process
        self._publish = publish
        self._tracker = tracker
        self._fail = fail
        self._meter = meter or ChunkMeter(Vitals())
        self._between = between
        self._backoff = backoff or Backoff()
        self._room = asyncio.Semaphore(slots)
        self._tasks: set[asyncio.Task[None]] = set()
        self._suspended = asyncio.Event()

    async def take(self, delivery: Delivery) -> None:
        """Start on a delivery; return when there is room for the next. Stale ones are dropped."""
        await self._room.acquire()
        if self._suspended.is_set() or not self._tracker.is_current(delivery.ticket):
            self._room.release()
            return
        task = asyncio.create_task(self._work(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._done)
        # Let the task start, so that a chunk is processed and on its way before the next is taken.
        await asyncio.sleep(0)

    async def drain(self, timeout: float) -> bool:
        """Take nothing more, give up waiting tries, and wait for what is being published.

        Returns:
            True when nothing is in hand any more; False after ``timeout`` seconds.
        """
        self._suspended.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout)
        return not self._tasks

    def resume(self) -> None:
        """Take deliveries again after a drain."""
        self._suspended.clear()

    def abandon(self) -> None:
        """Cancel what is in hand; it stays unfinished."""
        for task in self._tasks:
            task.cancel()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._room.release()

    async def _work(self, delivery: Delivery) -> None:
        records = len(delivery.chunk)
        began = self._meter.now()
        try:
            outgoing = self._process(delivery.chunk)
            if await self._publish_until_stored(delivery.ticket, outgoing):
                self._tracker.finish(delivery.ticket)
                self._meter.finished(delivery.chunk, began)
        except Exception as error:  # noqa: BLE001  # Faust would acknowledge what an agent raises from
            self._fail(error)
        finally:
            self._meter.left(delivery.ticket)
            self._between(records)

    async def _publish_until_stored(
        self, ticket: Ticket[Partition], outgoing: Sequence[Outgoing]
    ) -> bool:
        attempt = 0
        while True:
            self._meter.publishing(ticket, attempt)
            try:
                await self._publish(outgoing)
            except Transient as error:
                attempt += 1
                asked = error.retry_after.total_seconds() if error.retry_after else 0.0
                pause = max(asked, self._backoff.pause(attempt))
                _log.warning("publish_waits", attempt=attempt, pause=pause, error=type(error).__name__)
                if await self._suspended_within(pause) or not self._tracker.is_current(ticket):
                    return False
            else:
                return True

    async def _suspended_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._suspended.wait(), seconds)
        except TimeoutError:
            return False
        return True
