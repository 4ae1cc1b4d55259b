"""Records as streams publishes them, made of archived rows."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.codec import encode_row, record_key
from domain.events import EVENT_TYPES, Kind, source_urn
from domain.rows import EventRow
from domain.topics import PARTITIONS

HeaderList = list[tuple[str, bytes]]


@dataclass(slots=True)
class Columns:
    """Records of one partition, as columns of equal length, in order.

    Attributes:
        headers: per record; the same list may serve many.
    """

    keys: list[bytes | None] = field(default_factory=list)
    values: list[bytes] = field(default_factory=list)
    headers: list[HeaderList] = field(default_factory=list)

    def add(self, key: bytes | None, value: bytes, headers: HeaderList) -> None:
        """Add a record."""
        self.keys.append(key)
        self.values.append(value)
        self.headers.append(headers)

    def __len__(self) -> int:
        return len(self.values)


ByPartition = dict[int, Columns]
"""Records by the partition that they go to."""


class Encoder:
    """Makes records of rows: the same key, value and headers as when they were first published.

    Args:
        municipality: its slug; part of the CloudEvents source.
    """

    def __init__(self, municipality: str) -> None:
        self._municipality = municipality
        self._constant: dict[tuple[str, str], HeaderList] = {}

    def __call__(self, rows: Iterable[EventRow]) -> ByPartition:
        """Return the records of the rows; all versions of an event go to one partition."""
        records: defaultdict[int, Columns] = defaultdict(Columns)
        for row in rows:
            key = record_key(row["source"], row["event_id"])
            records[zlib.crc32(key) % PARTITIONS].add(key, encode_row(row), self._headers(row))
        return dict(records)

    def _headers(self, row: EventRow) -> HeaderList:
        """Return the CloudEvents attributes (binary content mode)."""
        kind = (row["source"], row["kind"])
        constant = self._constant.get(kind)
        if constant is None:
            constant = self._constant[kind] = [
                ("content-type", b"application/json"),
                ("ce_specversion", b"1.0"),
                ("ce_source", source_urn(self._municipality, row["source"]).encode()),
                ("ce_type", EVENT_TYPES[Kind(row["kind"])].encode()),
            ]
        return [*constant, ("ce_id", row["event_id"].encode())]
