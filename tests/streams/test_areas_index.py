from __future__ import annotations

from typing import Any

import orjson
import pytest

from domain.errors import SettingsError
from streams.areas_index import AreaIndex, parse_areas
from tests.support.shared_data import shared_file


def square(code: str, west: float, south: float, size: float = 1.0) -> dict[str, Any]:
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {"statcode": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def geojson(*features: dict[str, Any]) -> bytes:
    return orjson.dumps({"type": "FeatureCollection", "features": list(features)})


WEST, EAST = "BU99010101", "BU99010102"


def test_points_find_their_area_in_order() -> None:
    areas = parse_areas(geojson(square(EAST, 6, 52), square(WEST, 5, 52)), [WEST, EAST])
    assert areas.find([6.5, 5.5, 4.0], [52.5, 52.5, 52.5]) == [EAST, WEST, None]
    assert areas.find([], []) == []


def test_a_shared_border_belongs_to_the_lower_code_whatever_the_order_of_the_file() -> None:
    for features in (
        [square(EAST, 6, 52), square(WEST, 5, 52)],
        [square(WEST, 5, 52), square(EAST, 6, 52)],
    ):
        assert parse_areas(geojson(*features), [WEST, EAST]).find([6.0], [52.5]) == [WEST]


def test_areas_of_others_are_left_out() -> None:
    areas = parse_areas(geojson(square(WEST, 5, 52), square("BU99990000", 6, 52)), [WEST])
    assert areas.find([6.5], [52.5]) == [None]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"{", "not a GeoJSON"),
        (b"[]", "not a GeoJSON"),
        (geojson(), "no feature has the code"),
        (geojson(square("BU00000000", 5, 52)), "no feature has the code"),
        (geojson(square(WEST, 187000, 428000)), "not in degrees"),
        (
            geojson(square(WEST, 5, 52) | {"geometry": {"type": "Point", "coordinates": [5, 52]}}),
            "not a polygon",
        ),
        (geojson(square(WEST, 5, 52) | {"geometry": {"type": "Polygon"}}), "cannot be read"),
        (geojson(square(WEST, 5, 52), square(WEST, 6, 52)), f"{WEST} occurs twice"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(text: bytes, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        parse_areas(text, [WEST])


@pytest.mark.parametrize(
    ("lon", "lat", "near"),
    [
        (5.5, 52.5, True),
        (5.0, 52.0, True),
        (4.9970, 52.5, True),
        (4.9950, 52.5, False),
        (5.5, 51.9979, True),
        (5.5, 51.9970, False),
        (0.0, 0.0, False),
        (5.5, 90.0, False),
    ],
)
def test_near_is_a_quarter_of_a_kilometre(lon: float, lat: float, near: bool) -> None:
    assert parse_areas(geojson(square(WEST, 5, 52)), [WEST]).is_near(lon, lat) is near


def real_areas() -> AreaIndex:
    from wijkbeeld.gemeenten import load_municipality

    wijken = load_municipality("nijmegen").wijken
    text = shared_file("geo/nijmegen_wijken_44.geojson").read_bytes()
    return parse_areas(text, [wijk.code for wijk in wijken])


def test_every_corner_of_a_real_border_is_decided_by_the_lowest_code() -> None:
    text = shared_file("geo/nijmegen_wijken_44.geojson").read_bytes()
    touching: dict[tuple[float, float], set[str]] = {}
    for feature in orjson.loads(text)["features"]:
        (ring,) = feature["geometry"]["coordinates"]
        for lon, lat in ring:
            touching.setdefault((lon, lat), set()).add(feature["properties"]["statcode"])
    corners = list(touching)
    found = real_areas().find([lon for lon, _ in corners], [lat for _, lat in corners])
    shared = [c for c in corners if len(touching[c]) > 1]
    assert len(shared) > 100
    # A corner may lie on another wijk's edge without being a corner of it: then that one may come first.
    for corner, code in zip(corners, found, strict=True):
        assert code is not None
        assert code <= min(touching[corner])


@pytest.mark.parametrize(
    ("lon", "lat", "wijk"),
    [
        (5.8655, 51.8535, "BU02680970"),  # the Waal at its bridge: the polygon of Lent reaches over it
        (5.8500, 51.8535, "BU02680320"),  # the Waal before the Waalkade: that of Biezen does
        (5.9500, 51.8300, None),  # Berg en Dal
        (5.8987, 51.9851, None),  # Arnhem
        (0.0, 0.0, None),
    ],
)
def test_points_in_the_river_and_outside_the_city(lon: float, lat: float, wijk: str | None) -> None:
    assert real_areas().find([lon], [lat]) == [wijk]


def test_every_wijk_of_the_city_holds_its_own_representative_point() -> None:
    from wijkbeeld.gemeenten import load_municipality

    wijken = load_municipality("nijmegen").wijken
    text = shared_file("geo/nijmegen_wijken_44.geojson").read_bytes()
    areas = parse_areas(text, [wijk.code for wijk in wijken])
    found = areas.find([wijk.lon for wijk in wijken], [wijk.lat for wijk in wijken])
    assert found == [wijk.code for wijk in wijken]
