"""How much lies in the outbox, and since when, read beside the writer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from domain.topics import Lane
from ingest.outbox.schema import LANE_NUMBERS, open_for_reading, our_errors


@dataclass(frozen=True, slots=True)
class Backlog:
    """What lies in the outbox.

    Attributes:
        records: all of them.
        unpublished: those that the broker has not acknowledged, by lane.
        oldest: when the oldest of those was received, UTC, by lane; absent where there are none.
    """

    records: int
    unpublished: Mapping[Lane, int]
    oldest: Mapping[Lane, datetime]


class BacklogReader:
    """Reads the backlog on a connection of its own. To be used from one thread.

    Args:
        path: the outbox file; an ``Outbox`` must have created it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = open_for_reading(path)

    def read(self) -> Backlog:
        """Return the backlog of this moment.

        Raises:
            Transient: the file is busy.
            OutboxFailed: it is damaged.
        """
        with our_errors(self._path):
            (records,) = self._db.execute("SELECT count(*) FROM outbox").fetchone()
            unpublished, oldest = {}, {}
            for lane in Lane:
                number = (LANE_NUMBERS[lane],)
                (unpublished[lane],) = self._db.execute(
                    "SELECT count(*) FROM unpublished WHERE lane = ?", number
                ).fetchone()
                first = self._db.execute(
                    "SELECT payload FROM outbox WHERE seq ="
                    " (SELECT min(seq) FROM unpublished WHERE lane = ?)",
                    number,
                ).fetchone()
                if first is not None:
                    oldest[lane] = _received_at(first[0])
        return Backlog(records, unpublished, oldest)

    def close(self) -> None:
        """Close the connection."""
        self._db.close()


def _received_at(payload: bytes) -> datetime:
    """Return the time of receipt in the bytes of an event, or of a reject."""
    record = orjson.loads(payload)
    moment = datetime.fromisoformat(record.get("time") or record["received_at"])
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
