"""What leaves the outbox: records that are durable elsewhere, identities beyond their horizon."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from ingest.outbox.stock import Weight, weigh

Range = tuple[int, int]
"""Receipts from the first to the last of them, both included."""


def merge_ranges(ranges: Iterable[Range]) -> list[Range]:
    """Return the same receipts as few ranges in ascending order; empty ranges fall out."""
    merged: list[Range] = []
    for first, last in sorted(r for r in ranges if r[0] <= r[1]):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def delete_records(connection: sqlite3.Connection, seqs: Iterable[int]) -> Weight:
    """Delete records, published or not; return what they weighed."""
    keys = [(seq,) for seq in seqs]
    weight = weigh(connection, (seq for (seq,) in keys))
    connection.executemany(
        "DELETE FROM unpublished WHERE (lane, seq) IN (SELECT lane, seq FROM outbox WHERE seq = ?)",
        keys,
    )
    connection.executemany("DELETE FROM outbox WHERE seq = ?", keys)
    return weight


def delete_receipts(
    connection: sqlite3.Connection,
    source: str,
    ranges: Sequence[Range],
    limit: int,
    *,
    but_replays: bool = False,
) -> tuple[Weight, list[Range]]:
    """Delete at most ``limit`` records of ``source`` in ``ranges``; with ``but_replays``, no replays.

    Returns:
        What was deleted, and the ranges that are still to do (empty: done).
    """
    seqs: list[int] = []
    left = list(ranges)
    while left and len(seqs) < limit:
        first, last = left[0]
        found = connection.execute(
            "SELECT o.seq, o.receipt FROM outbox o JOIN source s ON s.no = o.source"
            " WHERE s.name = ? AND o.receipt BETWEEN ? AND ? AND NOT (? AND EXISTS ("
            "  SELECT 1 FROM replay r WHERE r.source = o.source AND r.receipt = o.receipt))"
            " ORDER BY o.receipt LIMIT ?",
            (source, first, last, but_replays, limit - len(seqs)),
        ).fetchall()
        seqs += (seq for seq, _ in found)
        if len(seqs) < limit:
            del left[0]
        else:
            left[0] = (found[-1][1] + 1, last)
    return delete_records(connection, seqs), merge_ranges(left)


def forget_seen(connection: sqlite3.Connection, source: str, before: int, limit: int) -> int:
    """Forget at most ``limit`` forgettable identities whose ``last_at`` is below ``before``.

    Args:
        connection: in a transaction.
        source: its name.
        before: milliseconds since 1970, UTC.
        limit: how many at once.

    Returns:
        How many were forgotten.
    """
    return connection.execute(
        "DELETE FROM seen WHERE (source, event_id) IN (SELECT n.source, n.event_id"
        " FROM seen n INDEXED BY seen_forgettable"
        " WHERE n.source = (SELECT no FROM source WHERE name = ?)"
        " AND n.last_at < ? AND n.forgettable = 1 LIMIT ?)",
        (source, before, limit),
    ).rowcount
