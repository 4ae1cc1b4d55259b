"""What is taken of an hour of a station, and what its numbers mean.

https://www.daggegevens.knmi.nl/klimatologie/uurgegevens; the legend stands above each answer.
"""

from __future__ import annotations

from dataclasses import dataclass

TRACE = -1
"""Precipitation that was seen and is less than half a unit: more than nothing."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A column.

    Attributes:
        column: its name at KNMI.
        measure: ours.
        unit: of the figure.
        per_unit: numbers of the column in one unit.
        lowest, highest: bounds of the column outside of which a number is a mistake.
        has_trace: ``TRACE`` may stand in it.
    """

    column: str
    measure: str
    unit: str
    per_unit: int
    lowest: int
    highest: int
    has_trace: bool = False


VARIABLES: tuple[Variable, ...] = (
    Variable("T", "knmi.temperature", "celsius", 10, -400, 500),
    Variable("FH", "knmi.wind-mean", "metres-per-second", 10, 0, 600),
    Variable("FX", "knmi.wind-gust", "metres-per-second", 10, 0, 900),
    Variable("RH", "knmi.precipitation", "millimetres", 10, 0, 1500, has_trace=True),
    Variable("DR", "knmi.precipitation-duration", "hours", 10, 0, 10),
    Variable("S", "knmi.snow", "yes-no", 1, 0, 1),
    Variable("O", "knmi.thunder", "yes-no", 1, 0, 1),
    Variable("Y", "knmi.ice", "yes-no", 1, 0, 1),
)
"""Every column that is taken."""
