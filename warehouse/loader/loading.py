"""The loader's loop: read, collect, store, acknowledge, commit; one batch at a time."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar, cast

import orjson
import structlog

from domain.topics import ACKS, Lane, lane_of
from domain.vitals import Drained, Outside, Vitals
from warehouse.loader.batching import Batch, BatchBuilder
from warehouse.loader.config import BatchLimits
from warehouse.loader.decoding import Row
from warehouse.loader.kafka import Fetched
from warehouse.loader.measuring import LoadMeter, Standing
from warehouse.loader.storing import Abandoned, Hook, Step, Store
from warehouse.loader.tokens import acks

T = TypeVar("T")

_LONGEST_FETCH = 0.1
_BUSY_FETCH = 0.02
_LAST_WAIT = 0.5


class Source(Protocol):
    """What the loop needs of a broker; see ``kafka.Broker``."""

    async def fetch(self, topics: Sequence[str], limit: int, wait: float) -> Fetched:
        """Return records of these topics."""
        ...

    async def send(self, topic: str, key: bytes, value: bytes) -> None:
        """Publish a record durably."""
        ...

    async def commit(self, topic: str, offsets: dict[int, int]) -> bool:
        """Commit offsets; False when the partitions are no longer ours."""
        ...

    def standing(self) -> Standing:
        """Return where reading stands."""
        ...


class Loading:
    """One session: from joining the group until ``stop``, or until the broker fails.

    While one batch is on its way the next is collected, so at most two batches per topic are in memory.

    Args:
        store: makes a batch durable; called in a thread of its own.
        topics: the topics in the order in which they are served.
        limits: when a batch is closed.
        hook: called between the steps.
        between: called when there is time, with the number of rows stored since the last call.
        meter: is told how the loader does.
    """

    def __init__(
        self,
        store: Store,
        topics: Sequence[str],
        limits: BatchLimits,
        hook: Hook,
        between: Callable[[int], None],
        meter: LoadMeter | None = None,
    ) -> None:
        self._store = store
        self._hook = hook
        self._between = between
        self._builders = {
            topic: BatchBuilder(
                topic, limits, limits.age if lane_of(topic) is Lane.LIVE else limits.backfill_age
            )
            for topic in topics
        }
        self._abandoned = threading.Event()
        self._delivery: asyncio.Task[None] | None = None
        self._meter = meter or LoadMeter(Vitals())
        self._on_its_way: Batch | None = None
        self._oldest_on_its_way: float | None = None
        self.left = Drained(0)
        """What the session left behind when it ended."""

        self._log = structlog.get_logger(__name__)

    def revoked(self) -> None:
        """Drop what is not committed: its partitions go to somebody else, who reads it again."""
        self._abandoned.set()
        self._abandoned = threading.Event()
        for builder in self._builders.values():
            builder.clear()
        self._on_its_way = None
        self._meter.revoked()

    async def run(self, source: Source, stop: threading.Event, drain: float) -> None:
        """Load until ``stop``; then finish what was begun, for at most ``drain`` seconds.

        Raises:
            BrokerUnavailable: the session is over; begin a new one.
            Terminal: loading cannot go on.
        """
        try:
            while not stop.is_set():
                await self._collect(source)
                await self._begin(source, due_only=True)
                self._between(0)
                self._meter.turn(source.standing, self._oldest())
            await asyncio.wait_for(self._finish(source), drain)
        except TimeoutError:
            self._log.warning("drain_cut_short")
        finally:
            self._abandoned.set()
            if self._delivery is not None:
                await asyncio.wait({self._delivery}, timeout=_LAST_WAIT)
                self._delivery.cancel()
                await asyncio.gather(self._delivery, return_exceptions=True)
            self.left = self._meter.left(self._in_hand())
            self._meter.ended()

    def _in_hand(self) -> int:
        on_its_way = 0 if self._on_its_way is None else len(self._on_its_way.messages)
        return on_its_way + sum(len(builder) for builder in self._builders.values())

    def _oldest(self) -> float | None:
        since = [builder.oldest for builder in self._builders.values()]
        if self._on_its_way is not None:
            since.append(self._oldest_on_its_way)
        return min((moment for moment in since if moment is not None), default=None)

    async def _collect(self, source: Source) -> None:
        """Read the first topic in order that has news; a full batch takes no more."""
        wait = self._patience()
        open_ones = [topic for topic, builder in self._builders.items() if builder.room > 0]
        live = [topic for topic in open_ones if lane_of(topic) is Lane.LIVE]
        found = await self._fetch(source, live, 0.0) if live else []
        if not found:
            found = await self._fetch(source, open_ones, wait)
        now = time.monotonic()
        for topic, partition, messages, next_offset in found:
            self._builders[topic].add(partition, messages, next_offset, now)

    async def _fetch(self, source: Source, topics: Sequence[str], wait: float) -> Fetched:
        limit = min((self._builders[topic].room for topic in topics), default=0)
        return await source.fetch(topics, limit, wait)

    def _patience(self) -> float:
        if self._delivery is not None and not self._delivery.done():
            return _BUSY_FETCH
        dues = [due for builder in self._builders.values() if (due := builder.due_at()) is not None]
        return max(0.0, min([_LONGEST_FETCH, *(due - time.monotonic() for due in dues)]))

    async def _begin(self, source: Source, *, due_only: bool) -> bool:
        """Send the next batch on its way, if none is; return whether one was there to send."""
        if self._delivery is not None:
            if not self._delivery.done():
                return True
            await self._delivery  # raises what ended it
            self._delivery = None
        now = time.monotonic()
        for builder in self._builders.values():
            due = builder.due_at()
            if due is not None and (due <= now or not due_only):
                self._oldest_on_its_way = builder.oldest
                batch, abandoned = builder.take(), self._abandoned
                self._on_its_way = batch
                self._delivery = asyncio.create_task(self._deliver(source, batch, abandoned))
                return True
        return False

    async def _finish(self, source: Source) -> None:
        while await self._begin(source, due_only=False):
            if self._delivery is not None:
                await asyncio.wait({self._delivery})

    async def _deliver(self, source: Source, batch: Batch, abandoned: threading.Event) -> None:
        self._meter.begin(batch)
        try:
            rows = await _in_thread(lambda: self._store.store(batch, abandoned))
            await self._settle(source, batch, rows, abandoned)
        except Abandoned:
            self._log.info("batch_abandoned", topic=batch.topic, rows=len(batch.messages))
            return
        finally:
            self._meter.end()
        self._log.debug("batch_stored", topic=batch.topic, rows=len(rows))
        self._between(len(rows))

    async def _settle(
        self, source: Source, batch: Batch, rows: Sequence[Row], abandoned: threading.Event
    ) -> None:
        """Acknowledge and commit what is durable."""
        if not abandoned.is_set():
            self._meter.stored(batch, rows)
        if self._on_its_way is batch:
            self._on_its_way = None
        self._meter.doing("acknowledge", Outside.BROKER)
        await self._acknowledge(source, rows)
        self._hook(Step.ACKED)
        self._meter.doing("commit", Outside.BROKER)
        if not abandoned.is_set() and await source.commit(batch.topic, batch.offsets):
            self._meter.committed(batch)
            self._hook(Step.COMMITTED)

    async def _acknowledge(self, source: Source, rows: Sequence[Row]) -> None:
        sends: list[Awaitable[None]] = [
            source.send(ACKS, ack["source"].encode(), orjson.dumps(ack)) for ack in acks(rows)
        ]
        await asyncio.gather(*sends)


async def _in_thread(call: Callable[[], T]) -> T:
    """Await a blocking call in a daemon thread: a call that hangs must not keep the process alive."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if answer.cancelled():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(cast(T, result))

    def work() -> None:
        result: T | None = None
        failure: BaseException | None = None
        try:
            result = call()
        except BaseException as error:  # noqa: BLE001 - it is raised where the call is awaited
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits for the answer
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=work, daemon=True, name="store").start()
    return await answer
