"""What the warehouse says, in the oracle's form."""

from __future__ import annotations

from tests.warehouse.story import CellKey, CellValue
from warehouse.client import Client

_CELLS = """
SELECT wijk, theme, formatDateTime(hour, '%Y-%m-%d %H:%i:%S', 'UTC'),
    n, n_incident, n_signal, n_inspection, severity_sum
FROM cell FINAL
"""

_DAYS = """
SELECT wijk, theme, toString(day), n, n_incident, n_signal, n_inspection, severity_sum
FROM cell_day FINAL
"""

_UNEQUAL = """
SELECT count() FROM
(
    SELECT wijk, theme, {period} AS period, count() AS n,
        sum(cityHash64(source, event_id, version)) AS digest
    FROM event_now FINAL WHERE counts = 1 GROUP BY wijk, theme, period
) AS truth
FULL JOIN (SELECT wijk, theme, {column} AS period, n, digest FROM {table} FINAL WHERE n > 0) AS kept
USING (wijk, theme, period)
WHERE truth.n != kept.n OR truth.digest != kept.digest
"""
_UNEQUAL_HOURS = _UNEQUAL.format(period="toStartOfHour(occurred_at)", column="hour", table="cell")
_UNEQUAL_DAYS = _UNEQUAL.format(
    period="toDate(occurred_at, 'Europe/Amsterdam')", column="day", table="cell_day"
)


def read_cells(client: Client) -> dict[CellKey, CellValue]:
    """Return every cell that is not empty; an empty one must be empty in every column."""
    return _read(client, _CELLS)


def read_days(client: Client) -> dict[CellKey, CellValue]:
    """Return the same by Amsterdam day, ``YYYY-MM-DD``."""
    return _read(client, _DAYS)


def _read(client: Client, statement: str) -> dict[CellKey, CellValue]:
    cells: dict[CellKey, CellValue] = {}
    for wijk, theme, period, *numbers in client.query(statement):
        value = tuple(int(number) for number in numbers)
        if value[0]:
            cells[(wijk, theme, period)] = value  # type: ignore[assignment] # five numbers
        else:
            assert not any(value), "an emptied cell keeps a number"
    return cells


def unequal_cells(client: Client) -> int:
    """Return in how many cells and days the counts and ``event_now`` differ, by number or by hashes."""
    ((hours,),) = client.query(_UNEQUAL_HOURS)
    ((days,),) = client.query(_UNEQUAL_DAYS)
    return int(hours) + int(days)
