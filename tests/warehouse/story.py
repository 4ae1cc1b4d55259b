"""Seeded streams of rows as the loader may meet them, and the oracle of what must come of them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import orjson

from domain.clock import AMSTERDAM
from domain.places import MatchLevel
from domain.rows import EventRow, clickhouse_time, pack_version
from domain.topics import EVENTS, EVENTS_BACKFILL

BEGIN = datetime(2026, 3, 28, 20, tzinfo=UTC)
"""Shortly before a DST change and the end of a month."""

WIJKEN = ("BU02680100", "BU02680101", "BU02680202", "WK026802", "GM0268", "GM0225")
THEMES = ("brand", "drugs", "overig")
LEVELS = {"BU": MatchLevel.STREET, "WK": MatchLevel.STADSDEEL, "GM": MatchLevel.GEMEENTE}

CellKey = tuple[str, str, str]
CellValue = tuple[int, int, int, int, int]
"""n, n_incident, n_signal, n_inspection, severity_sum."""


@dataclass(frozen=True, slots=True)
class Record:
    """A row as a record of a topic."""

    topic: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


class Story:
    """Rows of events that are corrected, moved, retracted, repeated, late and out of order.

    Args:
        seed: makes it the same story again.
        events: number of different events.
        sources: names of the sources.
    """

    def __init__(self, seed: int, events: int, sources: tuple[str, ...] = ("demo", "p2000")) -> None:
        self._random = random.Random(seed)
        self._receipts: defaultdict[str, int] = defaultdict(int)
        rows = [row for number in range(events) for row in self._versions(number, sources)]
        rows.sort(key=lambda row: (row["source"], row["receipt"]))
        self.rows = self._disordered(rows)

    def _versions(self, number: int, sources: tuple[str, ...]) -> Iterator[EventRow]:
        dice = self._random
        source = dice.choice(sources)
        bucket = (BEGIN + timedelta(days=number % 8)).date()
        row = self._content(source, f"id-{number}", bucket)
        yield row
        for rev in range(2, 2 + dice.choices((0, 1, 2, 3), (60, 25, 10, 5))[0]):
            row = self._content(source, f"id-{number}", bucket, rev) if dice.random() < 0.7 else row
            yield self._issued(row, rev, geo_v=1, deleted=int(dice.random() < 0.25))
        if dice.random() < 0.1:
            # Enriched again under new area tables: same receipt, same revision, another place.
            moved = row | {"wijk": dice.choice(WIJKEN)}
            yield EventRow(**(moved | {"geo_v": 2, "version": pack_version(row["rev"], 2)}))

    def _content(self, source: str, event_id: str, bucket: date, rev: int = 1) -> EventRow:
        dice = self._random
        late = timedelta(days=40) if dice.random() < 0.05 else timedelta()
        at = BEGIN + timedelta(minutes=dice.randrange(0, 60 * 12)) - late
        wijk = dice.choice(WIJKEN)
        return self._issued(
            EventRow(
                source=source,
                event_id=event_id,
                receipt=0,
                rev=rev,
                geo_v=1,
                version=0,
                deleted=0,
                counts=int(dice.random() > 0.1),
                bucket=bucket.isoformat(),
                kind=dice.choice(("incident", "signal", "inspection")),
                theme=dice.choice(THEMES),
                category="test",
                severity=dice.randrange(1, 6),
                occurred_at=clickhouse_time(at),
                received_at=clickhouse_time(BEGIN + timedelta(days=1)),
                wijk=wijk,
                stadsdeel="",
                gemeente="GM0268",
                match_level=LEVELS[wijk[:2]].value,
                boundary_year=2024,
                service="",
                priority="",
                attrs="{}",
                schema_v=1,
            ),
            rev,
            geo_v=1,
        )

    def _issued(self, row: EventRow, rev: int, geo_v: int, deleted: int = 0) -> EventRow:
        self._receipts[row["source"]] += 1
        issued = row.copy()
        issued["receipt"] = self._receipts[row["source"]]
        issued["rev"], issued["geo_v"], issued["deleted"] = rev, geo_v, deleted
        issued["version"] = pack_version(rev, geo_v)
        return issued

    def _disordered(self, rows: list[EventRow]) -> list[EventRow]:
        dice = self._random
        repeated = [row for row in rows if dice.random() < 0.15]
        placed = [(index + dice.gauss(0, 20), row) for index, row in enumerate(rows)]
        placed += [(dice.uniform(0, len(rows)), row) for row in repeated]
        placed.sort(key=lambda pair: pair[0])
        return [row for _, row in placed]

    def records(self) -> list[Record]:
        """Return the rows as records; a fifth of the events travels in the backfill lane."""
        return [as_record(row) for row in self.rows]


def as_record(row: EventRow) -> Record:
    """Return a row as a record of the topic it travels in."""
    lane = EVENTS_BACKFILL if row["event_id"].endswith(("3", "7")) else EVENTS
    return Record(lane, f"{row['source']}|{row['event_id']}".encode(), orjson.dumps(row))


def expected_cells(rows: Iterable[EventRow]) -> dict[CellKey, CellValue]:
    """Return every cell that is not empty, counted from the highest version of each id."""
    return _counted(rows, lambda at: at[:13] + ":00:00")


def expected_days(rows: Iterable[EventRow]) -> dict[CellKey, CellValue]:
    """Return the same by Amsterdam day, ``YYYY-MM-DD``."""
    return _counted(
        rows,
        lambda at: (
            datetime.fromisoformat(at).replace(tzinfo=UTC).astimezone(AMSTERDAM).date().isoformat()
        ),
    )


def _counted(rows: Iterable[EventRow], period: Callable[[str], str]) -> dict[CellKey, CellValue]:
    cells: dict[CellKey, list[int]] = {}
    for row in current(rows).values():
        if row["deleted"] or not row["counts"]:
            continue
        key = (row["wijk"], row["theme"], period(row["occurred_at"]))
        cell = cells.setdefault(key, [0] * 5)
        cell[0] += 1
        cell[1 + ("incident", "signal", "inspection").index(row["kind"])] += 1
        cell[4] += row["severity"]
    return {key: (a, b, c, d, e) for key, (a, b, c, d, e) in cells.items()}


def current(rows: Iterable[EventRow]) -> dict[tuple[str, str], EventRow]:
    """Return the highest version of each id."""
    latest: dict[tuple[str, str], EventRow] = {}
    for row in rows:
        key = (row["source"], row["event_id"])
        if key not in latest or row["version"] > latest[key]["version"]:
            latest[key] = row
    return latest


def expected_counts(rows: Iterable[EventRow]) -> dict[str, tuple[int, int]]:
    """Return stored and superseded per source."""
    ids: defaultdict[str, set[str]] = defaultdict(set)
    receipts: defaultdict[str, set[int]] = defaultdict(set)
    for row in rows:
        ids[row["source"]].add(row["event_id"])
        receipts[row["source"]].add(row["receipt"])
    return {source: (len(ids[source]), len(receipts[source]) - len(ids[source])) for source in ids}
