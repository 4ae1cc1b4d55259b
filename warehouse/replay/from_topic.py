"""A replay of the located events that are still in their topics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

import orjson

from domain.topics import EVENTS, EVENTS_BACKFILL
from warehouse.archive.rows import Selection
from warehouse.replay.kafka import Read, TopicReader
from warehouse.replay.origin import Batch, Position
from warehouse.replay.records import ByPartition, Columns

TOPICS = (EVENTS, EVENTS_BACKFILL)
ROWS_PER_BATCH = 1_000

_CLOCKS = timedelta(hours=1)
"""A record was published after it was received, by clocks that agree to within this."""

Offsets = dict[tuple[str, int], int]


@dataclass(slots=True)
class TopicOrigin:
    """Reads the topics up to what they held when it was first asked: its own records come after that.

    Args:
        reader: of ``TOPICS``.
        selection: what is wanted.
    """

    reader: TopicReader
    selection: Selection
    _begins: Offsets = field(default_factory=dict)
    _ends: Offsets = field(default_factory=dict)

    def total(self, after: Position | None) -> int:
        """Return how many records there are to read, from the beginning.

        Raises:
            BrokerUnavailable: the broker does not answer.
        """
        self._open(after)
        return sum(max(0, end - self._begins[part]) for part, end in self._ends.items())

    def batches(self, after: Position | None) -> Iterator[Batch]:
        """Yield the wanted records: the very bytes that were published.

        Raises:
            BrokerUnavailable: the broker does not answer.
        """
        self._open(after)
        offsets = dict(self._begins)
        if after is not None:
            offsets = _offsets(after["next"])
        for found in self.reader.records(offsets, self._ends, ROWS_PER_BATCH):
            for record in found:
                part = (record.topic, record.partition)
                offsets[part] = max(offsets[part], record.offset + 1)
            records = self._wanted(found)
            position = {"next": _plain(offsets), **self._told()}
            yield Batch(records, sum(map(len, records.values())), len(found), position)

    def _open(self, after: Position | None) -> None:
        if self._ends:
            return
        if after is not None:
            self._begins, self._ends = _offsets(after["begins"]), _offsets(after["ends"])
            return
        since = self.selection.since
        since_ms = None if since is None else int((since - _CLOCKS).timestamp() * 1000)
        self._begins, self._ends = self.reader.begins(since_ms), self.reader.ends()

    def _told(self) -> dict[str, object]:
        return {"begins": _plain(self._begins), "ends": _plain(self._ends)}

    def _wanted(self, found: Sequence[Read]) -> ByPartition:
        records: ByPartition = {}
        for record in found:
            if record.value is not None and self._wants(record.value):
                part = records.setdefault(record.partition, Columns())
                part.add(record.key, record.value, list(record.headers))
        return records

    def _wants(self, value: bytes) -> bool:
        try:
            row = orjson.loads(value)
            return self.selection.wants(row["source"], row["received_at"])
        except (ValueError, KeyError, TypeError):
            return False  # no row of ours; the loader has made a reject of it


def _plain(offsets: Offsets) -> list[list[object]]:
    return [[topic, partition, offset] for (topic, partition), offset in sorted(offsets.items())]


def _offsets(plain: object) -> Offsets:
    listed = cast("list[tuple[str, int, int]]", plain)
    return {(topic, int(partition)): int(offset) for topic, partition, offset in listed}
