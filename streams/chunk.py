"""A chunk: records of one partition, in order, that are worked on and acknowledged as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

Headers = Sequence[tuple[str, bytes]]


class FetchedRecord(Protocol):
    """What a Kafka client hands out for one record; only what is used here."""

    @property
    def offset(self) -> int:
        """Offset in its partition."""

    @property
    def timestamp(self) -> int:
        """Milliseconds since 1970 UTC."""

    @property
    def key(self) -> bytes | None:
        """Key bytes, if it has a key."""

    @property
    def value(self) -> bytes | None:
        """Value bytes, if it has a value."""

    @property
    def headers(self) -> Headers:
        """Headers in the producer's order."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records of one partition as columns.

    Columns of plain bytes and numbers instead of a list of record objects: nothing in them can be part
    of a reference cycle, so that Python's collector has next to nothing to walk through.

    Attributes:
        topic, partition: where the records come from.
        first_offset, last_offset: of the first and last record; numbers between may be missing.
        keys, values: bytes as fetched; None where the record has none.
        headers: per record, in the producer's order.
        timestamps: per record, milliseconds since 1970 UTC, as the producer or the log set them.
    """

    topic: str
    partition: int
    first_offset: int
    last_offset: int
    keys: Sequence[bytes | None]
    values: Sequence[bytes | None]
    headers: Sequence[Headers]
    timestamps: Sequence[int]

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a chunk became for one partition of one topic, as columns of equal length.

    Attributes:
        headers: per record, a list, as the client library wants it; the same list may serve many.
    """

    topic: str
    partition: int
    keys: Sequence[bytes | None]
    values: Sequence[bytes]
    headers: Sequence[list[tuple[str, bytes]]]


def cut(
    topic: str,
    partition: int,
    records: Sequence[FetchedRecord],
    *,
    max_records: int,
    max_bytes: int,
) -> Iterator[Chunk]:
    """Cut the records that were fetched from a partition into chunks, in order.

    Args:
        max_records: most records in a chunk, at least 1.
        max_bytes: most bytes of values in a chunk. A single record that is larger is a chunk of its own.
    """
    start, size = 0, 0
    for index, record in enumerate(records):
        length = len(record.value or b"")
        if index > start and (index - start >= max_records or size + length > max_bytes):
            yield _chunk(topic, partition, records[start:index])
            start, size = index, 0
        size += length
    if start < len(records):
        yield _chunk(topic, partition, records[start:])


def _chunk(topic: str, partition: int, records: Sequence[FetchedRecord]) -> Chunk:
    return Chunk(
        topic=topic,
        partition=partition,
        first_offset=records[0].offset,
        last_offset=records[-1].offset,
        keys=[record.key for record in records],
        values=[record.value for record in records],
        headers=[record.headers for record in records],
        timestamps=[record.timestamp for record in records],
    )
