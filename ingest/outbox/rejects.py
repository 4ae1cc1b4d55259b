"""The rejects of the last receipts, and the sources that are paused for having too many.

Everything here happens inside a transaction of its caller, so that a restart forgets nothing and judges
nothing twice.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from domain.rejects import RejectReason
from ingest.budgets import Budget, Budgets
from ingest.outbox.schema import FIRST_WITH_REJECTS, format_of

REMEMBERED = 400_000
"""Receipts behind a source's last one of which rejects are remembered: more than may wait in the outbox
before streams have said what they think of them."""


BY_HAND = "by hand"
"""Reason of a pause that a person made."""


class Pause(NamedTuple):
    """Why a source is paused: ``n`` of ``among`` successive records were rejected for one reason.

    A person's pause has the reason ``BY_HAND`` and no counts.
    """

    reason: str
    n: int
    among: int
    at: datetime

    def __str__(self) -> str:
        if self.reason == BY_HAND:
            return BY_HAND
        share = (
            f"{self.n} records in a row" if self.n == self.among else f"{self.n} of {self.among} records"
        )
        return f"{share} rejected as {self.reason}"


def note(
    connection: sqlite3.Connection,
    source: str,
    rejects: Iterable[tuple[int, RejectReason]],
    budgets: Budgets,
    now: datetime,
) -> Pause | None:
    """Remember rejects of a source, and pause it when they exceed a budget.

    Args:
        connection: in a transaction.
        source: its name; one that the outbox does not know is passed over.
        rejects: receipt and reason of each; those known already change nothing.
        budgets: by source and reason.
        now: aware, UTC.

    Returns:
        The pause that begins with them; None if none does, or one holds already.
    """
    found = connection.execute(
        "SELECT no, max(judged_after, last_receipt - ?), last_receipt FROM source WHERE name = ?",
        (REMEMBERED, source),
    ).fetchone()
    if found is None:
        return None
    number, floor, last = found
    # A broker that keeps its topics may still have the rejects of an outbox that is no more.
    new = _insert(connection, number, ((n, why) for n, why in rejects if floor < n <= last))
    if not new or connection.execute("SELECT 1 FROM pause WHERE source = ?", (number,)).fetchone():
        return None
    for reason, receipts in new.items():
        pause = _judge(connection, number, reason, receipts, floor, budgets.of(source, reason), now)
        if pause is not None:
            return pause
    return None


def _insert(
    connection: sqlite3.Connection, source: int, rejects: Iterable[tuple[int, RejectReason]]
) -> dict[RejectReason, list[int]]:
    new: dict[RejectReason, list[int]] = defaultdict(list)
    for receipt, reason in rejects:
        added = connection.execute(
            "INSERT OR IGNORE INTO reject (source, receipt, reason) VALUES (?, ?, ?)",
            (source, receipt, reason.value),
        )
        if added.rowcount:
            new[reason].append(receipt)
    return new


def _judge(
    connection: sqlite3.Connection,
    source: int,
    reason: RejectReason,
    receipts: list[int],
    floor: int,
    budget: Budget,
    now: datetime,
) -> Pause | None:
    around = connection.execute(
        "SELECT receipt FROM reject WHERE source = ? AND reason = ? AND receipt BETWEEN ? AND ?"
        " ORDER BY receipt",
        (
            source,
            reason.value,
            max(floor + 1, min(receipts) - budget.reach),
            max(receipts) + budget.reach,
        ),
    )
    breach = budget.breach([receipt for (receipt,) in around])
    if breach is None:
        return None
    connection.execute(
        "INSERT INTO pause (source, reason, n, among, at) VALUES (?, ?, ?, ?, ?)",
        (source, reason.value, *breach, now.isoformat()),
    )
    return Pause(reason.value, *breach, now)


def pauses(connection: sqlite3.Connection) -> dict[str, Pause]:
    """Return the pause of each source that is paused, by name; also from a file of an earlier format."""
    if format_of(connection) < FIRST_WITH_REJECTS:
        return {}
    rows = connection.execute(
        "SELECT s.name, p.reason, p.n, p.among, p.at FROM pause p JOIN source s ON s.no = p.source"
    )
    return {
        name: Pause(reason, n, among, datetime.fromisoformat(at)) for name, reason, n, among, at in rows
    }


def is_paused(connection: sqlite3.Connection, source: str) -> bool:
    """Tell whether a source is paused."""
    return (
        connection.execute(
            "SELECT 1 FROM pause WHERE source = (SELECT no FROM source WHERE name = ?)", (source,)
        ).fetchone()
        is not None
    )


def pause(connection: sqlite3.Connection, source: str, now: datetime) -> bool:
    """Pause a source by hand until it is resumed; return whether it was not paused before."""
    made = connection.execute(
        "INSERT OR IGNORE INTO pause (source, reason, n, among, at)"
        " VALUES ((SELECT no FROM source WHERE name = ?), ?, 0, 0, ?)",
        (source, BY_HAND, now.isoformat()),
    )
    return bool(made.rowcount)


def resume(connection: sqlite3.Connection, source: str) -> bool:
    """Let a source go on; what it has received until now does not count against it any more.

    Returns:
        Whether it was paused.
    """
    ended = connection.execute(
        "DELETE FROM pause WHERE source = (SELECT no FROM source WHERE name = ?)", (source,)
    )
    if not ended.rowcount:
        return False
    connection.execute("UPDATE source SET judged_after = last_receipt WHERE name = ?", (source,))
    return True


def forget(connection: sqlite3.Connection) -> None:
    """Forget rejects that cannot count any more."""
    floors = connection.execute(
        "SELECT no, max(judged_after, last_receipt - ?) FROM source", (REMEMBERED,)
    )
    connection.executemany("DELETE FROM reject WHERE source = ? AND receipt <= ?", floors.fetchall())
