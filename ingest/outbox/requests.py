"""What a person asked of ingest: a poll of a source now, or a past period of it.

A request is a row of the outbox, so it is answered once, by whoever works on the outbox, also after a
restart. Everything here happens inside a transaction of its caller.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import orjson

from ingest.outbox.schema import FIRST_WITH_REQUESTS, format_of
from ingest.outbox.writing import Written
from ingest.protocol import Cursor, Period, Poll

MOST_KEPT = 1_000
"""Requests that have ended are forgotten when so many are newer."""

_COLUMNS = (
    "r.no, s.name, r.since, r.until, r.asked_at, r.cursor, r.progress,"
    " r.received, r.duplicate, r.rejected, r.error, r.ended_at"
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request.

    Attributes:
        number: names it.
        source: name of the source.
        period: what is asked for; None for one poll now.
        asked_at: when, UTC.
        cursor: where a period is; None before its first poll.
        progress: part of a period that is done, 0-1; None where that is not known.
        received, duplicate, rejected: what it brought until now.
        error: one line, why it fails or failed; carries no value of the source.
        ended_at: when it was answered or given up, UTC; None while it is open.
    """

    number: int
    source: str
    period: Period | None
    asked_at: datetime
    cursor: Cursor | None
    progress: float | None
    received: int
    duplicate: int
    rejected: int
    error: str | None
    ended_at: datetime | None


class Served(NamedTuple):
    """The request that a poll answers, and whether it is one for a period, with a cursor of its own."""

    number: int
    of_period: bool


def add(db: sqlite3.Connection, source: str, period: Period | None, now: datetime) -> int:
    """Take a request for a known source; return its number. An open one for the same is taken."""
    since, until = _texts(period)
    same = db.execute(
        "SELECT no FROM request WHERE source = (SELECT no FROM source WHERE name = ?)"
        " AND since IS ? AND until IS ? AND ended_at IS NULL",
        (source, since, until),
    ).fetchone()
    if same:
        return int(same[0])
    made = db.execute(
        "INSERT INTO request (source, since, until, asked_at)"
        " VALUES ((SELECT no FROM source WHERE name = ?), ?, ?, ?)",
        (source, since, until, now.isoformat()),
    )
    return made.lastrowid or 0


def get(db: sqlite3.Connection, number: int) -> Request:
    """Return a request that is known."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM request r JOIN source s ON s.no = r.source WHERE r.no = ?", (number,)
    ).fetchone()
    return _request(row)


def open_ones(db: sqlite3.Connection) -> list[Request]:
    """Return the open requests, the oldest first; none from a file of an earlier format."""
    if format_of(db) < FIRST_WITH_REQUESTS:
        return []
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM request r JOIN source s ON s.no = r.source"
        " WHERE r.ended_at IS NULL ORDER BY r.no"
    )
    return [_request(row) for row in rows]


def open_poll(db: sqlite3.Connection, source: str) -> int | None:
    """Return the number of the open request for a poll of a source."""
    row = db.execute(
        "SELECT min(no) FROM request WHERE source = (SELECT no FROM source WHERE name = ?)"
        " AND since IS NULL AND ended_at IS NULL",
        (source,),
    ).fetchone()
    number: int | None = row[0]
    return number


def serve(db: sqlite3.Connection, served: Served, written: Written, poll: Poll, now: datetime) -> None:
    """Take note of what a poll brought for a request; close it when there is no more for it.

    One poll now ends when the source has no more at once, a period when it is read to its end.
    """
    cursor = orjson.dumps(dict(poll.cursor)).decode() if served.of_period else None
    received = written.issued + written.duplicates
    db.execute(
        "UPDATE request SET received = received + ?, duplicate = duplicate + ?, rejected = rejected + ?,"
        " cursor = ?, progress = ?, error = NULL WHERE no = ?",
        (received, written.duplicates, written.rejected, cursor, poll.progress, served.number),
    )
    if poll.done or (poll.wait > timedelta(0) and not served.of_period):
        end(db, served.number, now)


def fail(db: sqlite3.Connection, number: int, error: str) -> None:
    """Write down why an open request makes no progress now."""
    db.execute("UPDATE request SET error = ? WHERE no = ? AND ended_at IS NULL", (error, number))


def end(db: sqlite3.Connection, number: int, now: datetime) -> None:
    """Close a request, and forget old ones."""
    db.execute(
        "UPDATE request SET ended_at = ? WHERE no = ? AND ended_at IS NULL", (now.isoformat(), number)
    )
    db.execute("DELETE FROM request WHERE ended_at IS NOT NULL AND no < ?", (number - MOST_KEPT,))


def _texts(period: Period | None) -> tuple[str | None, str | None]:
    return (None, None) if period is None else (period.since.isoformat(), period.until.isoformat())


def _request(row: tuple[object, ...]) -> Request:
    (
        number,
        source,
        since,
        until,
        asked,
        cursor,
        progress,
        received,
        duplicate,
        rejected,
        error,
        ended,
    ) = row
    return Request(
        number=int(str(number)),
        source=str(source),
        period=Period(_moment(since), _moment(until)) if since is not None else None,
        asked_at=_moment(asked),
        cursor=None if cursor is None else orjson.loads(str(cursor)),
        progress=None if progress is None else float(str(progress)),
        received=int(str(received)),
        duplicate=int(str(duplicate)),
        rejected=int(str(rejected)),
        error=None if error is None else str(error),
        ended_at=None if ended is None else _moment(ended),
    )


def _moment(text: object) -> datetime:
    return datetime.fromisoformat(str(text))
