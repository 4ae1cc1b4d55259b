"""The feeds in the outbox: where each one is, and how it goes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import orjson

from domain.topics import Lane
from ingest.outbox.rejects import is_paused
from ingest.outbox.schema import LANE_NUMBERS
from ingest.protocol import Cursor, Feed, Poll, Source


class FeedState(StrEnum):
    """How a feed goes."""

    WAITING = "waiting"
    """For its next poll; all is well."""
    FAILING = "failing"
    """Its last poll failed; it is tried again."""
    STOPPED = "stopped"
    """Its source must not be read on; somebody must change something."""
    PAUSED = "paused"
    """Its source has too many rejects; it goes on when somebody resumes it. Never written to the file:
    it follows from the pause of the source."""
    DONE = "done"
    """It has ended."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a feed is: its cursor (None before the first poll), whether it has ended or is paused, when
    it last answered (UTC).
    """

    cursor: Cursor | None
    done: bool
    paused: bool = False
    polled_at: datetime | None = None


def register(connection: sqlite3.Connection, sources: Iterable[Source]) -> None:
    """Make sources and their feeds known; what is stored of them stays, except for old errors.

    A feed starts afresh when its origin is another than before, or when it ended and reads its input
    only once. Of a feed whose origin was not kept yet, only the end is doubted: to read an input again
    is harmless, never to read it is not.
    """
    for source in sources:
        connection.execute("INSERT OR IGNORE INTO source (name) VALUES (?)", (source.name,))
        for feed in source.feeds:
            _restart(connection, source.name, feed)
            connection.execute(
                "INSERT INTO feed (source, lane, state, origin)"
                " VALUES ((SELECT no FROM source WHERE name = ?), ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET error = NULL, next_poll_at = NULL,"
                " state = iif(done, ?, excluded.state), origin = excluded.origin",
                (source.name, LANE_NUMBERS[feed.lane], FeedState.WAITING, feed.origin, FeedState.DONE),
            )


def _restart(connection: sqlite3.Connection, source: str, feed: Feed) -> None:
    """Forget the place of a feed that has another input than before."""
    connection.execute(
        "UPDATE feed SET cursor = NULL, done = 0, progress = NULL, polled_at = NULL"
        " WHERE source = (SELECT no FROM source WHERE name = ?) AND lane = ?"
        " AND ((origin <> ? AND (origin <> '' OR done)) OR (done AND ?))",
        (source, LANE_NUMBERS[feed.lane], feed.origin, feed.once),
    )


def place_of(connection: sqlite3.Connection, source: str, lane: Lane) -> Place:
    """Return where a registered feed is."""
    cursor, done, polled_at = connection.execute(
        "SELECT cursor, done, polled_at FROM feed"
        " WHERE source = (SELECT no FROM source WHERE name = ?) AND lane = ?",
        (source, LANE_NUMBERS[lane]),
    ).fetchone()
    return Place(
        None if cursor is None else orjson.loads(cursor),
        bool(done),
        is_paused(connection, source),
        None if polled_at is None else datetime.fromisoformat(polled_at),
    )


def cursors(connection: sqlite3.Connection) -> list[Cursor]:
    """Return the cursors of all feeds that have been polled."""
    rows = connection.execute("SELECT cursor FROM feed WHERE cursor IS NOT NULL")
    return [orjson.loads(cursor) for (cursor,) in rows]


def known_cursor(connection: sqlite3.Connection, source: str, feed: Feed) -> Cursor | None:
    """Return the cursor of a feed, as its next poll would have it; None for one that begins."""
    row = connection.execute(
        "SELECT cursor FROM feed WHERE source = (SELECT no FROM source WHERE name = ?) AND lane = ?"
        " AND origin = ?",
        (source, LANE_NUMBERS[feed.lane], feed.origin),
    ).fetchone()
    return None if row is None or row[0] is None else orjson.loads(row[0])


def number_of(connection: sqlite3.Connection, source: str) -> int:
    """Return the number of a registered source."""
    (number,) = connection.execute("SELECT no FROM source WHERE name = ?", (source,)).fetchone()
    return int(number)


def next_poll_of(connection: sqlite3.Connection, source: str, lane: Lane) -> datetime | None:
    """Return when a registered feed that goes well is polled next, UTC; None for any other."""
    (text,) = connection.execute(
        "SELECT iif(state = ?, next_poll_at, NULL) FROM feed WHERE source = ? AND lane = ?",
        (FeedState.WAITING, number_of(connection, source), LANE_NUMBERS[lane]),
    ).fetchone()
    return None if text is None else datetime.fromisoformat(text)


def advance(
    connection: sqlite3.Connection,
    source: int,
    lane: Lane,
    poll: Poll,
    now: datetime,
    next_poll_at: datetime | None,
) -> None:
    """Move a feed to the cursor of a poll."""
    connection.execute(
        "UPDATE feed SET cursor = ?, done = ?, progress = ?, state = ?, error = NULL,"
        " polled_at = ?, next_poll_at = ? WHERE source = ? AND lane = ?",
        (
            orjson.dumps(dict(poll.cursor)).decode(),
            int(poll.done),
            poll.progress,
            FeedState.DONE if poll.done else FeedState.WAITING,
            now.isoformat(),
            _text(next_poll_at),
            source,
            LANE_NUMBERS[lane],
        ),
    )


def note(
    connection: sqlite3.Connection,
    source: str,
    lane: Lane,
    state: FeedState,
    error: str | None,
    next_poll_at: datetime | None,
) -> None:
    """Write down why a feed gives nothing now; its cursor stays."""
    connection.execute(
        "UPDATE feed SET state = ?, error = ?, next_poll_at = ?"
        " WHERE source = (SELECT no FROM source WHERE name = ?) AND lane = ?",
        (state, error, _text(next_poll_at), source, LANE_NUMBERS[lane]),
    )


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
