"""Repaired rejects on their way through the outbox once more.

A replay has the receipt of its reject, which was acknowledged when the reject became durable. That ack
may be heard again at any time, so table ``replay`` names the receipts that only an ack of something
*stored* may trim. All here happens inside a transaction of its caller.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from enum import Enum, auto
from typing import NamedTuple

from domain.rejects import RECORD_KEPT
from domain.topics import Lane
from ingest.outbox.identity import millis
from ingest.outbox.schema import FIRST_WITH_REJECTS, LANE_NUMBERS, format_of
from ingest.outbox.stock import Weight
from ingest.outbox.trimming import delete_records

LANE = Lane.BACKFILL
"""What comes late must not hold up what is live."""


class Replay(NamedTuple):
    """A repaired event with the identity it always had; ``payload`` is the value of its raw record."""

    source: str
    receipt: int
    event_id: str
    payload: bytes


class Answer(Enum):
    """What the outbox says to a replay."""

    TAKEN = auto()
    ON_ITS_WAY = auto()
    """The record itself, or a replay of it, is not known to be durable yet."""
    UNKNOWN = auto()
    """This outbox never gave that receipt to that source."""


def look(connection: sqlite3.Connection, source: str, receipt: int, *, again: bool) -> Answer:
    """Return what the outbox would say to a replay; also from a file of an earlier format.

    Args:
        again: an earlier replay of the same receipt does not matter.
    """
    number = _number(connection, source, receipt)
    if number is None:
        return Answer.UNKNOWN
    replayed = format_of(connection) >= FIRST_WITH_REJECTS and _has(
        connection, "replay", number, receipt
    )
    if replayed:
        return Answer.TAKEN if again else Answer.ON_ITS_WAY
    return Answer.ON_ITS_WAY if _has(connection, "outbox", number, receipt) else Answer.TAKEN


def add(
    connection: sqlite3.Connection, replays: Iterable[Replay], now: datetime, *, again: bool
) -> list[Answer]:
    """Put replays into the outbox, unpublished; return the answer to each, in order.

    Args:
        connection: in a transaction.
        replays: each receipt once.
        now: aware.
        again: in place of an earlier replay of the same receipt.
    """
    return [_add(connection, replay, millis(now), again=again) for replay in replays]


def _add(connection: sqlite3.Connection, replay: Replay, now: int, *, again: bool) -> Answer:
    answer = look(connection, replay.source, replay.receipt, again=again)
    if answer is not Answer.TAKEN:
        return answer
    number = _number(connection, replay.source, replay.receipt)
    key, lane = (number, replay.receipt), LANE_NUMBERS[LANE]
    delete_records(connection, _seqs(connection, [key]))
    added = connection.execute(
        "INSERT INTO outbox (source, receipt, lane, rejected, event_id, payload)"
        " VALUES (?, ?, ?, 0, ?, ?)",
        (*key, lane, replay.event_id, replay.payload),
    )
    connection.execute(
        "INSERT INTO unpublished (lane, seq, source) VALUES (?, ?, ?)", (lane, added.lastrowid, number)
    )
    connection.execute(
        "INSERT OR REPLACE INTO replay (source, receipt, at) VALUES (?, ?, ?)", (*key, now)
    )
    return Answer.TAKEN


def forget(connection: sqlite3.Connection, now: datetime) -> Weight:
    """Give up replays that nobody has stored for as long as the record of a reject is kept.

    Returns:
        What of them was still in the outbox.
    """
    before = millis(now - RECORD_KEPT)
    old = connection.execute("SELECT source, receipt FROM replay WHERE at < ?", (before,)).fetchall()
    given_up = delete_records(connection, _seqs(connection, old))
    connection.execute("DELETE FROM replay WHERE at < ?", (before,))
    return given_up


def _seqs(connection: sqlite3.Connection, keys: Iterable[tuple[int | None, int]]) -> list[int]:
    query = "SELECT seq FROM outbox WHERE source = ? AND receipt = ?"
    return [seq for key in keys for (seq,) in connection.execute(query, key)]


def _number(connection: sqlite3.Connection, source: str, receipt: int) -> int | None:
    found = connection.execute(
        "SELECT no FROM source WHERE name = ? AND ? BETWEEN 1 AND last_receipt", (source, receipt)
    ).fetchone()
    return None if found is None else int(found[0])


def _has(connection: sqlite3.Connection, table: str, source: int, receipt: int) -> bool:
    query = f"SELECT 1 FROM {table} WHERE source = ? AND receipt = ?"  # a name of ours
    return connection.execute(query, (source, receipt)).fetchone() is not None
