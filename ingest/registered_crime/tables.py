"""The tables that are read, and the periods that they count over."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Literal

from domain.clock import from_local
from ingest.protocol import Period

TableName = Literal["47022NED", "47018NED"]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the police at CBS.

    Attributes:
        name: its identifier.
        period: form of the keys that are read; others (a year among months) would count twice.
        recent: periods that are read again in every round where settings say nothing.
        history: periods before those, read once.
    """

    name: TableName
    period: re.Pattern[str]
    recent: int
    history: int


TABLES: Mapping[TableName, Table] = MappingProxyType(
    {
        "47022NED": Table("47022NED", re.compile("20[0-9]{2}MM(0[1-9]|1[0-2])"), 24, 36),
        "47018NED": Table("47018NED", re.compile("20[0-9]{2}JJ00"), 3, 10),
    }
)
"""By identifier: counts per month, and per year."""


@dataclass(frozen=True, slots=True)
class CountedPeriod:
    """A period of a table.

    Attributes:
        key: in the table, without padding.
        start, end: local days, end exclusive.
        provisional: its counts are expected to change.
    """

    key: str
    start: date
    end: date
    provisional: bool


Choice = Callable[[Sequence[CountedPeriod]], Sequence[CountedPeriod]]
"""From all periods of a table, in order, to those to be read, in order."""


def recent(count: int) -> Choice:
    """Choose the last ``count``, at least 1: these are revised again and again."""
    return lambda periods: periods[-count:]


def before_recent(skipped: int, count: int) -> Choice:
    """Choose at most ``count`` before the last ``skipped``; both at least 1."""
    return lambda periods: periods[:-skipped][-count:]


def touching(asked: Period) -> Choice:
    """Choose those of which a part lies in ``asked``."""

    def choose(periods: Sequence[CountedPeriod]) -> Sequence[CountedPeriod]:
        return [p for p in periods if _begin(p.start) < asked.until and _begin(p.end) > asked.since]

    return choose


def _begin(day: date) -> datetime:
    return from_local(datetime.combine(day, time()))
