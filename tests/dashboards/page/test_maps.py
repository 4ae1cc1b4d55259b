"""The shapes of the map: from borders, and from points alone."""

from __future__ import annotations

import json
import math
import re
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.page.assignment import assign
from dashboards.page.polygons import polygon_map
from dashboards.page.schematic import schematic_map
from dashboards.page.shapes import MapPicture, Room, fit_label, free_corner, label_lines
from domain.areas import Municipality
from domain.errors import SettingsError
from tests.support.shared_data import shared_file


def _squares(municipality: Municipality) -> dict[str, Any]:
    """Return a GeoJSON with a small square around each wijk's point."""
    features = []
    for wijk in municipality.wijken:
        corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
        ring = [[wijk.lon + 0.002 * x, wijk.lat + 0.001 * y] for x, y in corners]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append(
            {"type": "Feature", "properties": {"buurtcode": wijk.code}, "geometry": geometry}
        )
    return {"type": "FeatureCollection", "features": features}


def _written(tmp_path: Path, content: Any) -> Path:
    path = tmp_path / "wijken.geojson"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def _centres(picture: MapPicture) -> dict[str, tuple[float, float]]:
    """Return the mean of each path's corners."""
    centres = {}
    for shape in picture.shapes:
        points = [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", shape.path)]
        centres[shape.code] = (
            sum(x for x, _ in points) / len(points),
            sum(y for _, y in points) / len(points),
        )
    return centres


def test_the_schematic_has_every_wijk_on_a_tile_of_its_own(nijmegen: Municipality) -> None:
    picture = schematic_map(nijmegen)
    centres = _centres(picture)
    assert set(centres) == set(nijmegen.wijk_by_code)
    closest = min(math.dist(a, b) for a, b in permutations(centres.values(), 2))
    width = max(x for x, _ in centres.values()) - min(x for x, _ in centres.values())
    assert closest > width / 12
    assert all(0 < x < picture.width and 0 < y < picture.height for x, y in centres.values())


def test_the_schematic_keeps_the_geography(nijmegen: Municipality) -> None:
    centres = _centres(schematic_map(nijmegen))
    wijken = nijmegen.wijk_by_code
    pairs = list(permutations(wijken, 2))
    far_apart = [(a, b) for a, b in pairs if wijken[a].lat - wijken[b].lat > 0.02]
    assert all(centres[a][1] < centres[b][1] for a, b in far_apart), "north is not above south"
    right = [(a, b) for a, b in pairs if wijken[a].lon - wijken[b].lon > 0.03]
    assert all(centres[a][0] > centres[b][0] for a, b in right), "east is not right of west"


def test_the_schematic_is_the_same_every_time(nijmegen: Municipality) -> None:
    assert schematic_map(nijmegen) == schematic_map(nijmegen)


def test_real_borders_become_shapes_where_the_wijken_are(nijmegen: Municipality) -> None:
    picture = polygon_map(shared_file("geo/nijmegen_wijken_44.geojson"), nijmegen)
    assert [shape.code for shape in picture.shapes] == sorted(nijmegen.wijk_by_code)
    assert len(picture.outlines) == len(nijmegen.stadsdelen)
    assert 0.8 < picture.height / picture.width < 1.4
    # Lent lies north of the river, Hatert in the south.
    centres = _centres(picture)
    assert centres["BU02680970"][1] < centres["BU02680101"][1] < centres["BU02680616"][1]
    assert picture.free_corner == "top-left"


def test_a_label_stands_in_its_shape(nijmegen: Municipality, tmp_path: Path) -> None:
    picture = polygon_map(_written(tmp_path, _squares(nijmegen)), nijmegen)
    for shape, (x, y) in zip(picture.shapes, _centres(picture).values(), strict=True):
        assert abs(shape.label.x - x) < 3
        assert abs(shape.label.number_y - y) < 30


@pytest.mark.parametrize("name", ["statcode", "buurtcode", "bu_code", "gwb_code", "code"])
def test_the_code_is_found_under_the_usual_names(
    nijmegen: Municipality, tmp_path: Path, name: str
) -> None:
    document = _squares(nijmegen)
    for feature in document["features"]:
        feature["properties"] = {name: feature["properties"]["buurtcode"]}
    document["features"].append(document["features"][0] | {"properties": {name: "BU09999999"}})
    assert len(polygon_map(_written(tmp_path, document), nijmegen).shapes) == 44


def _without_one(document: dict[str, Any]) -> None:
    del document["features"][3]


def _twice(document: dict[str, Any]) -> None:
    document["features"].append(document["features"][0])


def _a_point(document: dict[str, Any]) -> None:
    document["features"][0]["geometry"] = {"type": "Point", "coordinates": [5.8, 51.8]}


def _no_geometry(document: dict[str, Any]) -> None:
    document["features"][0]["geometry"] = None


def _in_metres(document: dict[str, Any]) -> None:
    ring = [[187000, 428000], [187100, 428000], [187100, 428100], [187000, 428000]]
    document["features"][0]["geometry"]["coordinates"] = [ring]


def _no_collection(document: dict[str, Any]) -> None:
    document.clear()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_without_one, "lacks 1 of the 44 wijken, the first is BU02680203"),
        (_twice, "BU02680100 occurs twice"),
        (_a_point, "BU02680100 is no Polygon"),
        (_no_geometry, "BU02680100 has no geometry"),
        (_in_metres, "not in degrees"),
        (_no_collection, "no GeoJSON FeatureCollection"),
    ],
)
def test_a_map_file_that_cannot_be_used_is_told(
    nijmegen: Municipality, tmp_path: Path, spoil: Any, words: str
) -> None:
    document = _squares(nijmegen)
    spoil(document)
    with pytest.raises(SettingsError, match=words) as caught:
        polygon_map(_written(tmp_path, document), nijmegen)
    assert "\n" not in str(caught.value)
    assert "wijken.geojson" in str(caught.value)


