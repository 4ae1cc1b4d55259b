"""What happens in the demo city: its closed list of categories, and how each theme behaves."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from itertools import accumulate
from typing import Literal

from domain.events import Kind
from domain.themes import Theme

Service = Literal["ambulance", "brandweer", "politie", "traumaheli", "overig"]

_SERVICES: dict[str, Service] = {
    "ambulance": "ambulance",
    "brandweer": "brandweer",
    "politie": "politie",
    "traumaheli": "traumaheli",
    "": "overig",
}


@dataclass(frozen=True, slots=True)
class Category:
    """A term of the demo's closed list.

    Attributes:
        slug: the term.
        kind: incident, signal or inspection.
        service: the service alerted; ``overig`` for what is no incident.
        per_year: how many a year in a city of the size of Nijmegen, outside peaks.
        severity: 1-5; None leaves it to the theme.
    """

    slug: str
    theme: Theme
    kind: Kind
    service: Service
    per_year: float
    severity: int | None


@dataclass(frozen=True, slots=True)
class ThemeModel:
    """How a theme behaves.

    Attributes:
        categories: its categories; ``weights`` are running totals of their yearly numbers.
        inhabitants: part of it that spreads over the wijken by inhabitants, 0-1; the rest by
            registered crime.
        centre_profile, profile: hour-of-week profile in the centre and elsewhere.
        season: half the swing of the year, 0-1; ``peak_day`` is the day of the year of its top.
        noise: log-scale deviation from day to day.
        late: part that is reported hours or days later.
    """

    theme: Theme
    categories: tuple[Category, ...]
    weights: tuple[float, ...]
    inhabitants: float
    centre_profile: str
    profile: str
    season: float
    peak_day: float
    noise: float
    late: float

    @property
    def per_year(self) -> float:
        """Expected number a year, outside peaks."""
        return self.weights[-1]


def read_table(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file of this package."""
    text = files("ingest.demo").joinpath(name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def load_themes() -> tuple[ThemeModel, ...]:
    """Return every theme with its categories, in the order of ``themes.csv``."""
    categories = tuple(
        Category(
            slug=row["category"],
            theme=Theme(row["theme"]),
            kind=Kind(row["kind"]),
            service=_SERVICES[row["service"]],
            per_year=float(row["per_year"]),
            severity=int(row["severity"]) if row["severity"] else None,
        )
        for row in read_table("categories.csv")
    )
    return tuple(_theme(row, categories) for row in read_table("themes.csv"))


def _theme(row: dict[str, str], categories: tuple[Category, ...]) -> ThemeModel:
    own = tuple(c for c in categories if c.theme == row["theme"])
    return ThemeModel(
        theme=Theme(row["theme"]),
        categories=own,
        weights=tuple(accumulate(c.per_year for c in own)),
        inhabitants=float(row["inhabitants"]),
        centre_profile=row["centre_profile"],
        profile=row["profile"],
        season=float(row["season"]),
        peak_day=float(row["peak_day"]),
        noise=float(row["noise"]),
        late=float(row["late"]),
    )
