"""Codes of areas under another boundary year, as what they are under the municipality's own."""

from __future__ import annotations

from collections.abc import Mapping

from domain.areas import Municipality
from streams.events import Location, recoded

_NONE: Mapping[str, str] = {}


class OtherYears:
    """Translates the codes of locations.

    Args:
        municipality: with its crosswalks from other years.

    Attributes:
        own: years whose codes are ours as they are. None is among them: who says no year means ours.
    """

    def __init__(self, municipality: Municipality) -> None:
        year = municipality.boundary_year
        self.own = frozenset([None, *range(municipality.unchanged_since or year, year + 1)])
        self._carried = municipality.other_years
        self._digits = municipality.code[2:]

    def of_today(self, location: Location) -> Location:
        """Return a location of a year that is not ours with codes that are.

        A code of our gemeente without a certain counterpart is left out: a number may have been given to
        another area. That it lies in our gemeente is kept. Codes of other gemeenten stay as they are.
        """
        carried = self._carried.get(location.boundary_year or 0, _NONE)
        areas = [self._area(code, carried) for code in (location.wijk, location.stadsdeel)]
        wijk = next((code for code in areas if code is not None and code.startswith("BU")), None)
        stadsdeel = next((code for code in areas if code is not None and code.startswith("WK")), None)
        return recoded(location, wijk, stadsdeel)

    def _area(self, code: str | None, carried: Mapping[str, str]) -> str | None:
        if code is None or code in carried:
            return carried.get(code or "")
        return None if code[2:6] == self._digits else code
