from __future__ import annotations

from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import SettingsError
from streams.area_layout import check_layout, crosswalk, wijken_of, year_of
from tests.streams.samples import municipality
from tests.streams.test_areas_index import geojson, square
from tests.support.shared_data import shared_file
from wijkbeeld.gemeenten import load_municipality

CITY = municipality()
ONE, TWO, THREE = (wijk.code for wijk in CITY.wijken)
OWN = CITY.boundary_year


def layout(**squares: Any) -> bytes:
    """The three wijken side by side, around the point that the sample city gives all of them."""
    return geojson(square(ONE, 5, 52), square(TWO, 4, 51), square(THREE, 5, 51), *squares.values())


def test_a_layout_that_is_fit_for_use() -> None:
    text = layout(other=square("BU88000101", 8, 52))
    report = check_layout(text, CITY, OWN)
    assert (report.wijken, report.passed_over, report.problems) == (3, 1, ())
    assert report.square_kilometres == pytest.approx(3 * 111.32**2 * 0.62, rel=0.02)


@pytest.mark.parametrize(
    ("features", "problem"),
    [
        ([square(ONE, 5, 52), square(TWO, 4, 51)], f"{THREE}: is missing"),
        (
            [square(ONE, 5, 52), square(TWO, 4, 51), square(THREE, 6, 51)],
            f"{THREE}: does not hold its own representative point",
        ),
        (
            [square(ONE, 5, 52), square(TWO, 4, 51), square(THREE, 4.9, 51.2)],
            f"{ONE}: overlaps {THREE}",
        ),
        ([square("BU88000101", 5, 52)], "no feature has the code (BU...) of a wijk of this gemeente"),
    ],
)
def test_what_makes_a_layout_unfit(features: list[dict[str, Any]], problem: str) -> None:
    assert problem in check_layout(geojson(*features), CITY, OWN).problems


def test_a_border_that_crosses_itself() -> None:
    bow = square(ONE, 5, 52)
    bow["geometry"]["coordinates"] = [[[5, 52], [6, 53], [6, 52], [5, 53], [5, 52]]]
    text = geojson(bow, square(TWO, 4, 51), square(THREE, 5, 51))
    assert check_layout(text, CITY, OWN).problems == (f"{ONE}: its border crosses itself",)
    with pytest.raises(SettingsError, match=f"border of {ONE} crosses itself"):
        crosswalk(text, layout())


def test_only_our_wijken_are_kept_and_nothing_else_of_them() -> None:
    wijk = square(ONE, 5, 52)
    wijk["properties"] |= {"buurtnaam": "Oude Stad", "aantal_inwoners": 12}
    old = square("BU99010999", 7, 52)
    lake = square("BU99019997", 9, 52)
    lake["properties"]["water"] = "JA"
    text = geojson(old, wijk, square("BU88000101", 8, 52), lake)

    def kept(year: int) -> list[dict[str, Any]]:
        features = orjson.loads(wijken_of(text, CITY, year))["features"]
        return [feature["properties"] for feature in features]

    named = {"statcode": ONE, "statnaam": "Oude Stad", "jaar": OWN}
    assert kept(OWN) == [named]
    assert [p["statcode"] for p in kept(2014)] == [ONE, "BU99010999"]
    with pytest.raises(SettingsError, match="no feature has the code"):
        wijken_of(geojson(square("BU88000101", 8, 52)), CITY, OWN)


def test_the_year_is_what_all_features_name() -> None:
    wijk, other = square(ONE, 5, 52), square(TWO, 4, 51)
    assert year_of(geojson(wijk)) is None
    wijk["properties"]["jaar"] = 2019
    assert year_of(geojson(wijk, other)) == 2019
    other["properties"]["jaar"] = 2020
    with pytest.raises(SettingsError, match="different years"):
        year_of(geojson(wijk, other))


def test_a_crosswalk_of_a_wijk_that_was_split_one_that_moved_and_one_that_stayed() -> None:
    old = geojson(square("BU99010101", 5, 52), square("BU99010102", 6, 52), square("BU99010103", 9, 52))
    halves = [square("BU99010105", 5, 52, 0.5), square("BU99010106", 5.5, 52, 0.5)]
    new = geojson(*halves, square("BU99010102", 6.0005, 52), square("BU99010103", 9, 52))
    shares = crosswalk(old, new)
    assert [(s.old, s.new) for s in shares] == [
        ("BU99010101", "BU99010105"),
        ("BU99010101", "BU99010106"),
        ("BU99010102", "BU99010102"),
        ("BU99010103", "BU99010103"),
    ]
    assert [s.of_old for s in shares] == pytest.approx([0.25, 0.25, 0.9995, 1.0])
    assert [s.of_new for s in shares] == pytest.approx([1.0, 1.0, 0.9995, 1.0])


@given(st.lists(st.integers(1, 99), min_size=1, max_size=6, unique=True))
def test_parts_of_a_wijk_that_was_cut_sum_to_one(cuts: list[int]) -> None:
    edges = [0.0, *sorted(cut / 100 for cut in cuts), 1.0]
    parts = []
    for number, (west, east) in enumerate(pairwise(edges)):
        part = square(f"BU990102{number:02}", 5, 52)
        ring = [[5 + west, 52], [5 + east, 52], [5 + east, 53], [5 + west, 53], [5 + west, 52]]
        part["geometry"]["coordinates"] = [ring]
        parts.append(part)
    whole, cut = geojson(square(ONE, 5, 52)), geojson(*parts)
    there, back = crosswalk(whole, cut), crosswalk(cut, whole)
    assert sum(share.of_old for share in there) == pytest.approx(1)
    assert [(s.new, s.old) for s in there] == [(s.old, s.new) for s in back]
    assert [s.of_old for s in there] == pytest.approx([s.of_new for s in back])
    assert all(share.of_old == pytest.approx(1) for share in back)


def test_the_real_wijken_are_fit_for_use_and_stay_as_they_are() -> None:
    nijmegen = load_municipality("nijmegen")
    text = shared_file("geo/nijmegen_wijken_44.geojson").read_bytes()
    assert year_of(text) == 2019
    own = wijken_of(text, nijmegen, nijmegen.boundary_year)
    report = check_layout(own, nijmegen, nijmegen.boundary_year)
    assert (report.wijken, report.passed_over, report.problems) == (44, 0, ())
    assert 57 < report.square_kilometres < 58.5
    shares = crosswalk(wijken_of(text, nijmegen, 2019), own)
    assert all(share.old == share.new for share in shares)
    assert {share.old for share in shares} == set(nijmegen.wijk_by_code)
