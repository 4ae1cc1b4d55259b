"""From a row to Figures: what is missing is unknown and not zero."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from domain.areas import Municipality
from domain.events import Figure
from domain.rejects import RejectReason
from ingest.keys import KeyedHash
from ingest.knmi.answer import Row
from ingest.knmi.hours import LocalHour, local_hour, start_of
from ingest.knmi.variables import TRACE, VARIABLES, Variable
from ingest.protocol import Draft, Finding, Unreadable

_NUMBER = re.compile(r"-?[0-9]{1,6}")


class DraftMaker:
    """Makes figures of rows.

    Args:
        municipality: whose weather it is taken for.
        station: number of the station.
        keyed: makes identities.
    """

    def __init__(self, municipality: Municipality, station: int, keyed: KeyedHash) -> None:
        self._area = municipality.code
        self._boundary_year = municipality.boundary_year
        self._station = str(station)
        self._keyed = keyed

    def make(self, row: Row) -> Sequence[Finding]:
        """Return a figure per variable, or one reject for the row."""
        try:
            start = start_of(row.day(), row.hour())
        except ValueError:
            return [self._unreadable(row, "time")]
        hour, drafts = local_hour(start), []
        for variable in VARIABLES:
            try:
                figure = self._figure(variable, row.cells[variable.column], hour)
            except ValueError:
                return [self._unreadable(row, variable.column.lower())]
            drafts.append(Draft(self._id(variable, start), figure))
        return drafts

    def _id(self, variable: Variable, start: datetime) -> str:
        moment = start.astimezone(UTC).isoformat()
        return self._keyed.id("knmi", self._station, variable.column, moment)

    def _figure(self, variable: Variable, cell: str, hour: LocalHour) -> Figure:
        value, lower, upper = _value(variable, cell)
        return Figure(
            measure=f"{variable.measure}.{hour.label}",
            area=self._area,
            period_start=hour.day,
            period_end=hour.day + timedelta(days=1),
            value=value,
            status="unknown" if value is None else "provisional",
            lower=lower,
            upper=upper,
            unit=variable.unit,
            boundary_year=self._boundary_year,
        )

    def _unreadable(self, row: Row, field: str) -> Unreadable:
        digest = self._keyed.id("knmi-value", row.text)
        return Unreadable(
            event_id=self._keyed.id("knmi-unread", digest),
            reason=RejectReason.UNPARSED,
            field=field,
            length=len(row.text.encode()),
            value_hash=digest,
        )


def _value(variable: Variable, cell: str) -> tuple[float | None, float | None, float | None]:
    """Return value and bounds of a cell.

    Raises:
        ValueError: it is no number that the variable can have.
    """
    if not cell:
        return None, None, None
    if _NUMBER.fullmatch(cell) is None:
        raise ValueError("no number")
    number = int(cell)
    if variable.has_trace and number == TRACE:
        # Half a unit at most: the middle, with its bounds.
        return 0.25 / variable.per_unit, 0.0, 0.5 / variable.per_unit
    if not variable.lowest <= number <= variable.highest:
        raise ValueError("out of bounds")
    return number / variable.per_unit, None, None
