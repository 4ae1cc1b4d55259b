"""From the outbox to the broker: all of it, live events first, nothing marked before it arrived."""

from __future__ import annotations

import threading
import time
import zlib
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from domain.codec import (
    CODEC_VERSION,
    HEADER_CODEC,
    HEADER_EVENT_ID,
    HEADER_RECEIPT,
    record_key,
)
from domain.errors import BrokerUnavailable, Transient
from domain.topics import REJECTED, Lane, raw_topic
from domain.vitals import Vitals
from ingest.backoff import RECONNECT, Backoff
from ingest.measuring import PublishMeter
from ingest.outbox.publishing import Record, UnpublishedReader
from ingest.outbox.store import Outbox
from ingest.ports import Delivery, Headers, Sender

_CODEC = CODEC_VERSION.encode()


@dataclass(frozen=True, slots=True)
class Window:
    """How much may be on its way at once, and how often to look.

    Attributes:
        records: of both lanes together.
        backfill: of the backfill lane, so that it leaves room for live events.
        size: bytes of both lanes together.
        backfill_size: bytes of the backfill lane.
        read: records read from the outbox at once.
        read_size: bytes read from the outbox at once.
        unconfirmed: bytes of each lane that the broker may hold and the warehouse has not confirmed; for
            a broker that keeps everything in memory. None: as much as there is.
        glance: seconds between two looks at what is on its way.
        idle: seconds between two looks at the outbox when nothing is; what other processes put in is
            seen then.
    """

    records: int = 10_000
    backfill: int = 5_000
    size: int = 32 * 1024 * 1024
    backfill_size: int = 16 * 1024 * 1024
    read: int = 1_000
    read_size: int = 4 * 1024 * 1024
    unconfirmed: int | None = None
    glance: float = 0.005
    idle: float = 0.05


class _InFlight:
    """Records that were handed over, per topic and partition, in the order in which they will arrive."""

    def __init__(self) -> None:
        self._queues: dict[tuple[Lane, str, int], deque[tuple[Delivery, int, int]]] = defaultdict(deque)
        self.records = dict.fromkeys(Lane, 0)
        self.size = dict.fromkeys(Lane, 0)

    def add(self, lane: Lane, topic: str, partition: int, delivery: Delivery, record: Record) -> None:
        size = len(record.payload)
        self._queues[lane, topic, partition].append((delivery, record.seq, size))
        self.records[lane] += 1
        self.size[lane] += size

    def sweep(self) -> tuple[dict[Lane, list[int]], BaseException | None]:
        """Take out what has arrived or failed; return the ``seq`` that arrived, and a failure."""
        arrived: dict[Lane, list[int]] = defaultdict(list)
        failure = None
        for (lane, _, _), queue in self._queues.items():
            while queue and queue[0][0].is_done:
                delivery, seq, size = queue.popleft()
                self.records[lane] -= 1
                self.size[lane] -= size
                if delivery.exception is None:
                    arrived[lane].append(seq)
                else:
                    failure = delivery.exception
        return arrived, failure

    @property
    def total(self) -> int:
        return sum(self.records.values())


class Publisher:
    """Publishes the outbox until it is told to stop.

    Args:
        outbox: whose records are published, and which is told what the broker has acknowledged.
        open_producer: connects to the broker; raises ``BrokerUnavailable`` where it is away.
        keep: the broker forgets, so acknowledged records stay in the outbox; else they are deleted.
        window: how much may be on its way.
        backoff: waits between two connections.
        vitals: is told how publishing does.
    """

    def __init__(
        self,
        outbox: Outbox,
        open_producer: Callable[[], Sender],
        *,
        keep: bool,
        window: Window = Window(),
        backoff: Backoff = RECONNECT,
        vitals: Vitals | None = None,
    ) -> None:
        self._outbox = outbox
        self._open_producer = open_producer
        self._keep = keep
        self._window = window
        self._backoff = backoff
        self._meter = PublishMeter(vitals or Vitals())
        self._session: _Session | None = None
        self._log = structlog.get_logger(__name__)

    @property
    def in_flight(self) -> int:
        """Records that were handed over and of which nothing is known yet."""
        return 0 if self._session is None else self._session.in_flight

    def run(self, stop: threading.Event, drain_seconds: float = 1.5) -> None:
        """Publish until ``stop``; then give what is on its way ``drain_seconds`` to arrive.

        Raises:
            SettingsError: the broker does not let us in, or idempotence is off.
            OutboxFailed: the outbox is damaged.
        """
        reader = UnpublishedReader(self._outbox.path)
        failures = 0
        try:
            while not stop.is_set():
                session = None
                self._meter.connecting(failures)
                try:
                    producer = self._open_producer()
                    session = self._session = _Session(
                        self._outbox, reader, producer, self._keep, self._window, self._meter
                    )
                    session.run(stop, drain_seconds)
                except Transient as error:
                    failures = 1 if session is not None and session.has_published else failures + 1
                    wait = self._backoff.delay(failures, error.retry_after)
                    self._log.warning(
                        "publishing_interrupted", reason=str(error), retry_in=wait.total_seconds()
                    )
                    stop.wait(wait.total_seconds())
        finally:
            reader.close()


