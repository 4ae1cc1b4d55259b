"""Public holidays of the Netherlands."""

from __future__ import annotations

from datetime import date

from holidays import country_holidays

_EASTER = "Eerste paasdag"
_KONINGSDAG = "Koningsdag"


class PublicDays:
    """The public holidays, asked year by year."""

    def __init__(self) -> None:
        # The calendar works out a year when it is first asked for one.
        self._calendar = country_holidays("NL", language="nl")

    def is_holiday(self, day: date) -> bool:
        """Return whether a day is a public holiday."""
        return day in self._calendar

    def easter(self, year: int) -> date:
        """Return Easter Sunday."""
        return self._named(_EASTER, year)

    def koningsdag(self, year: int) -> date:
        """Return the day on which the King's birthday is celebrated: 27 April, or 26 on a Sunday."""
        return self._named(_KONINGSDAG, year)

    def _named(self, name: str, year: int) -> date:
        _ = date(year, 1, 1) in self._calendar
        return next(d for d in self._calendar.get_named(name, lookup="exact") if d.year == year)
