"""Time: UTC inside, Europe/Amsterdam at the edges."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        return datetime.now(UTC)


def from_local(local: datetime, zone: ZoneInfo = AMSTERDAM, *, fold: int = 0) -> datetime:
    """Return the UTC time of a wall-clock time in ``zone``.

    Args:
        local: naive wall-clock time.
        zone: the zone whose clock showed it.
        fold: which of the two meanings to take in the hour that a DST change repeats: 0 the first
            (summer time), 1 the second.

    A time in the hour that a DST change skips is read on the clock from before the change, so that
    02:30 on that night becomes 01:30 UTC, shown as 03:30 (PEP 495).

    Raises:
        ValueError: ``local`` already has a zone.
    """
    if local.tzinfo is not None:
        raise ValueError("a local time must be naive")
    return local.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def to_local(moment: datetime, zone: ZoneInfo = AMSTERDAM) -> datetime:
    """Return an aware ``moment`` as wall-clock time in ``zone`` (aware)."""
    return moment.astimezone(zone)
