"""The tables of the demo: every wijk, shares that add up, the figures of the source."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from domain.areas import Municipality
from domain.themes import Theme
from ingest.demo.catalogue import load_themes, read_table
from ingest.demo.levels import Character, distance_km, groups_of, places_of

CRIMES = Path(__file__).parents[4] / "shared/data/crime/nijmegen_buurt_jaar_totaal.csv"


def test_the_table_has_every_wijk_once(nijmegen: Municipality) -> None:
    codes = [row["code"] for row in read_table("wijken.csv")]
    assert codes == [wijk.code for wijk in nijmegen.wijken]


def test_the_catalogue_has_every_theme_with_categories() -> None:
    themes = load_themes()
    assert [t.theme for t in themes if t.categories] == list(Theme)
    slugs = [c.slug for t in themes for c in t.categories]
    assert len(set(slugs)) == len(slugs) == len(list(read_table("categories.csv")))


def test_shares_add_up_to_one(nijmegen: Municipality) -> None:
    places = places_of(nijmegen)
    for theme in load_themes():
        assert sum(place.share(theme) for place in places) == pytest.approx(1.0)
        assert min(place.share(theme) for place in places) > 0.0


def test_groups_hold_each_theme_whole(nijmegen: Municipality) -> None:
    themes = load_themes()
    per_year: dict[int, float] = defaultdict(float)
    for group in groups_of(themes, places_of(nijmegen)):
        per_year[group.theme] += group.per_year
    assert [per_year[i] for i in range(len(themes))] == pytest.approx([t.per_year for t in themes])


def test_most_crime_is_in_the_centre(nijmegen: Municipality) -> None:
    places = sorted(places_of(nijmegen), key=lambda place: -place.crimes)
    assert places[0].wijk.name == "Stadscentrum"
    assert places[0].character is Character.CENTRE


def test_neighbours_are_the_nearest(nijmegen: Municipality) -> None:
    places = places_of(nijmegen)
    for number, place in enumerate(places):
        near = [distance_km(place.wijk, places[i].wijk) for i in place.neighbours]
        others = [
            distance_km(place.wijk, other.wijk)
            for i, other in enumerate(places)
            if i not in place.neighbours and i != number
        ]
        assert near == sorted(near)
        assert near[-1] <= min(others)


def test_a_municipality_that_the_table_does_not_know(nijmegen: Municipality) -> None:
    """Its wijken count as residential, with crimes by inhabitants."""
    moved = nijmegen.model_dump_json().replace("BU0268", "BU0999").replace("WK0268", "WK0999")
    other = Municipality.model_validate_json(moved.replace("GM0268", "GM0999"))
    places = places_of(other)
    assert {place.character for place in places} == {Character.RESIDENTIAL}
    assert sum(place.crimes for place in places) == pytest.approx(1.0)


@pytest.mark.skipif(not CRIMES.is_file(), reason=f"{CRIMES.name} is not beside the project")
def test_crimes_are_those_of_the_source() -> None:
    years: dict[str, list[float]] = defaultdict(list)
    with CRIMES.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            years[row["buurt_code"]].append(float(row["misdrijven_totaal"] or 0))
    ours = {row["code"]: float(row["crimes"]) for row in read_table("wijken.csv")}
    assert ours == {code: round(sum(numbers) / len(numbers)) for code, numbers in years.items()}
