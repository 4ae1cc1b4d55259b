"""Sums and sums of hashes per cell, from the log, from the current truth, and from the cells.

Three ways to the same numbers. The log's way picks the highest version of each id itself, without the
engine's merging. It reads the log in its own order, so that memory grows with the number of cells and
not with the number of events. Hashes are added, not combined by XOR, in which two equal ones cancel.

``find`` looks at every cell by a weighted sum of all its columns, one number that differs if any column
does; ``look`` gives all sums of a few cells by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from warehouse.audit.levels import TABLES, Level
from warehouse.client import Client

MEASURES: Mapping[str, str] = {
    "n": "counts",
    "n_incident": "counts AND kind = 'incident'",
    "n_signal": "counts AND kind = 'signal'",
    "n_inspection": "counts AND kind = 'inspection'",
    "severity_sum": "if(counts, severity, 0)",
    "digest": "if(counts, hash, 0)",
}
"""Columns of a cell, and what an event adds to each."""

UNCOUNTED: Mapping[str, str] = {"n_uncounted": "NOT counts", "digest_uncounted": "if(counts, 0, hash)"}
"""What events add that are stored and not counted; compared between the log and the truth alone."""

WEIGHTS: Mapping[str, int] = {
    "n": 11400714819323198485,
    "n_incident": 14029467366897019727,
    "n_signal": 1609587929392839161,
    "n_inspection": 9650029242287828579,
    "severity_sum": 2870177450012600261,
    "digest": 1,
    "n_uncounted": 7046029254386353131,
    "digest_uncounted": 3935559000370003845,
}
"""Odd numbers without a pattern (those of xxHash and SplitMix64 and a linear congruential generator), so
that a difference in one column is not made up for by one in another."""

NAMED = 100
"""So many cells are named and looked at one by one: their names must fit into a request."""

Sums = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """The name of a cell: level, area code, theme, and the start of its hour (UTC) or its day."""

    level: str
    wijk: str
    theme: str
    period: datetime | date

    @property
    def period_text(self) -> str:
        """The period as ClickHouse reads it."""
        if isinstance(self.period, datetime):
            return f"{self.period:%Y-%m-%d %H:%M:%S}"
        return self.period.isoformat()


@dataclass(frozen=True, slots=True)
class Suspects:
    """Cells that differed at one look: how many, and the first ``NAMED`` of them."""

    total: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell in which the three ways do not give the same.

    Attributes:
        cell: which.
        log, now, kept: the sums by the log, by ``event_now``, and as the cell keeps them, in the order
            of ``MEASURES`` and, but for the last, ``UNCOUNTED``.
    """

    cell: Cell
    log: Sums
    now: Sums
    kept: Sums

    @property
    def between(self) -> tuple[str, str]:
        """The two that differ; the truth comes before the cells that are made from it."""
        if self.log != self.now:
            return "event_log", "event_now"
        return "event_now", TABLES[self.cell.level]


def find(client: Client, level: Level) -> Suspects:
    """Return the cells of a level that differ now.

    Raises:
        WarehouseUnavailable: ClickHouse is away.
    """
    rows = client.query(_find(level), {"limit": NAMED})
    cells = tuple(Cell(level.name, wijk, theme, period) for wijk, theme, period, _ in rows)
    return Suspects(int(rows[0][-1]) if rows else 0, cells)


def look(client: Client, level: Level, cells: Sequence[Cell]) -> tuple[Difference, ...]:
    """Return those of at most ``NAMED`` cells that differ now, with their sums.

    Raises:
        WarehouseUnavailable: ClickHouse is away.
    """
    if not cells:
        return ()
    given = {
        "wijken": [cell.wijk for cell in cells],
        "themes": [cell.theme for cell in cells],
        "periods": [cell.period_text for cell in cells],
    }
    return tuple(
        Difference(Cell(level.name, wijk, theme, period), _sums(log), _sums(now), _sums(kept))
        for wijk, theme, period, log, now, kept in client.query(_look(level), given)
    )


def _sums(values: Sequence[object]) -> Sums:
    return tuple(int(str(value)) for value in values)


