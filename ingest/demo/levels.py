"""How much happens where: the share of each wijk in each theme.

``wijken.csv`` gives a wijk's character and its registered crimes a year, the mean of 2021-2025 in table
47022NED of Politie and Statistics Netherlands (https://data.politie.nl, CC BY 4.0).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from domain.areas import Municipality, Wijk
from ingest.demo.catalogue import ThemeModel, read_table

_CRIMES_PER_INHABITANT = 0.05  # the order of Dutch cities; only for a wijk that the table does not have
_FLOOR = 2e-4  # nowhere is so quiet that nothing ever happens
_NEIGHBOURS = 4
_KM_PER_DEGREE = 111.2


class Character(StrEnum):
    """What a wijk is like; profiles and peaks differ by it."""

    CENTRE = "centre"
    INNER = "inner"
    RESIDENTIAL = "residential"
    BUSINESS = "business"
    GREEN = "green"


@dataclass(frozen=True, slots=True)
class Place:
    """A wijk of the demo city.

    Attributes:
        inhabitants, crimes: its share of the city, 0-1.
        neighbours: positions of the nearest wijken, nearest first.
    """

    wijk: Wijk
    character: Character
    inhabitants: float
    crimes: float
    neighbours: tuple[int, ...]

    def share(self, theme: ThemeModel) -> float:
        """Return its share of a theme, 0-1."""
        return self.inhabitants * theme.inhabitants + self.crimes * (1.0 - theme.inhabitants)


@dataclass(frozen=True, slots=True)
class Group:
    """The wijken of one character for one theme.

    Attributes:
        theme: position of the theme in the catalogue.
        places: positions of the wijken; ``weights`` are running totals of their shares.
        per_year: expected number a year, outside peaks.
    """

    theme: int
    character: Character
    places: tuple[int, ...]
    weights: tuple[float, ...]
    per_year: float


def places_of(municipality: Municipality) -> tuple[Place, ...]:
    """Return the wijken of a municipality with their shares, in its own order.

    A wijk that ``wijken.csv`` does not have counts as residential, with the crimes of a Dutch city.
    """
    known = {row["code"]: row for row in read_table("wijken.csv")}
    wijken = municipality.wijken
    inhabitants = [float(w.population or 0) for w in wijken]
    crimes = [
        float(known[w.code]["crimes"]) if w.code in known else n * _CRIMES_PER_INHABITANT
        for w, n in zip(wijken, inhabitants, strict=True)
    ]
    return tuple(
        Place(
            wijk=wijk,
            character=Character(known[wijk.code]["character"])
            if wijk.code in known
            else Character.RESIDENTIAL,
            inhabitants=_share(inhabitants, i),
            crimes=_share(crimes, i),
            neighbours=_nearest(wijken, i),
        )
        for i, wijk in enumerate(wijken)
    )


def groups_of(themes: Sequence[ThemeModel], places: Sequence[Place]) -> tuple[Group, ...]:
    """Return one group per theme and character that the city has."""
    groups = []
    for number, theme in enumerate(themes):
        for character in Character:
            members = tuple(i for i, p in enumerate(places) if p.character is character)
            if members:
                weights = tuple(accumulate(places[i].share(theme) for i in members))
                groups.append(Group(number, character, members, weights, theme.per_year * weights[-1]))
    return tuple(groups)


def _share(values: Sequence[float], position: int) -> float:
    total = sum(values) or 1.0
    return (values[position] / total + _FLOOR) / (1.0 + _FLOOR * len(values))


def _nearest(wijken: Sequence[Wijk], position: int) -> tuple[int, ...]:
    here = wijken[position]
    others = (i for i in range(len(wijken)) if i != position)
    return tuple(sorted(others, key=lambda i: distance_km(here, wijken[i]))[:_NEIGHBOURS])


def distance_km(a: Wijk, b: Wijk) -> float:
    """Return the distance of two representative points in km, on a locally flat earth."""
    east = (a.lon - b.lon) * math.cos(math.radians(a.lat))
    return math.hypot(east, a.lat - b.lat) * _KM_PER_DEGREE
