"""Which points are ours, by the polygons that are kept."""

from __future__ import annotations

from pathlib import Path

import orjson

from wijkbeeld.gemeenten import load_municipality
from wijkbeeld.settings import Settings
from wijkbeeld.sources.outline import outline

MUNICIPALITY = load_municipality("nijmegen")


def _square(code: str, lon: float, lat: float) -> bytes:
    ring = [[lon + x, lat + y] for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"statcode": code}, "geometry": geometry}
    return orjson.dumps({"type": "FeatureCollection", "features": [feature]})


def test_without_polygons_there_is_none(tmp_path: Path) -> None:
    assert outline(Settings(data_dir=tmp_path), MUNICIPALITY) is None


def test_the_kept_ones_of_its_year_tell_what_is_ours(tmp_path: Path) -> None:
    (tmp_path / "areas").mkdir()
    kept = tmp_path / "areas" / f"{MUNICIPALITY.boundary_year}.geojson"
    kept.write_bytes(_square(MUNICIPALITY.wijken[0].code, 5.8, 51.8))
    holds = outline(Settings(data_dir=tmp_path), MUNICIPALITY)
    assert holds is not None
    assert (holds(5.8, 51.8), holds(8.8, 51.8)) == (True, False)


def test_a_given_file_comes_first(tmp_path: Path) -> None:
    given = tmp_path / "own.geojson"
    given.write_bytes(_square(MUNICIPALITY.wijken[0].code, 0.0, 0.0))
    holds = outline(Settings(data_dir=tmp_path, areas=given), MUNICIPALITY)
    assert holds is not None
    assert holds(0.5, 0.5)
