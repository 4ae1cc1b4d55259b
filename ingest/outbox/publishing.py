"""From the outbox to the broker: what is to be published, and what the broker has acknowledged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from domain.topics import Lane
from ingest.outbox.schema import LANE_NUMBERS, open_for_reading, our_errors
from ingest.outbox.stock import Weight, weigh


class Record(NamedTuple):
    """A record that the broker has not acknowledged.

    Attributes:
        seq: its place in the order of commit.
        source: name of its source.
        receipt: its number within the source.
        rejected: it travels to topic ``rejected``.
        event_id: identity of its event.
        payload: value of the Kafka record.
    """

    seq: int
    source: str
    receipt: int
    rejected: bool
    event_id: str
    payload: bytes


class UnpublishedReader:
    """Reads unpublished records on a connection of its own, beside the writer.

    Args:
        path: the outbox file; an ``Outbox`` must have created it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = open_for_reading(path)

    def read(self, lane: Lane, after: int, limit: int, size: int | None = None) -> list[Record]:
        """Return at most ``limit`` unpublished records of a lane with ``seq > after``, in that order.

        With ``size``, no more than the first that together have so many bytes of payload; at least one.
        Records committed later have a higher ``seq``, so that reading on from the last one misses none.

        Raises:
            Transient: the file is busy.
            OutboxFailed: it is damaged.
        """
        with our_errors(self._path):
            rows = self._db.execute(
                "SELECT o.seq, s.name, o.receipt, o.rejected, o.event_id, o.payload"
                " FROM unpublished u JOIN outbox o ON o.seq = u.seq JOIN source s ON s.no = o.source"
                " WHERE u.lane = ? AND u.seq > ? ORDER BY u.seq LIMIT ?",
                (LANE_NUMBERS[lane], after, limit),
            )
            if size is None:
                return [Record(*row) for row in rows]
            return _up_to(map(Record._make, rows), size)

    def close(self) -> None:
        """Close the connection."""
        self._db.close()


def _up_to(records: Iterable[Record], size: int) -> list[Record]:
    found = []
    for record in records:
        found.append(record)
        size -= len(record.payload)
        if size <= 0:
            break
    return found


def mark_published(connection: sqlite3.Connection, lane: Lane, seqs: Iterable[int]) -> Weight:
    """Take records off the list of unpublished ones; those not on it are passed over.

    Returns:
        What the records weighed before: its ``unpublished`` is what came off the list.
    """
    number = LANE_NUMBERS[lane]
    numbers = list(seqs)
    weight = weigh(connection, numbers)
    connection.executemany(
        "DELETE FROM unpublished WHERE lane = ? AND seq = ?", [(number, seq) for seq in numbers]
    )
    return weight


def mark_all_unpublished(connection: sqlite3.Connection) -> None:
    """Put every record that is still in the outbox on the list of unpublished ones."""
    connection.execute(
        "INSERT OR IGNORE INTO unpublished (lane, seq, source) SELECT lane, seq, source FROM outbox"
    )