def test_a_file_that_is_not_there_or_no_json_is_told(nijmegen: Municipality, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        polygon_map(tmp_path / "nothing.geojson", nijmegen)
    with pytest.raises(SettingsError, match="is no JSON"):
        polygon_map(_written(tmp_path, "<kml>"), nijmegen)


@given(
    st.integers(1, 5).flatmap(
        lambda rows: st.integers(rows, 6).flatmap(
            lambda columns: st.lists(
                st.lists(st.integers(0, 50), min_size=columns, max_size=columns),
                min_size=rows,
                max_size=rows,
            )
        )
    )
)
def test_an_assignment_is_the_cheapest_of_all(cost: list[list[int]]) -> None:
    chosen = assign(cost)
    assert len(set(chosen)) == len(cost)
    total = sum(row[column] for row, column in zip(cost, chosen, strict=True))
    assert total == min(
        sum(row[column] for row, column in zip(cost, columns, strict=True))
        for columns in permutations(range(len(cost[0])), len(cost))
    )


def test_an_empty_assignment() -> None:
    assert assign([]) == []


@given(st.text(alphabet="abcde -", min_size=1, max_size=40), st.integers(3, 20))
def test_breaking_a_name_keeps_its_letters(name: str, longest: int) -> None:
    joined = "".join(label_lines(name, longest))
    assert joined.replace(" ", "") == name.replace(" ", "")


def test_a_name_that_does_not_fit_leaves_the_number_in_the_middle() -> None:
    label = fit_label("Haven- en industrieterrein", Room(50, 60, 30, 20, 15, 10, 12))
    assert (label.lines, label.baselines) == ((), ())
    assert 60 < label.number_y < 66


def test_a_free_corner_is_free() -> None:
    assert free_corner([(90, 90)], 100, 100) == "top-left"
    assert free_corner([(10, 10), (90, 90)], 100, 100) == "top-right"
    assert free_corner([(10, 10), (90, 10), (10, 90), (90, 90)], 100, 100) is None
