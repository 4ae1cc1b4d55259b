"""The rhythm of the city: hour of the week, season, public holidays, and how days differ by chance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from ingest.demo.catalogue import ThemeModel, read_table
from ingest.demo.draws import Draws
from ingest.demo.hours import LocalHour
from ingest.public_days import PublicDays

HOURS_OF_WEEK = 168
_ROWS = ("mon-thu", "mon-thu", "mon-thu", "mon-thu", "fri", "sat", "sun")
_FRIDAY, _SUNDAY = 4, 6
_EVENING = 18
_DAYS_OF_YEAR = 365.25


def load_profiles() -> Mapping[str, tuple[float, ...]]:
    """Return the hour-of-week profiles: 168 factors from Monday 00:00 local time, with mean 1."""
    rows: dict[str, dict[str, list[float]]] = {}
    for row in read_table("profiles.csv"):
        curve = [float(row[f"{hour:02d}"]) for hour in range(24)]
        rows.setdefault(row["profile"], {})[row["day"]] = curve
    return {name: _week(days) for name, days in rows.items()}


def _week(days: Mapping[str, list[float]]) -> tuple[float, ...]:
    week = [value for day in _ROWS for value in days[day]]
    mean = sum(week) / HOURS_OF_WEEK
    return tuple(value / mean for value in week)


def season(theme: ThemeModel, day: date) -> float:
    """Return the factor of the time of year, with mean 1 over a year."""
    angle = 2.0 * math.pi * (day.timetuple().tm_yday - theme.peak_day) / _DAYS_OF_YEAR
    return 1.0 + theme.season * math.cos(angle)


class Rhythm:
    """Which hour of the week an hour counts as, and how a day departs from the season.

    Args:
        seed: seed of the city.
        themes: the catalogue.
        public_days: public holidays.
    """

    def __init__(self, seed: int, themes: tuple[ThemeModel, ...], public_days: PublicDays) -> None:
        self._seed = seed
        self._themes = themes
        self._public_days = public_days
        self.day_factors = lru_cache(maxsize=64)(self._day_factors)
        """Return season times chance of each theme on a local day."""

    def hour_of_week(self, local: LocalHour) -> int:
        """Return 0-167. A public holiday is lived as a Sunday, the evening before as a Friday's."""
        weekday = local.weekday
        if self._public_days.is_holiday(local.day):
            weekday = _SUNDAY
        elif local.hour >= _EVENING and self._public_days.is_holiday(local.day + timedelta(days=1)):
            weekday = _FRIDAY
        return weekday * 24 + local.hour

    def _day_factors(self, day: date) -> tuple[float, ...]:
        draws = Draws(self._seed, "day", day.toordinal())
        return tuple(
            season(theme, day) * math.exp(theme.noise * draws.normal() - theme.noise**2 / 2)
            for theme in self._themes
        )
