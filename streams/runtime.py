"""Faust, with one Faust message being one chunk of a partition. The only module that imports Faust.

What is ours and why (``docs/adr/0004-one-faust-message-is-one-chunk.md``):

- ``ChunkThread`` returns, with the records of a fetch, where each partition's reader stood before and
  after it, read in the thread that fetches, so that nothing can come in between. Live partitions first.
- ``ChunkConsumer`` enters records in our commit tracker, under one lock with seeks, and commits what the
  tracker offers. Faust's own acknowledgements count for nothing: several of its paths acknowledge what
  nobody has worked on.
- The agent passes each chunk to the ``ChunkWorker``, which lets no exception out.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from typing import Any

import faust
import structlog
from faust.app.base import BootStrategy
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage
from faust.types.transports import SchedulingStrategyT
from mode.threads import WorkerThread

from domain.topics import Lane, lane_of
from domain.vitals import Drained
from streams.chunk_worker import ChunkWorker, Delivery
from streams.client_state import heard, positions, spare_record_objects
from streams.fetch_budget import FetchBudget
from streams.intake import Fetched, Intake
from streams.publishing import passes_by_itself
from streams.settings import RuntimeSettings

_log = structlog.get_logger(__name__)


class _DaemonThread(WorkerThread):
    """A consumer thread that cannot keep a process alive whose main thread has given up on it."""

    def __init__(self, service: Any, **kwargs: Any) -> None:
        super().__init__(service, **kwargs)
        self.daemon = True


class ChunkThread(driver.AIOKafkaConsumerThread):
    """Faust's aiokafka consumer in its own thread, telling where it stands."""

    Worker = _DaemonThread
    app: ChunkApp

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = self.app.settings.fetch_wait_ms  # read when it starts
        return consumer

    async def _fetch_records(
        self,
        consumer: Any,
        active_partitions: set[TP],
        timeout: float | None = None,
        max_records: int | None = None,  # Faust's own, which knows no bytes
    ) -> Any:
        assignment = consumer._subscription.subscription.assignment
        before = positions(assignment)
        live = {tp for tp in active_partitions if lane_of(tp.topic) is Lane.LIVE}
        spare_record_objects(consumer._fetcher)
        max_records = self.app.fetch_budget.records
        records: Mapping[Any, list[Any]] = {}
        if live and live != active_partitions:
            records = await super()._fetch_records(consumer, live, 0, max_records)
        if not records:
            records = await super()._fetch_records(consumer, active_partitions, timeout, max_records)
        if assignment is not consumer._subscription.subscription.assignment:
            # A rebalance came in between. It is followed by a seek, which brings these records back.
            return Fetched()
        self.app.fetch_budget.learn(records.values())
        return Fetched(
            {TP(*tp): found for tp, found in records.items()},
            before,
            positions(assignment),
            *heard(assignment),
        )

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        # Faust ends the worker on any error here; most pass with the next round or assignment.
        try:
            await self._ensure_consumer().commit(
                {driver.ensure_aiokafka_TP(tp): offset for tp, offset in offsets.items()}
            )
        except Exception as error:
            if not passes_by_itself(error):
                raise
            _log.warning("commit_failed", error=type(error).__name__)
            return False
        return True

    def on_crash(self, msg: str, *fmt: Any, **kwargs: Any) -> None:  # noqa: ARG002  # mode's own
        """Log the kind of error instead of printing a traceback."""
        _log.warning("consumer_thread_ended", error=type(fmt[-1]).__name__ if fmt else "")


class _NoReadOffsets(dict[TP, int | None]):
    """Switches off Faust's filter by read offset, which drops what a seek brought back."""

    def __missing__(self, tp: TP) -> None:
        return None

    def __setitem__(self, tp: TP, offset: int | None) -> None:
        pass


