"""Stage 2: what a source says of where -> the area that counts the event, and how well that is known.

Codes of another boundary year are first made those of today (``streams.other_years``). Then, first that
answers: wijk code, coordinates (where polygons are given), PC6, street, a street that is the name of a
wijk, stadsdeel code, gemeente. A gemeente or area code of somebody else's comes before all but our own
wijk codes: street names and coordinates are read as ours only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from domain.areas import Municipality
from domain.places import MatchLevel
from domain.street_names import street_key
from streams.events import Event, Figure, Location
from streams.other_years import OtherYears
from streams.tables import PlaceTables


class Place(NamedTuple):
    """Where an event counts: ``wijk`` is the area code (BU, else WK, else GM) it is counted at."""

    wijk: str
    stadsdeel: str
    gemeente: str
    match_level: str


class _Waiting(NamedTuple):
    """Event number ``at`` is to be placed by its coordinates, else by ``location``."""

    at: int
    lon: float
    lat: float
    location: Location


class Locator:
    """Finds the place of events by the tables in use.

    Args:
        tables: area, street and postcode tables of one gemeente under one version.
    """

    def __init__(self, tables: PlaceTables) -> None:
        self._tables = tables
        self._gemeente = tables.municipality.code
        self._own_digits = self._gemeente[2:]
        self._years = OtherYears(tables.municipality)
        self._by_level = {
            level: _places(tables.municipality, level)
            for level in (
                MatchLevel.CODE,
                MatchLevel.COORDINATES,
                MatchLevel.PC6,
                MatchLevel.STREET,
                MatchLevel.WIJK_NAME,
            )
        }
        self._codes = self._by_level[MatchLevel.CODE]
        self._stadsdelen = {
            s.code: Place(s.code, s.code, self._gemeente, MatchLevel.STADSDEEL.value)
            for s in tables.municipality.stadsdelen
        }
        self._elsewhere: dict[str, Place] = {}
        self._somewhere = self._gemeente_place(self._gemeente)

    def __call__(self, events: Sequence[Event]) -> list[Place | None]:
        """Return per event its place; None for a figure, which names its own area."""
        places: list[Place | None] = []
        waiting: list[_Waiting] = []
        codes = self._codes
        for event in events:
            data = event.data
            if isinstance(data, Figure):
                places.append(None)
                continue
            location = data.location
            if location.boundary_year not in self._years.own:
                location = self._years.of_today(location)
            place = codes.get(location.wijk or "") or self._foreign(location)
            if place is None:
                if location.lat is not None and location.lon is not None:
                    waiting.append(_Waiting(len(places), location.lon, location.lat, location))
                else:
                    place = self._by_name(location)
            places.append(place)
        if waiting:
            self._by_coordinates(places, waiting)
        return places

    def _foreign(self, location: Location) -> Place | None:
        for code in (location.gemeente, location.wijk, location.stadsdeel):
            if code is not None and code[2:6] != self._own_digits:
                return self._gemeente_place("GM" + code[2:6])
        return None

    def _by_coordinates(self, places: list[Place | None], waiting: Sequence[_Waiting]) -> None:
        found: Sequence[str | None] = [None] * len(waiting)
        if self._tables.areas is not None:
            found = self._tables.areas.find(
                [each.lon for each in waiting], [each.lat for each in waiting]
            )
        by_coordinates = self._by_level[MatchLevel.COORDINATES]
        for each, wijk in zip(waiting, found, strict=True):
            places[each.at] = by_coordinates[wijk] if wijk is not None else self._in_no_wijk(each)

    def _in_no_wijk(self, each: _Waiting) -> Place:
        """Far outside the city its streets say nothing: another town has streets of the same names."""
        areas = self._tables.areas
        near = areas is None or areas.is_near(each.lon, each.lat)
        return self._by_name(each.location, by_street=near)

    def _by_name(self, location: Location, *, by_street: bool = True) -> Place:
        tables = self._tables
        pc6 = location.pc6
        wijk = tables.streets.postcodes.get(pc6) if pc6 is not None else None
        if wijk is not None:
            return self._by_level[MatchLevel.PC6][wijk]
        street = location.street
        if street is not None and by_street:
            key = street_key(street)
            wijk = tables.streets.of_street(key, pc6)
            if wijk is not None:
                return self._by_level[MatchLevel.STREET][wijk]
            wijk = tables.wijk_names.get(key)
            if wijk is not None:
                return self._by_level[MatchLevel.WIJK_NAME][wijk]
        return self._stadsdelen.get(location.stadsdeel or "", self._somewhere)

    def _gemeente_place(self, code: str) -> Place:
        place = self._elsewhere.get(code)
        if place is None:
            place = self._elsewhere[code] = Place(code, "", code, MatchLevel.GEMEENTE.value)
        return place


def withheld(place: Place) -> Place:
    """Return the place of an event of a sensitive theme: its gemeente, on purpose."""
    return Place(place.gemeente, "", place.gemeente, MatchLevel.WITHHELD.value)


def _places(municipality: Municipality, level: MatchLevel) -> dict[str, Place]:
    return {
        wijk.code: Place(wijk.code, wijk.stadsdeel, municipality.code, level.value)
        for wijk in municipality.wijken
    }
