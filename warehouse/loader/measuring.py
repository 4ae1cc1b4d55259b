"""What the loader tells of itself: batches on their way, and once a second where it stands."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import UTC, datetime

from domain.metrics import (
    ACCEPTED_TO_STORED,
    CONSUMER_LAG,
    CONSUMER_UNCOMMITTED,
    LATE_BY,
    LOADER_BATCH_BYTES,
    LOADER_BATCH_ROWS,
    LOADER_BATCH_SECONDS,
    LOADER_INSERT_SECONDS,
    LOADER_OLDEST_UNSTORED,
    LOADER_ROWS,
    REJECTS,
)
from domain.rejects import RejectReason
from domain.topics import EVENTS, EVENTS_BACKFILL, Lane, lane_of
from domain.vitals import Drained, Outside, Vitals
from warehouse.loader.batching import Batch
from warehouse.loader.decoding import Row
from warehouse.loader.freshness import by_source, sample

PART = "loader"
SAMPLE_SECONDS = 1.0
SILENT_SECONDS = 5.0
"""The broker answers a fetch after 0.1 s at the latest; when it has not for so long, it is away."""

Partition = tuple[str, int]
Standing = tuple[Mapping[Partition, tuple[int, int]], float]
"""Per partition that is ours the end of its log, as the last fetch told it, and where reading goes on;
and for how many seconds the broker has not answered a fetch."""


class LoadMeter:
    """Tells how the loader does.

    Args:
        vitals: who is told.
        monotonic: seconds of a clock that never goes back.
        now: the time, aware, in UTC.
    """

    def __init__(
        self,
        vitals: Vitals,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._recorder = vitals.recorder
        self._progress = vitals.progress
        self._monotonic = monotonic
        self._now = now
        self._turning = vitals.progress.loop("event loop")
        self._session = vitals.progress.loop("consumer")
        self._batch = vitals.progress.loop("batch")
        self._number = self._turns = 0
        self._began = self._sampled = 0.0
        self._flushed: dict[Partition, int] = {}
        self._committed: dict[Partition, int] = {}
        self._known: set[Partition] = set()

    def joining(self, attempt: int, on: Outside = Outside.BROKER) -> None:
        """Note a try to reach the broker, or ClickHouse, before there is anything in hand."""
        self._session.at(f"joining {on}", attempt, on)

    def joined(self) -> None:
        """Note that the loader has partitions."""
        self._session.idle()

    def begin(self, batch: Batch) -> None:
        """Note that a batch is closed and on its way."""
        self._number += 1
        self._began = self._monotonic()
        self.doing("decode")
        self._recorder.observe(LOADER_BATCH_ROWS, (len(batch.messages),), topic=batch.topic)
        self._recorder.observe(LOADER_BATCH_BYTES, (batch.size,), topic=batch.topic)

    def doing(self, step: Hashable, waiting_for: Outside | None = None) -> None:
        """Note what happens to the batch in hand."""
        self._batch.at(self._number, step, waiting_for)

    def inserted(self, table: str, rows: int, began: float) -> None:
        """Measure an insert that succeeded; its first try was at ``began``."""
        self._recorder.count(LOADER_ROWS, rows, table=table)
        self._recorder.observe(LOADER_INSERT_SECONDS, (self._monotonic() - began,), table=table)

    def refused(self, rejects: Sequence[Row]) -> None:
        """Count rows that became rejects here."""
        for row in rejects:
            self._recorder.count(REJECTS, part=PART, source=row.source, reason=str(RejectReason.INVALID))

    def stored(self, batch: Batch, rows: Sequence[Row]) -> None:
        """Note that a batch is durable."""
        self._flushed |= {(batch.topic, n): offset for n, offset in batch.offsets.items()}
        if batch.topic not in (EVENTS, EVENTS_BACKFILL):
            return
        lane, now = lane_of(batch.topic), self._now()
        for source, events in by_source(sample(rows)).items():
            late = [(event.received_at - event.occurred_at).total_seconds() for event in events]
            self._recorder.observe(LATE_BY, late, source=source, lane=str(lane))
            if lane is Lane.LIVE:
                ages = [max(0.0, (now - event.received_at).total_seconds()) for event in events]
                self._recorder.observe(ACCEPTED_TO_STORED, ages, source=source)
                self._progress.live_age(max(ages))

    def committed(self, batch: Batch) -> None:
        """Note that the offsets of a batch are committed."""
        self._committed |= {(batch.topic, n): offset for n, offset in batch.offsets.items()}
        seconds = self._monotonic() - self._began
        self._recorder.observe(LOADER_BATCH_SECONDS, (seconds,), topic=batch.topic)

    def end(self) -> None:
        """Note that nothing is on its way."""
        self._batch.idle()

    def turn(self, standing: Callable[[], Standing], oldest: float | None) -> None:
        """Note that the event loop turns; now and then tell where the loader stands.

        Args:
            standing: returns where the reader stands.
            oldest: since when the oldest record is in hand, by the loader's clock; None without one.
        """
        self._turns += 1
        self._turning.at(self._turns)
        now = self._monotonic()
        if now - self._sampled < SAMPLE_SECONDS:
            return
        self._sampled = now
        self._recorder.set(LOADER_OLDEST_UNSTORED, 0.0 if oldest is None else max(0.0, now - oldest))
        found, silent = standing()
        if silent > SILENT_SECONDS and oldest is None:
            # The client asks again by itself; each look is a new try.
            self._session.at("silent", self._turns, Outside.BROKER)
        else:
            self._session.idle()
        for partition, (end, position) in found.items():
            self._set(partition, end, position)
        self._forget(self._known - found.keys())
        self._known = set(found)

    def _set(self, partition: Partition, end: int, position: int) -> None:
        topic, number = partition[0], str(partition[1])
        # Before the first commit, reading began where the group had committed.
        committed = self._committed.get(partition, position)
        behind = max(0, self._flushed.get(partition, committed) - committed)
        self._recorder.set(CONSUMER_UNCOMMITTED, behind, part=PART, topic=topic, partition=number)
        lag = max(0, end - committed)
        self._recorder.set(CONSUMER_LAG, lag, part=PART, topic=topic, partition=number)

    def revoked(self) -> None:
        """Note that the partitions go to somebody else."""
        self._flushed.clear()
        self._committed.clear()
        self._forget(self._known)
        self._known = set()

    def ended(self) -> None:
        """Note that the session is over."""
        self.revoked()
        self._batch.idle()
        self._turning.idle()

    def left(self, in_hand: int) -> Drained:
        """Return what is left when ``in_hand`` records are not stored."""
        behind = [part for part, to in self._flushed.items() if self._committed.get(part, 0) < to]
        return Drained(in_hand, len(behind))

    def _forget(self, partitions: set[Partition]) -> None:
        for topic, number in partitions:
            for metric in (CONSUMER_LAG, CONSUMER_UNCOMMITTED):
                self._recorder.forget(metric, part=PART, topic=topic, partition=str(number))
