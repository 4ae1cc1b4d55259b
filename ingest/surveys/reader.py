"""Rows of a table of figures to Figures: unknown is not zero, and a row of elsewhere is none of ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from domain.areas import Municipality
from domain.events import Figure
from ingest.keys import KeyedHash
from ingest.protocol import Draft
from ingest.statistical_periods import Days, days_of
from ingest.surveys.mapping import FigureColumns, Measure, SurveyMapping
from ingest.tabular.events import validated
from ingest.tabular.mapping import Mistake, figure_number
from ingest.tabular.rows import Row, RowRefused
from ingest.tabular.values import folded, number_of, text_of

Status = Literal["final", "provisional", "unknown", "withheld"]


@dataclass(frozen=True, slots=True)
class _Value:
    value: float | None
    status: Status


class FigureReader:
    """Makes figures of rows, by a mapping that was checked.

    Args:
        mapping: what it says.
        municipality: rows of its areas are read; others are left out.
        keyed: makes identities.

    Raises:
        Mistake: the mapping cannot be used.
    """

    def __init__(self, mapping: SurveyMapping, municipality: Municipality, keyed: KeyedHash) -> None:
        self._mapping = mapping
        self._keyed = keyed
        self._ours = {
            municipality.code,
            *municipality.stadsdeel_by_code,
            *municipality.wijk_by_code,
        }
        self._boundary_year = mapping.area.boundary_year or municipality.boundary_year
        self._names = {folded(name): code for name, code in mapping.area.values.items()}
        signs = mapping.signs
        self._signs: dict[str, _Value] = {
            **{folded(sign): _Value(None, "unknown") for sign in ("", *signs.unknown)},
            **{folded(sign): _Value(None, "withheld") for sign in signs.withheld},
            **{folded(sign): _Value(0.0, mapping.status) for sign in signs.zero},
        }
        self._check()
        self.columns = self._columns()
        """Columns that are read."""

    def drafts(self, row: Row) -> Sequence[Draft]:
        """Return the figures of a row; none of a row about another gemeente.

        An unknown value is a figure that says so. A later value for the same measure, area and period is
        a new version of it.

        Raises:
            RowRefused: something in it cannot be read; none of it is used.
        """
        if self._mapping.is_left_out(row):
            return ()
        area = self._area(row)
        if area not in self._ours:
            return ()
        days, provisional = self._period(row)
        table = self._mapping.revision
        revision = table.of(row, self._mapping.file) if table is not None else None
        drafts = []
        for columns in self._mapping.figures:
            if not all(
                folded(text_of(row.cells.get(column)) or "") == folded(term)
                for column, term in columns.when.items()
            ):
                continue
            figure = self._figure(row, columns, area, days, provisional)
            event_id = self._keyed.id("figure", figure.measure, area, str(days.start), str(days.end))
            drafts.append(Draft(event_id, figure, revision=revision))
        return drafts

    def _area(self, row: Row) -> str:
        text = text_of(row.cells.get(self._mapping.area.column))
        if text is None:
            raise RowRefused("area", "is empty")
        return self._names.get(folded(text), text.upper())

    def _period(self, row: Row) -> tuple[Days, bool]:
        period = self._mapping.period
        text = period.constant if period.column is None else text_of(row.cells.get(period.column))
        try:
            days = days_of(text or "")
        except ValueError as error:
            raise RowRefused("period", str(error)) from None
        sign = self._mapping.signs.provisional
        return days, bool(sign) and (text or "").endswith(sign)

    def _figure(
        self, row: Row, columns: FigureColumns, area: str, days: Days, provisional: bool
    ) -> Figure:
        measure = self._mapping.measures[columns.measure]
        found = self._value(row, columns.value)
        if provisional and found.status == "final":
            found = _Value(found.value, "provisional")
        lower, upper = self._bounds(row, columns, found)
        _check_range(measure, found.value, lower, upper)
        return validated(
            Figure,
            {
                "measure": columns.measure,
                "area": area,
                "period_start": days.start,
                "period_end": days.end,
                "value": found.value,
                "status": found.status,
                "lower": lower,
                "upper": upper,
                "unit": measure.unit,
                "boundary_year": self._boundary_year,
            },
        )

    def _value(self, row: Row, column: str) -> _Value:
        cell = row.cells.get(column)
        text = text_of(cell) or ""
        if (sign := self._signs.get(folded(text))) is not None:
            return sign
        status: Status = self._mapping.status
        mark = self._mapping.signs.provisional
        if mark and text.endswith(mark):
            cell, status = text.rstrip(mark).strip(), "provisional"
        try:
            return _Value(number_of(cell, self._mapping.file.decimal), status)
        except ValueError as error:
            raise RowRefused("value", str(error)) from None

    def _bounds(
        self, row: Row, columns: FigureColumns, found: _Value
    ) -> tuple[float | None, float | None]:
        if found.value is None:
            return None, None
        if columns.margin is not None:
            half = self._bound(row, columns.margin)
            if half is None:
                return None, None
            if half < 0:
                raise RowRefused("margin", "is below zero")
            return found.value - half, found.value + half
        if columns.lower is None or columns.upper is None:
            return None, None
        return self._bound(row, columns.lower), self._bound(row, columns.upper)

    def _bound(self, row: Row, column: str) -> float | None:
        text = text_of(row.cells.get(column)) or ""
        sign = self._signs.get(folded(text))
        if sign is not None:
            return sign.value
        return figure_number(row, column, self._mapping.file, "margin")

    def _columns(self) -> frozenset[str]:
        mapping = self._mapping
        columns = mapping.base_columns() | {mapping.area.column}
        if mapping.period.column is not None:
            columns.add(mapping.period.column)
        for figure in mapping.figures:
            columns |= figure.columns
        return frozenset(columns)

    def _check(self) -> None:
        mapping = self._mapping
        for number, figure in enumerate(mapping.figures):
            if figure.measure not in mapping.measures:
                says = "is not in the catalogue; add [measures.NAME] with its definition"
                raise Mistake(("figures", number, "measure"), says)
            has_margin = figure.margin is not None or figure.lower is not None
            if has_margin and mapping.measures[figure.measure].confidence is None:
                says = "has margins; say their confidence in percent"
                raise Mistake(("measures", figure.measure, "confidence"), says)
        if mapping.period.constant is not None:
            try:
                days_of(mapping.period.constant)
            except ValueError as error:
                raise Mistake(("period", "constant"), str(error)) from None
        unused = mapping.measures.keys() - {figure.measure for figure in mapping.figures}
        if unused:
            raise Mistake(("measures", min(unused)), "has no [[figures]]; add one or take it out")


def _check_range(
    measure: Measure, value: float | None, lower: float | None, upper: float | None
) -> None:
    """Check that numbers are such as the measure can have, and not those of a person or an account."""
    if value is None:
        return
    if not measure.lowest <= value <= measure.highest:
        raise RowRefused("value", "is outside of what the measure can have")
    width = measure.highest - measure.lowest
    for bound in (lower, upper):
        # A bound that was worked out may lie a little outside.
        if bound is not None and not measure.lowest - width <= bound <= measure.highest + width:
            raise RowRefused("margin", "is outside of what the measure can have")
    if (lower is not None and lower > value) or (upper is not None and upper < value):
        raise RowRefused("margin", "does not hold the value")
