"""The mapping of a table of figures: which column is which measure, and what its signs mean."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.events import Slug
from ingest.tabular.mapping import Column, TableMapping
from ingest.toml_table import TomlTable


class Measure(TomlTable):
    """``[measures.NAME]``: an entry of the catalogue of measures.

    Attributes:
        title: shown to people.
        definition: what is counted or asked, of whom, in words of the publisher.
        unit: unit of the values, such as ``percent``, ``score`` or ``count``.
        publisher: who publishes it.
        url: where the publisher explains it.
        confidence: of the margins, in percent, where there are margins.
        lowest, highest: bounds outside of which a value is a mistake, or the number of somebody.
    """

    title: Annotated[str, Field(min_length=3, max_length=120)]
    definition: Annotated[str, Field(min_length=10, max_length=1000)]
    unit: Slug
    publisher: Annotated[str, Field(min_length=2, max_length=80)]
    url: str = ""
    lowest: float
    highest: float
    confidence: Annotated[int, Field(ge=50, le=99)] | None = None


class PeriodTable(TomlTable):
    """``[period]``: a column with a period per row, or one period for the whole table."""

    column: Column | None = None
    constant: str | None = None

    @model_validator(mode="after")
    def _comes_from_one_place(self) -> PeriodTable:
        if (self.column is None) == (self.constant is None):
            raise ValueError("give either column or constant")
        return self


class AreaTable(TomlTable):
    """``[area]``: which area a row is about.

    Attributes:
        column: with a code (``BU``, ``WK`` or ``GM``), or a name that ``values`` turns into one.
        values: from names to codes.
        boundary_year: year of the area layout of the codes; left out, that of the gemeente.
    """

    column: Column
    values: dict[str, Annotated[str, Field(pattern=r"^(BU[0-9]{8}|WK[0-9]{6}|GM[0-9]{4})$")]] = Field(
        default_factory=dict
    )
    boundary_year: Annotated[int, Field(ge=1995, le=2100)] | None = None


class FigureColumns(TomlTable):
    """``[[figures]]``: the columns of one measure.

    Attributes:
        measure: its name in the catalogue.
        value: column of the value.
        lower, upper: columns of the bounds of its margin.
        margin: column of half the width of its margin, in place of the bounds.
        when: only rows whose columns hold these terms, for tables with one row per measure.
    """

    measure: Slug
    value: Column
    lower: Column | None = None
    upper: Column | None = None
    margin: Column | None = None
    when: dict[Column, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_one_margin(self) -> FigureColumns:
        if (self.lower is None) != (self.upper is None):
            raise ValueError("give lower and upper together")
        if self.margin is not None and self.lower is not None:
            raise ValueError("give either margin, or lower and upper")
        return self

    @property
    def columns(self) -> set[str]:
        """Columns that are read."""
        named = {self.value, self.lower, self.upper, self.margin, *self.when}
        return {column for column in named if column is not None}


class Signs(TomlTable):
    """``[signs]``: what stands in the place of a number. An empty cell is always unknown.

    Attributes:
        unknown: not known, or not asked.
        withheld: known to the publisher and not published.
        zero: nothing at all, where the publisher writes it as a sign.
        provisional: behind a value or period that may be revised.
    """

    unknown: tuple[str, ...] = (".", "x", "nb", "n.b.")
    withheld: tuple[str, ...] = ("geheim",)
    zero: tuple[str, ...] = ()
    provisional: str = "*"


class SurveyMapping(TableMapping):
    """A mapping of tables of figures.

    Attributes:
        measures: the catalogue: every measure that the table gives.
        area: which area a row is about.
        period: which period.
        figures: the columns of each measure.
        signs: what stands in the place of a number.
        status: of figures that are there.
    """

    measures: dict[Slug, Measure]
    area: AreaTable
    period: PeriodTable
    figures: Annotated[tuple[FigureColumns, ...], Field(min_length=1)]
    signs: Signs = Signs()
    status: Literal["final", "provisional"] = "final"
