"""What ingest gave out and what still lies in the outbox, all of one moment: for the audit."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from domain.metrics import Counter
from ingest.outbox.schema import OutboxNotReady, open_for_reading, our_errors
from ingest.outbox.trimming import Range

# Neighbouring receipts have the same distance to their row number.
_WAITING = """
SELECT source, min(receipt), max(receipt) FROM
(
    SELECT source, receipt, receipt - row_number() OVER (PARTITION BY source ORDER BY receipt) AS island
    FROM outbox
)
GROUP BY source, island ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class DayAccount:
    """Durable counters of a UTC day of receipt: ``received`` = issued + ``duplicate``."""

    received: int
    duplicate: int


@dataclass(frozen=True, slots=True)
class SourceAccount:
    """One source.

    Attributes:
        issued: its receipts are 1 to ``issued``.
        days: by UTC day of receipt.
        waiting: receipts still in the outbox, as closed ranges in ascending order.
    """

    issued: int
    days: Mapping[date, DayAccount]
    waiting: tuple[Range, ...]


def read_accounts(path: Path) -> dict[str, SourceAccount]:
    """Return the account of each source in the outbox file; empty before the first start.

    Raises:
        Transient: the file is busy.
        SettingsError: it is no outbox of this version.
        OutboxFailed: it is damaged.
    """
    connection = _open(path)
    if connection is None:
        return {}
    with closing(connection) as db, our_errors(path):
        db.execute("BEGIN")
        days: dict[int, dict[date, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        for no, day, counter, n in db.execute("SELECT source, day, name, n FROM counter"):
            days[no][date.fromisoformat(day)][counter] = n
        waiting: dict[int, list[Range]] = defaultdict(list)
        for no, first, last in db.execute(_WAITING):
            waiting[no].append((first, last))
        sources = db.execute("SELECT no, name, last_receipt FROM source").fetchall()
    return {
        name: SourceAccount(
            issued,
            {
                day: DayAccount(counts.get(Counter.RECEIVED, 0), counts.get(Counter.DUPLICATE, 0))
                for day, counts in sorted(days[no].items())
            },
            tuple(waiting[no]),
        )
        for no, name, issued in sources
    }


def read_issued(path: Path) -> dict[str, int]:
    """Return the last receipt of each source.

    Raises: as ``read_accounts``.
    """
    connection = _open(path)
    if connection is None:
        return {}
    with closing(connection) as db, our_errors(path):
        return dict(db.execute("SELECT name, last_receipt FROM source"))


def count_waiting(path: Path, up_to: Mapping[str, int]) -> int:
    """Return how many records in the outbox have a receipt of at most ``up_to[source]``.

    Raises: as ``read_accounts``.
    """
    connection = _open(path)
    if connection is None:
        return 0
    with closing(connection) as db, our_errors(path):
        db.execute("BEGIN")
        return sum(
            int(n)
            for source, receipt in up_to.items()
            for (n,) in db.execute(
                "SELECT count(*) FROM outbox"
                " WHERE source = (SELECT no FROM source WHERE name = ?) AND receipt <= ?",
                (source, receipt),
            )
        )


def _open(path: Path) -> sqlite3.Connection | None:
    if not path.exists():
        return None
    try:
        return open_for_reading(path)
    except OutboxNotReady:
        return None
