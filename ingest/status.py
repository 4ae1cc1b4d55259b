"""What ingest has done and how its sources go, read from the outbox file by any process."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from domain.metrics import Counter
from domain.topics import Lane
from ingest.heartbeat.verdict import Verdict
from ingest.outbox import beats, heartbeats
from ingest.outbox.feeds import FeedState
from ingest.outbox.rejects import Pause, pauses
from ingest.outbox.schema import LANE_NUMBERS, OutboxNotReady, open_for_reading, our_errors
from ingest.outbox.trimming import Range

_LANES = {number: lane for lane, number in LANE_NUMBERS.items()}
_TOTALS = frozenset({Counter.RECEIVED, Counter.DUPLICATE})


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """How one feed goes.

    Attributes:
        lane: its lane.
        state: waiting, failing, stopped, paused or done.
        error: one line, where it fails or stopped; carries no value of the source.
        progress: part of its work that is done, 0-1; None for a feed without an end.
        polled_at: when it last answered, UTC.
        next_poll_at: when it will be asked again, UTC.
    """

    lane: Lane
    state: FeedState
    error: str | None
    progress: float | None
    polled_at: datetime | None
    next_poll_at: datetime | None


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """What came of one source since its first start.

    Attributes:
        name: of the source.
        received: issued + duplicate.
        issued: records with a receipt; the receipts are 1 to ``issued``.
        duplicate: records that said nothing new.
        filtered: records dropped before a receipt, by counter.
        pending: records still in the outbox.
        unpublished: those of them that the broker has not acknowledged.
        last_received_at: time of the last receipt, UTC.
        feeds: live lane first.
        pause: why it is paused; None if it is not.
        heartbeat: the last verdict on it; None before the first.
        last_live_at: time of the last receipt of its live feed, UTC.
    """

    name: str
    received: int
    issued: int
    duplicate: int
    filtered: Mapping[Counter, int]
    pending: int
    unpublished: int
    last_received_at: datetime | None
    feeds: tuple[FeedStatus, ...]
    pause: Pause | None = None
    heartbeat: Verdict | None = None
    last_live_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IngestStatus:
    """The outbox: the incarnation of the broker that it publishes to, and its sources by name."""

    incarnation: str | None
    sources: tuple[SourceStatus, ...]


@dataclass(frozen=True, slots=True)
class DayCounts:
    """Durable counters of one source and UTC day of receipt; ``received`` = issued + duplicate."""

    source: str
    day: date
    received: int
    duplicate: int
    filtered: Mapping[Counter, int]


def read_status(path: Path) -> IngestStatus:
    """Return the state of the outbox file ``path``, all of one moment; empty before the first start.

    Raises:
        Transient: the file is busy.
        SettingsError: it is no outbox of this version.
        OutboxFailed: it is damaged.
    """
    if not path.exists():
        return IngestStatus(None, ())
    try:
        connection = open_for_reading(path)
    except OutboxNotReady:
        return IngestStatus(None, ())
    with closing(connection) as db, our_errors(path):
        db.execute("BEGIN")
        incarnation = db.execute("SELECT value FROM meta WHERE name = 'incarnation'").fetchone()
        counters = _totals(db)
        pending = dict(db.execute("SELECT source, count(*) FROM outbox GROUP BY source"))
        unpublished = dict(db.execute("SELECT source, count(*) FROM unpublished GROUP BY source"))
        feeds = _feeds(db)
        paused = pauses(db)
        verdicts = heartbeats.read_all(db)
        last_live = beats.read_last(db)
        sources = db.execute(
            "SELECT no, name, last_receipt, last_received_at FROM source ORDER BY name"
        ).fetchall()
    return IngestStatus(
        incarnation[0] if incarnation else None,
        tuple(
            SourceStatus(
                name=name,
                received=issued + counters[no].get(Counter.DUPLICATE, 0),
                issued=issued,
                duplicate=counters[no].get(Counter.DUPLICATE, 0),
                filtered={c: n for c, n in counters[no].items() if c not in _TOTALS},
                pending=pending.get(no, 0),
                unpublished=unpublished.get(no, 0),
                last_received_at=_time(last_received_at),
                feeds=tuple(_as_paused(feed, paused.get(name)) for feed in feeds[no]),
                pause=paused.get(name),
                heartbeat=verdicts.get(name),
                last_live_at=last_live.get(name),
            )
            for no, name, issued, last_received_at in sources
        ),
    )


def read_day_counts(path: Path) -> list[DayCounts]:
    """Return the durable counters per source and UTC day of receipt, in that order.

    Raises: as ``read_status``; ``OutboxFailed`` also when there is no file.
    """
    days: dict[tuple[str, date], dict[Counter, int]] = defaultdict(dict)
    with closing(open_for_reading(path)) as db, our_errors(path):
        for name, day, counter, n in db.execute(
            "SELECT s.name, c.day, c.name, c.n FROM counter c JOIN source s ON s.no = c.source"
        ):
            days[name, date.fromisoformat(day)][Counter(counter)] = n
    return [
        DayCounts(
            name,
            day,
            counts.get(Counter.RECEIVED, 0),
            counts.get(Counter.DUPLICATE, 0),
            {c: n for c, n in counts.items() if c not in _TOTALS},
        )
        for (name, day), counts in sorted(days.items())
    ]


def read_pending(path: Path, source: str) -> list[Range]:
    """Return which receipts of ``source`` are still in the outbox, as closed ranges in ascending order.

    Raises: as ``read_status``; ``OutboxFailed`` also when there is no file.
    """
    with closing(open_for_reading(path)) as db, our_errors(path):
        # Neighbouring receipts have the same distance to their row number.
        return [
            (first, last)
            for first, last in db.execute(
                "SELECT min(receipt), max(receipt) FROM ("
                " SELECT receipt, receipt - row_number() OVER (ORDER BY receipt) AS island"
                " FROM outbox WHERE source = (SELECT no FROM source WHERE name = ?))"
                " GROUP BY island ORDER BY 1",
                (source,),
            )
        ]


def _as_paused(feed: FeedStatus, pause: Pause | None) -> FeedStatus:
    if pause is None or feed.state in (FeedState.DONE, FeedState.STOPPED):
        return feed
    return dataclasses.replace(feed, state=FeedState.PAUSED, error=str(pause), next_poll_at=None)


def _totals(db: sqlite3.Connection) -> dict[int, dict[Counter, int]]:
    totals: dict[int, dict[Counter, int]] = defaultdict(dict)
    for no, name, n in db.execute("SELECT source, name, sum(n) FROM counter GROUP BY source, name"):
        totals[no][Counter(name)] = n
    return totals


def _feeds(db: sqlite3.Connection) -> dict[int, list[FeedStatus]]:
    feeds: dict[int, list[FeedStatus]] = defaultdict(list)
    for no, lane, state, error, progress, polled_at, next_poll_at in db.execute(
        "SELECT source, lane, state, error, progress, polled_at, next_poll_at FROM feed"
        " ORDER BY source, lane"
    ):
        feeds[no].append(
            FeedStatus(
                _LANES[lane],
                FeedState(state),
                error,
                progress,
                _time(polled_at),
                _time(next_poll_at),
            )
        )
    return feeds


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
