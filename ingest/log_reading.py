"""Where consumer groups stand in the topics, and which receipts lie before them: for the audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing

import orjson

from domain.codec import HEADER_RECEIPT
from domain.errors import Transient
from domain.topics import PARTITIONS, RAW_PREFIX, source_of
from ingest.broker import GroupReader, Partition
from ingest.ports import Headers

Offsets = dict[Partition, int]
_NO_GROUP = "wijkbeeld-audit"


class TooMuchToRead(Transient):
    """More lies in the topics than may be read."""


def committed(broker: str, group: str, topics: Iterable[str]) -> Offsets:
    """Return the offsets that a group has committed in these topics, 0 where it has none.

    Raises:
        BrokerUnavailable: the broker does not answer.
        SettingsError: it does not let us in.
    """
    with closing(GroupReader(broker, group)) as reader:
        return reader.committed(_partitions(topics))


def ends(broker: str, topics: Iterable[str]) -> Offsets:
    """Return the offsets at which the next records of these topics will be.

    Raises: as ``committed``.
    """
    with closing(GroupReader(broker, _NO_GROUP)) as reader:
        return reader.ends(_partitions(topics))


def is_past(positions: Mapping[Partition, int], goal: Mapping[Partition, int]) -> bool:
    """Tell whether every position is at its goal or beyond."""
    return all(positions.get(partition, 0) >= offset for partition, offset in goal.items())


def receipts_in(broker: str, start: Offsets, limit: int) -> Iterator[tuple[str, int]]:
    """Yield source and receipt of the records from ``start`` up to the present ends.

    Args:
        broker: ``host:port``.
        start: by partition.
        limit: look at so many records at most.

    Raises:
        BrokerUnavailable: the broker does not answer.
        TooMuchToRead: there are more records than ``limit``.
    """
    with closing(GroupReader(broker, _NO_GROUP)) as reader:
        for seen, (topic, value, headers) in enumerate(reader.read(start, reader.ends(start))):
            if seen >= limit:
                raise TooMuchToRead(f"more than {limit:,} records are on their way")
            name = _name_of(topic, value, headers)
            if name is not None:
                yield name


def _name_of(topic: str, value: bytes, headers: Headers) -> tuple[str, int] | None:
    if topic.startswith(RAW_PREFIX):
        receipt = dict(headers).get(HEADER_RECEIPT, b"")
        return (source_of(topic), int(receipt)) if receipt.isdigit() else None
    try:
        row = orjson.loads(value)
        return str(row["source"]), int(row["receipt"])
    except (ValueError, TypeError, KeyError):
        return None


def _partitions(topics: Iterable[str]) -> list[Partition]:
    return [(topic, number) for topic in topics for number in range(PARTITIONS)]
