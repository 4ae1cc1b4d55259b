"""The tables of counts that must agree with the events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Level:
    """A table of cells.

    Attributes:
        name: what a period of it is called.
        table: its name; columns ``wijk``, ``theme``, the period, and the measures.
        period: its column for the period.
        of_hour: SQL that gives the period for ``hour``, the UTC hour of an event.
        type_: type of the period in SQL.
    """

    name: str
    table: str
    period: str
    of_hour: str
    type_: str


HOURS = Level("hour", "cell", "hour", "hour", "DateTime('UTC')")

DAYS = Level("day", "cell_day", "day", "toDate(hour, 'Europe/Amsterdam')", "Date")

LEVELS: tuple[Level, ...] = (HOURS, DAYS)
"""Every level that the audit compares. All measures are sums, so a longer period is a sum of hours."""

TABLES: Mapping[str, str] = MappingProxyType({level.name: level.table for level in LEVELS})
"""Table of each level, by the level's name."""