class _Session:
    """The life of one producer: ends at ``stop``, or raises as soon as one record has failed.

    What was on its way when it ends is still unpublished in the outbox, and the next session begins
    at its first unpublished record.
    """

    def __init__(
        self,
        outbox: Outbox,
        reader: UnpublishedReader,
        producer: Sender,
        keep: bool,
        window: Window,
        meter: PublishMeter,
    ) -> None:
        self._outbox = outbox
        self._reader = reader
        self._producer = producer
        self._keep = keep
        self._window = window
        self._meter = meter
        self._in_flight = _InFlight()
        self._after = dict.fromkeys(Lane, 0)
        self._held_back = dict.fromkeys(Lane, False)
        self._log = structlog.get_logger(__name__)
        self.has_published = False

    @property
    def in_flight(self) -> int:
        return self._in_flight.total

    def run(self, stop: threading.Event, drain_seconds: float) -> None:
        try:
            while not stop.is_set():
                self._outbox.news.clear()
                sent = self._send_next(Lane.LIVE)
                if sent < self._window.read:
                    sent += self._send_next(Lane.BACKFILL)
                self._take_note()
                if not sent:
                    on_its_way = self._in_flight.total > 0
                    self._outbox.news.wait(self._window.glance if on_its_way else self._window.idle)
            self._drain(drain_seconds)
        except BaseException:
            self._producer.abandon()
            raise
        self._producer.close(drain_seconds)

    def _send_next(self, lane: Lane) -> int:
        room, size = self._room(lane)
        if room <= 0 or size <= 0:
            return 0
        records = self._reader.read(lane, self._after[lane], room, size)
        for record in records:
            self._send(lane, record)
            self._after[lane] = record.seq
        return len(records)

    def _room(self, lane: Lane) -> tuple[int, int]:
        """Return how many records and bytes of a lane may be sent now."""
        window, on_its_way = self._window, self._in_flight
        room = window.records - on_its_way.total
        size = window.size - sum(on_its_way.size.values())
        if lane is Lane.BACKFILL:
            room = min(room, window.backfill - on_its_way.records[lane])
            size = min(size, window.backfill_size - on_its_way.size[lane])
        if window.unconfirmed is not None:
            unconfirmed = on_its_way.size[lane] + self._outbox.stock.at_broker(lane)
            self._note_holding(lane, unconfirmed >= window.unconfirmed)
            size = min(size, window.unconfirmed - unconfirmed)
        return min(room, window.read), min(size, window.read_size)

    def _note_holding(self, lane: Lane, holds: bool) -> None:
        if holds is not self._held_back[lane]:
            self._held_back[lane] = holds
            self._log.info("publishing_held_back" if holds else "publishing_goes_on", lane=str(lane))

    def _send(self, lane: Lane, record: Record) -> None:
        key = record_key(record.source, record.event_id)
        headers: Headers = []
        if record.rejected:
            topic = REJECTED
        else:
            topic = raw_topic(record.source, lane)
            headers = [
                (HEADER_CODEC, _CODEC),
                (HEADER_RECEIPT, str(record.receipt).encode()),
                (HEADER_EVENT_ID, record.event_id.encode()),
            ]
        # Ours to choose: the vendor's partitioner hashes in Python and costs a third of the throughput.
        partition = zlib.crc32(key) % self._producer.partitions(topic)
        delivery = self._producer.send(topic, partition, key, record.payload, headers)
        self._in_flight.add(lane, topic, partition, delivery, record)

    def _take_note(self) -> None:
        arrived, failure = self._in_flight.sweep()
        if arrived:
            self._meter.marking()
            self._acknowledge(arrived)
        self._meter.on_its_way(self._in_flight.records)
        if failure is not None:
            raise BrokerUnavailable(f"a record did not arrive: {type(failure).__name__}")

    def _acknowledge(self, arrived: dict[Lane, list[int]]) -> None:
        self._outbox.acknowledge(arrived, keep=self._keep)
        self.has_published = True
        for lane, seqs in arrived.items():
            self._meter.published(lane, len(seqs))

    def _drain(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self._in_flight.total and time.monotonic() < deadline:
            self._take_note()
            if self._in_flight.total:
                time.sleep(self._window.glance)
        self._take_note()