def _find(level: Level) -> str:
    counted = _weighted(MEASURES)
    everything = f"{counted} + {_weighted(UNCOUNTED)}"
    kept = " + ".join(f"{name} * {WEIGHTS[name]}" for name in MEASURES)
    return f"""
SELECT wijk, theme, period, count() OVER () AS total
FROM
(
    SELECT wijk, theme, period
    FROM
    (
        SELECT wijk, theme, {level.of_hour} AS period, {everything} AS log_now, toUInt64(0) AS now_kept
        FROM ({_latest()})
        UNION ALL
        SELECT wijk, theme, {level.of_hour}, {_minus(everything)}, {counted}
        FROM ({_current()})
        UNION ALL
        SELECT wijk, theme, {level.period}, toUInt64(0), {_minus(kept)}
        FROM {level.table} FINAL
    )
    GROUP BY wijk, theme, period
    HAVING sum(log_now) != 0 OR sum(now_kept) != 0
)
ORDER BY wijk, theme, period
LIMIT {{limit:UInt32}}
"""


def _look(level: Level) -> str:
    counted, everything = list(MEASURES), [*MEASURES, *UNCOUNTED]
    added = ", ".join(f"toUInt64({sql}) AS {name}" for name, sql in {**MEASURES, **UNCOUNTED}.items())
    period = level.of_hour.replace("hour", "toStartOfHour(occurred_at)")
    wanted = f"IN ({_WANTED.replace('TYPE', level.type_)})"
    # An id that was ever in one of these cells may be in another one now, so it is looked at as a whole.
    latest = _latest(
        "WHERE (bucket, source, event_id) IN"
        f" (SELECT bucket, source, event_id FROM event_log WHERE (wijk, theme, {period}) {wanted})"
    )
    return f"""
SELECT wijk, theme, period,
    {_tuple(everything, 0)} AS log,
    {_tuple(everything, 1)} AS now,
    {_tuple(counted, 2)} AS kept
FROM
(
    SELECT wijk, theme, {level.of_hour} AS period, {added}, 0 AS way
    FROM ({latest}) WHERE (wijk, theme, period) {wanted}
    UNION ALL
    SELECT wijk, theme, {level.of_hour} AS period, {added}, 1
    FROM ({_current(f"WHERE (wijk, theme, {period}) {wanted}")})
    UNION ALL
    SELECT wijk, theme, {level.period}, {", ".join(counted)}, 0, 0, 2
    FROM {level.table} FINAL WHERE (wijk, theme, {level.period}) {wanted}
)
GROUP BY wijk, theme, period
HAVING log != now OR {_tuple(counted, 1)} != kept
ORDER BY wijk, theme, period
"""


_WANTED = """
    SELECT one.1, one.2, CAST(one.3 AS TYPE) FROM
    (
        SELECT arrayJoin(arrayZip(
            {wijken:Array(String)}, {themes:Array(String)}, {periods:Array(String)})) AS one
    )"""


def _latest(where: str = "") -> str:
    """Return a query of the highest version of each id in the log, without the retracted ones."""
    return f"""
            SELECT wijk, theme, toStartOfHour(occurred_at) AS hour, kind, severity, counts,
                cityHash64(source, event_id, version) AS hash
            FROM
            (
                SELECT bucket, source, event_id, version, deleted,
                    wijk, theme, occurred_at, kind, severity, counts
                FROM event_log {where}
                ORDER BY bucket, source, event_id, version DESC
                LIMIT 1 BY bucket, source, event_id
            )
            WHERE NOT deleted"""


def _current(where: str = "") -> str:
    return f"""
            SELECT wijk, theme, toStartOfHour(occurred_at) AS hour, kind, severity, counts,
                cityHash64(source, event_id, version) AS hash
            FROM event_now FINAL {where}"""


def _weighted(measures: Mapping[str, str]) -> str:
    return " + ".join(f"toUInt64({sql}) * {WEIGHTS[name]}" for name, sql in measures.items())


def _minus(sql: str) -> str:
    # In 64 bits without a sign, where sums wrap around: a number and its complement plus one give 0.
    return f"bitNot({sql}) + 1"


def _tuple(names: Sequence[str], way: int) -> str:
    return "(" + ", ".join(f"sumIf({name}, way = {way})" for name in names) + ")"
