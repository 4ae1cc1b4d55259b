"""Hours as numbers: whole UTC hours and milliseconds since 1970, and what the local clock shows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from domain.clock import from_local, to_local

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class LocalHour(NamedTuple):
    """What the clock in the city shows at the start of a UTC hour: day, weekday (Monday 0), hour."""

    day: date
    weekday: int
    hour: int


def to_ms(moment: datetime) -> int:
    """Return an aware time as whole milliseconds since 1970, rounded down."""
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(ms: int) -> datetime:
    """Return milliseconds since 1970 as an aware time in UTC."""
    return _EPOCH + timedelta(milliseconds=ms)


def local_hour(hour: int) -> LocalHour:
    """Return what the clock in Amsterdam shows at the start of UTC hour number ``hour``."""
    local = to_local(from_ms(hour * HOUR_MS))
    return LocalHour(local.date(), local.weekday(), local.hour)


def hours_between(start: datetime, end: datetime) -> range:
    """Return the numbers of the UTC hours between two naive local times on whole hours."""
    return range(to_ms(from_local(start)) // HOUR_MS, to_ms(from_local(end)) // HOUR_MS)
