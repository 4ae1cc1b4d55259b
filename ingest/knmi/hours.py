"""Hours of KNMI, which are UTC and numbered by their end, as local days and hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from domain.clock import AMSTERDAM

HOUR = timedelta(hours=1)


class LocalHour(NamedTuple):
    """An hour on the clock of Amsterdam.

    Attributes:
        day: local day in which it begins.
        label: ``h00`` to ``h23``; ``h02b`` for the second of the hour that October repeats.
    """

    day: date
    label: str


def start_of(day: date, number: int) -> datetime:
    """Return when an hour begins, UTC.

    Args:
        day: as KNMI writes it, of UTC.
        number: 1-24; hour 1 is from 00:00 to 01:00, hour 24 ends at midnight.

    Raises:
        ValueError: there is no such hour.
    """
    if not 1 <= number <= 24:
        raise ValueError("an hour is 1-24")
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + (number - 1) * HOUR


def local_hour(start: datetime) -> LocalHour:
    """Return the local hour that begins at ``start``."""
    local = start.astimezone(AMSTERDAM)
    return LocalHour(local.date(), f"h{local.hour:02}{'b' if local.fold else ''}")
