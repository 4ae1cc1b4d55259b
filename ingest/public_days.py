"""Public holidays of the Netherlands."""

from __future__ import annotations

from datetime import date

from holidays import country_holidays

_EASTER = ("Eerste paasdag",)
_KONINGSDAG = ("Koningsdag", "Koninginnedag")


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
        """Return the day on which the monarch's birthday is celebrated: since 2014 27 April or, for a
        Sunday, the 26th.
        """
        return self._named(_KONINGSDAG, year)

    def _named(self, names: tuple[str, ...], year: int) -> date:
        _ = date(year, 1, 1) in self._calendar
        days = [day for name in names for day in self._calendar.get_named(name, lookup="exact")]
        return next(day for day in days if day.year == year)
