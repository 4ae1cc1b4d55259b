"""From a row to a Figure."""

from __future__ import annotations

from typing import Literal

import orjson
from pydantic import JsonValue

from domain.areas import Municipality
from domain.events import Figure
from domain.rejects import RejectReason
from ingest.keys import KeyedHash
from ingest.protocol import Draft, Unreadable
from ingest.registered_crime.offences import Offence, load_offences
from ingest.registered_crime.service import COUNT, OFFENCE, CountRow
from ingest.registered_crime.tables import CountedPeriod, TableName

MOST_COUNT = 1_000_000
"""More than this in one gemeente and period is no count; it might be somebody's number."""


class DraftMaker:
    """Makes findings of rows.

    Args:
        table: whose rows.
        municipality: whose areas.
        boundary_year: of the area codes of the table.
        keyed: makes identities.
    """

    def __init__(
        self, table: TableName, municipality: Municipality, boundary_year: int, keyed: KeyedHash
    ) -> None:
        self._table = table
        self._gemeente = municipality.code
        self._boundary_year = boundary_year
        self._keyed = keyed
        self._offences = load_offences()

    def make(self, row: CountRow, period: CountedPeriod) -> Draft | Unreadable | None:
        """Return what a row comes to; None where it is too sensitive below the gemeente.

        Args:
            row: of one of the gemeente's areas.
            period: that it counts over.
        """
        offence = self._offences.get(row.offence)
        if offence is None:
            return self._unreadable(row, period, OFFENCE, row.offence)
        if not _is_count(row.count):
            return self._unreadable(row, period, COUNT, row.count)
        if offence.is_sensitive and row.area != self._gemeente:
            return None
        status: Literal["unknown", "provisional", "final"] = "final"
        if row.count is None:
            status = "unknown"
        elif period.provisional:
            status = "provisional"
        measure = measure_of(self._table, offence)
        figure = Figure(
            measure=measure,
            area=row.area,
            period_start=period.start,
            period_end=period.end,
            value=row.count,
            status=status,
            boundary_year=self._boundary_year,
        )
        return Draft(self._keyed.id("figure", measure, row.area, period.key), figure)

    def _unreadable(
        self, row: CountRow, period: CountedPeriod, field: str, value: JsonValue
    ) -> Unreadable:
        text = orjson.dumps(value).decode()
        return Unreadable(
            event_id=self._keyed.id(
                "registered-crime-unread", self._table, row.offence, row.area, period.key, text
            ),
            reason=RejectReason.UNPARSED,
            field=field[0].lower() + field[1:],
            length=len(text.encode()),
            value_hash=self._keyed.id("registered-crime-value", text),
        )


def measure_of(table: TableName, offence: Offence) -> str:
    """Return the name of a measure. That of the total does not begin as those of its parts do, so that
    a sum over ``cbs.47022ned.`` holds no offence twice.
    """
    if offence.is_total:
        return f"cbs.{table.lower()}-totaal"
    return f"cbs.{table.lower()}.{offence.code.replace('.', '-')}"


def _is_count(value: JsonValue) -> bool:
    """Whether it is a whole number from 0 on, or null for unknown; true is 1 to Python, and no count."""
    if value is None:
        return True
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_COUNT
