"""The form of a delivery: nothing in it but numbers, codes and terms of closed lists.

There is no room for a person in it, and a delivery with anything more is refused as a whole.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from domain.areas import GemeenteCode, StadsdeelCode

MOST_FIGURES = 20_000

# Well above what a stadsdeel can have in a year, and below the numbers of persons and accounts.
MOST_CASES = 10_000
MOST_EUROS = 10_000_000


def _written_out(value: object) -> object:
    # Pydantic also takes a number, or its digits, for seconds since 1970: anything would be a moment.
    if not (isinstance(value, str) and value[4:5] == value[7:8] == "-" and value[10:11] in ("T", " ")):
        raise ValueError("is no moment with date, time and offset")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out)]


class Measure(StrEnum):
    """What is counted."""

    STARTED = "cases-started"
    RUNNING = "cases-running"
    CLOSED = "cases-closed"
    GOAL_REACHED = "goal-reached"
    COSTS = "costs"


class Route(StrEnum):
    """How a case is handled."""

    CARE = "zorg"
    CRIMINAL_LAW = "straf"
    ADMINISTRATIVE = "bestuur"
    COMBINED = "gecombineerd"


class Duration(StrEnum):
    """How long a case ran, in months."""

    TO_3 = "0-3"
    TO_6 = "3-6"
    TO_12 = "6-12"
    OVER_12 = "12-plus"


class _Closed(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        allow_inf_nan=False,
        alias_generator=to_camel,
        validate_by_name=False,
        validate_by_alias=True,
    )


class FigureRow(_Closed):
    """A number.

    Attributes:
        stadsdeel: area code.
        period: a quarter (``2026KW03``) or a year (``2026JJ00``).
        measure: what is counted.
        route: of these cases only; at most one of route and duration.
        duration: of these cases only.
        value: the number, in euros for costs; None where it is withheld.
        cases: with costs, how many cases they were made for.
    """

    stadsdeel: StadsdeelCode
    period: Annotated[str, Field(pattern=r"^20[0-9]{2}(JJ00|KW0[1-4])$")]
    measure: Measure
    route: Route | None = None
    duration: Duration | None = None
    value: Annotated[int, Field(strict=True, ge=0, lt=MOST_EUROS)] | None
    cases: Annotated[int, Field(strict=True, ge=0, lt=MOST_CASES)] | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> FigureRow:
        if self.route is not None and self.duration is not None:
            raise ValueError("has both route and duration")
        if (self.cases is not None) != (self.measure is Measure.COSTS and self.value is not None):
            raise ValueError("has cases if and only if it is an amount of costs")
        if self.measure is not Measure.COSTS and self.value is not None and self.value >= MOST_CASES:
            raise ValueError("is no number of cases of a stadsdeel")
        return self

    @property
    def key(self) -> tuple[str, ...]:
        """What no other number of the delivery has."""
        return (self.stadsdeel, self.period, self.measure, self.route or "", self.duration or "")


class Document(_Closed):
    """A delivery.

    Attributes:
        version: of this form.
        gemeente: whom it is for.
        serial: one more with every delivery; an earlier one never wins.
        issued_at: when it was made; aware.
        boundary_year: year of the layout of the stadsdelen.
        figures: the numbers.
    """

    version: Literal[1]
    gemeente: GemeenteCode
    serial: Annotated[int, Field(strict=True, ge=1, lt=10**6)]
    issued_at: Moment
    boundary_year: Annotated[int, Field(strict=True, ge=2000, le=2100)]
    figures: Annotated[tuple[FigureRow, ...], Field(min_length=1, max_length=MOST_FIGURES)]
