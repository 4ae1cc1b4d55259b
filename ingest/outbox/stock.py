"""How many bytes lie in the outbox, and how many of them lie at the broker as well.

Known without a query: the publisher asks before every read, the feeds before every poll. The process
that holds the file counts along with each transaction; what it starts with, and what other processes
have put in since its last transaction, it reads from the file.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import orjson

from domain.topics import Lane
from ingest.outbox.schema import LANE_NUMBERS

_LANES = {number: lane for lane, number in LANE_NUMBERS.items()}

_ALL = """
SELECT o.lane, count(*), sum(length(o.payload)), sum(iif(u.seq IS NULL, length(o.payload), 0))
FROM outbox o LEFT JOIN unpublished u ON u.lane = o.lane AND u.seq = o.seq
"""


@dataclass(frozen=True, slots=True)
class Weight:
    """Records and bytes of payload.

    Attributes:
        records: how many records.
        size: their bytes.
        published: those of the bytes that the broker has acknowledged, by lane.
        unpublished: those that it has not, by lane.
    """

    records: int = 0
    size: int = 0
    published: Mapping[Lane, int] = field(default_factory=dict)
    unpublished: Mapping[Lane, int] = field(default_factory=dict)


def weigh(connection: sqlite3.Connection, seqs: Iterable[int] | None = None) -> Weight:
    """Return what the records with these ``seq`` weigh, or all; what is gone weighs nothing."""
    if seqs is None:
        rows = connection.execute(_ALL + "GROUP BY o.lane").fetchall()
    else:
        wanted = orjson.dumps(list(seqs)).decode()
        rows = connection.execute(
            _ALL + "WHERE o.seq IN (SELECT value FROM json_each(?)) GROUP BY o.lane", (wanted,)
        ).fetchall()
    return Weight(
        records=sum(records for _, records, _, _ in rows),
        size=sum(size for _, _, size, _ in rows),
        published={_LANES[lane]: published for lane, _, _, published in rows},
        unpublished={_LANES[lane]: size - published for lane, _, size, published in rows},
    )


def last_seq(connection: sqlite3.Connection) -> int:
    """Return the highest ``seq`` that was ever given; 0 before the first."""
    found = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").fetchone()
    return 0 if found is None else int(found[0])


def size_after(connection: sqlite3.Connection, seq: int) -> int:
    """Return the bytes of payload of the records with a higher ``seq``."""
    found = connection.execute(
        "SELECT coalesce(sum(length(payload)), 0) FROM outbox WHERE seq > ?", (seq,)
    ).fetchone()
    return int(found[0])


class Stock:
    """The bytes in the outbox now. Safe to use from several threads.

    Args:
        start: what lies there when counting begins.
    """

    def __init__(self, start: Weight) -> None:
        self._lock = threading.Lock()
        self._size = start.size
        self._published = dict.fromkeys(Lane, 0) | dict(start.published)

    @property
    def size(self) -> int:
        """Bytes of payload in the outbox."""
        with self._lock:
            return self._size

    def at_broker(self, lane: Lane) -> int:
        """Return the bytes of a lane that the broker has and the warehouse has not confirmed."""
        with self._lock:
            return self._published[lane]

    def written(self, size: int) -> None:
        """Note new records of ``size`` bytes."""
        with self._lock:
            self._size += size

    def published(self, weight: Weight) -> None:
        """Note that the broker has acknowledged records; those it had already count once."""
        with self._lock:
            for lane, size in weight.unpublished.items():
                self._published[lane] += size

    def left(self, weight: Weight) -> None:
        """Note that records left the outbox."""
        with self._lock:
            self._size -= weight.size
            for lane, size in weight.published.items():
                self._published[lane] -= size

    def broker_forgot(self) -> None:
        """Note that the broker has nothing any more."""
        with self._lock:
            self._published = dict.fromkeys(Lane, 0)
