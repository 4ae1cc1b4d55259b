"""What each source brought per hour, and its last signs of life: what the heartbeat is worked out from.

Written in the transaction of each poll of a live feed, so that a crash counts nothing twice. An hour
without a row is one in which nobody watched, and says nothing about the source.
"""

from __future__ import annotations

import sqlite3
from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import orjson

from ingest.heartbeat.lateness import Lateness, class_of
from ingest.outbox.schema import FIRST_WITH_REQUESTS, format_of
from ingest.protocol import Poll

KEPT_HOURS = 9 * 7 * 24
"""Hours that are remembered."""
LAST_POLLS = 5
"""Polls whose time is remembered."""

_HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Beat:
    """An hour of a source: new live records, and how late the new events among them were.

    An event is late by as much as it was missing in the last whole answer before it came.
    """

    n: int
    late: Lateness = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beats:
    """What a source did.

    Attributes:
        hours: by start of the hour, UTC; those in which it was watched.
        since: watched from then on, UTC.
        new_at: when its last new live record was received, UTC; None for never.
        caught_up_at: when it last answered with nothing more behind it, UTC; None for never.
        took: seconds of its last polls.
        receipt: its last receipt; 0 for none.
    """

    hours: Mapping[datetime, Beat]
    since: datetime
    new_at: datetime | None = None
    caught_up_at: datetime | None = None
    took: Sequence[float] = ()
    receipt: int = 0


def note(
    db: sqlite3.Connection,
    source: int,
    lateness: Sequence[float],
    issued: int,
    poll: Poll,
    now: datetime,
    took: timedelta | None,
) -> None:
    """Take note of a poll of a live feed.

    Args:
        db: in a transaction.
        source: number of the source.
        lateness: how long ago its new events occurred, seconds.
        issued: its records with a receipt.
        poll: the answer.
        now: aware.
        took: how long it took; None where nobody asked and the source pushed.
    """
    watch(db, [source], now)
    (caught_up_before,) = db.execute(
        "SELECT caught_up_at FROM pulse WHERE source = ?", (source,)
    ).fetchone()
    # What is pushed waits for no question of ours.
    late = lateness if took is None else _its_own(lateness, _moment(caught_up_before), now)
    moment = now.isoformat()
    caught_up = poll.done or poll.wait > timedelta(0)
    db.execute(
        "UPDATE pulse SET new_at = coalesce(?, new_at), caught_up_at = coalesce(?, caught_up_at)"
        " WHERE source = ?",
        (moment if issued else None, moment if caught_up else None, source),
    )
    if took is not None:
        (before,) = db.execute("SELECT took FROM pulse WHERE source = ?", (source,)).fetchone()
        last = [*orjson.loads(before), round(took.total_seconds(), 3)][-LAST_POLLS:]
        db.execute("UPDATE pulse SET took = ? WHERE source = ?", (orjson.dumps(last).decode(), source))
    if issued:
        _add(db, source, _hour_number(now), issued, Tally(class_of(seconds) for seconds in late))


def _its_own(lateness: Sequence[float], before: datetime | None, now: datetime) -> list[float]:
    """Return what the source is to blame for: by how much an event was missing in the answer before.

    What occurred while nobody asked could not come earlier. The first answers of all, up to the one that
    leaves nothing behind, say nothing: there was none in which an event could be missing.
    """
    if before is None:
        return []
    not_asked = (now - before).total_seconds()
    return [max(0.0, seconds - not_asked) for seconds in lateness]


def _add(db: sqlite3.Connection, source: int, hour: int, n: int, late: Tally[int]) -> None:
    (before,) = db.execute(
        "SELECT late FROM beat WHERE source = ? AND hour = ?", (source, hour)
    ).fetchone()
    late.update({int(number): count for number, count in orjson.loads(before).items()})
    text = orjson.dumps({str(number): count for number, count in late.items()}).decode()
    db.execute(
        "UPDATE beat SET n = n + ?, late = ? WHERE source = ? AND hour = ?", (n, text, source, hour)
    )


def watch(db: sqlite3.Connection, sources: Iterable[int], now: datetime) -> None:
    """Take note that sources (by number) are watched at ``now``."""
    for source in sources:
        db.execute(
            "INSERT OR IGNORE INTO pulse (source, since) VALUES (?, ?)", (source, now.isoformat())
        )
        db.execute(
            "INSERT OR IGNORE INTO beat (source, hour) VALUES (?, ?)", (source, _hour_number(now))
        )


def forget(db: sqlite3.Connection, now: datetime) -> None:
    """Forget hours that do not matter any more."""
    db.execute("DELETE FROM beat WHERE hour < ?", (_hour_number(now) - KEPT_HOURS,))


def read(db: sqlite3.Connection, source: str) -> Beats | None:
    """Return what a source did; None for one that was never watched."""
    if format_of(db) < FIRST_WITH_REQUESTS:
        return None
    pulse = db.execute(
        "SELECT p.source, since, new_at, caught_up_at, took, s.last_receipt"
        " FROM pulse p JOIN source s ON s.no = p.source WHERE s.name = ?",
        (source,),
    ).fetchone()
    if pulse is None:
        return None
    number, since, new_at, caught_up_at, took, receipt = pulse
    rows = db.execute("SELECT hour, n, late FROM beat WHERE source = ? ORDER BY hour", (number,))
    return Beats(
        {
            _EPOCH + hour * _HOUR: Beat(n, {int(k): count for k, count in orjson.loads(late).items()})
            for hour, n, late in rows
        },
        datetime.fromisoformat(since),
        _moment(new_at),
        _moment(caught_up_at),
        tuple(orjson.loads(took)),
        receipt,
    )


def read_last(db: sqlite3.Connection) -> dict[str, datetime]:
    """Return when each source's last new live record was received, by name."""
    if format_of(db) < FIRST_WITH_REQUESTS:
        return {}
    rows = db.execute(
        "SELECT s.name, p.new_at FROM pulse p JOIN source s ON s.no = p.source WHERE new_at IS NOT NULL"
    )
    return {name: datetime.fromisoformat(text) for name, text in rows}


def _hour_number(now: datetime) -> int:
    return int((now - _EPOCH) / _HOUR)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