class ChunkConsumer(driver.Consumer):
    """A consumer whose messages are chunks and whose offsets are our tracker's."""

    app: ChunkApp

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._read_offset = _NoReadOffsets()
        self._fetching = asyncio.Lock()
        self.last_fetch = time.monotonic()
        self.commits_tried = 0

    def _new_consumer_thread(self) -> ChunkThread:
        return ChunkThread(self, loop=self.loop, beacon=self.beacon)

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:
        async with self._fetching:
            fetched = await super()._getmany(active_partitions, timeout)
            self.last_fetch = time.monotonic()
            if not isinstance(fetched, Fetched):
                return {}
            deliveries, missed = self.app.intake.take_in(fetched)
            if missed:
                _log.warning("reader_sent_back", partitions=len(missed))
                earliest = await self._thread.earliest_offsets(*(TP(*p) for p in missed))
                back = self.app.intake.go_back(missed, {TP(*tp): at for tp, at in earliest.items()})
                await self._thread.seek_wait({TP(*p): offset for p, offset in back.items()})
            return {TP(*partition): found for partition, found in deliveries.items()}

    def _to_message(self, tp: TP, record: Delivery) -> ConsumerMessage:
        return ConsumerMessage(
            topic=tp.topic,
            partition=tp.partition,
            offset=record.chunk.last_offset,
            timestamp=record.chunk.timestamps[-1] / 1000.0,
            timestamp_type=0,
            headers=None,
            key=None,
            value=record,  # type: ignore[arg-type]  # the codec "raw" passes it through as it is
            checksum=None,
            serialized_key_size=0,
            serialized_value_size=0,
            tp=tp,
            generation_id=self.app.consumer_generation_id,
        )

    async def perform_seek(self) -> None:
        """Go back to the committed offsets; partitions without one start at the earliest record."""
        async with self._fetching:
            committed = await self.seek_to_committed()
            fresh = [tp for tp, offset in committed.items() if not offset]
            earliest: Mapping[Any, int] = {}
            if fresh:
                await self._thread.seek_to_beginning(*fresh)
                earliest = await self._thread.earliest_offsets(*fresh)
            self.app.intake.sought(
                {TP(*tp): offset for tp, offset in committed.items()},
                {TP(*tp): offset for tp, offset in earliest.items()},
            )
        self.app.worker.resume()

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Let Faust drain and commit, then forget the partitions."""
        await super().on_partitions_revoked(revoked)
        self.app.intake.revoked(list(revoked))

    async def wait_empty(self) -> None:
        """Wait a limited time for what is in hand, then commit what is finished."""
        if not await self.app.worker.drain(self.app.settings.drain_seconds):
            _log.warning("drain_incomplete")
        await self.commit()
        self.app.left = self.app.intake.left()

    async def force_commit(self, *_args: Any, **_kwargs: Any) -> bool:
        """Commit what the tracker offers, of the partitions that are still ours."""
        assigned = self.assignment()
        offered = self.app.intake.committable()
        offsets = {partition: offered[partition] for partition in offered.keys() & assigned}
        self.commits_tried += 1
        if not offsets or not await self._commit({TP(*p): offset for p, offset in offsets.items()}):
            return False
        self.app.intake.committed(offsets)
        return True

    def ack(self, _message: Any) -> bool:
        """Do nothing: only the worker finishes a chunk."""
        return False

    def on_buffer_full(self, tp: TP) -> None:
        """Do nothing: a full queue holds the fetcher back by itself, without Faust's pause of 1 s."""

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Do nothing: it reads acknowledgements, which are not used here."""


class _LiveFirst(SchedulingStrategyT):
    """Hands out the chunks of live partitions first, and of each lane one per partition in turn."""

    def __init__(self) -> None:
        pass  # abstract in Faust, which makes one without arguments

    def iterate(self, records: Mapping[TP, list[Any]]) -> Iterator[tuple[TP, Any]]:
        for lane in (Lane.LIVE, Lane.BACKFILL):
            queues = {tp: iter(found) for tp, found in records.items() if lane_of(tp.topic) is lane}
            while queues:
                for tp in list(queues):
                    delivery = next(queues[tp], None)
                    if delivery is None:
                        del queues[tp]
                    else:
                        yield tp, delivery


class _Transport(driver.Transport):
    Consumer = ChunkConsumer


class _ConsumerOnly(BootStrategy):
    """No web server and no producer of Faust's: publishing is ours."""

    enable_kafka_producer = False
    enable_web = False


class ChunkApp(faust.App):
    """A Faust app with the parts that its consumer and agent work with."""

    BootStrategy = _ConsumerOnly
    settings: RuntimeSettings
    intake: Intake
    worker: ChunkWorker
    fetch_budget: FetchBudget
    left: Drained | None = None

    def seconds_since_fetch(self) -> float:
        """Return how long ago the consumer last heard from its thread."""
        consumer = self.consumer
        return time.monotonic() - consumer.last_fetch if isinstance(consumer, ChunkConsumer) else 0.0

    def commits_tried(self) -> int:
        """Return how often the consumer has tried to commit."""
        consumer = self.consumer
        return consumer.commits_tried if isinstance(consumer, ChunkConsumer) else 0


def create_app(settings: RuntimeSettings, intake: Intake, worker: ChunkWorker) -> ChunkApp:
    """Return an app that passes every chunk of ``settings.topics`` to ``worker``; start it in a loop."""
    app = ChunkApp(
        settings.group,
        broker=[f"kafka://{address}" for address in settings.bootstrap.split(",")],
        datadir=settings.folder,
        store="memory://",
        value_serializer="raw",
        consumer_auto_offset_reset="earliest",
        ConsumerScheduler=_LiveFirst,
        broker_session_timeout=settings.session_seconds,
        broker_heartbeat_interval=settings.heartbeat_seconds,
        broker_commit_interval=settings.commit_seconds,
        broker_max_poll_records=settings.fetch_records,
        broker_client_id=settings.client_id,
        stream_buffer_maxsize=2,
        stream_recovery_delay=0.0,
        stream_wait_empty=True,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )
    app.settings, app.intake, app.worker = settings, intake, worker
    app.fetch_budget = FetchBudget(settings.fetch_records, settings.fetch_bytes)
    app.transport = _Transport(app.conf.broker_consumer, app)

    async def pass_on(stream: Any) -> None:
        async for event in stream.noack().events():
            await worker.take(event.value)

    app.agent(app.topic(*settings.topics, value_serializer="raw"), name="chunks")(pass_on)
    return app
