"""Tables are kept with their version; a version's files never change under those who read them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from domain.errors import SettingsError
from wijkbeeld.datadir import DataDir
from wijkbeeld.gemeenten import load_municipality
from wijkbeeld.kept_tables import Tables, TableWatch, drop_older_files, keep_tables, read_tables

NIJMEGEN = load_municipality("nijmegen")
STREETS = "street,wijk\n{},BU02680101\n"


@pytest.fixture
def data_dir(tmp_path: Path) -> DataDir:
    folder = DataDir(tmp_path / "data")
    folder.prepare()
    return folder


@pytest.fixture
def streets(tmp_path: Path) -> Path:
    file = tmp_path / "streets.csv"
    file.write_text(STREETS.format("bloemerstraat"))
    return file


def keep(data_dir: DataDir, streets: Path | None = None, areas: Path | None = None) -> Tables:
    return keep_tables(data_dir, "nijmegen", NIJMEGEN, streets, areas)


def test_the_version_counts_up_only_when_something_changes(data_dir: DataDir, streets: Path) -> None:
    assert keep(data_dir) == Tables(1, gemeente="nijmegen")
    assert keep(data_dir).version == 1
    assert keep(data_dir, streets).version == 2
    assert keep(data_dir, streets).version == 2
    streets.write_text(STREETS.format("burchtstraat"))
    assert keep(data_dir, streets).version == 3


def test_it_goes_on_with_what_was_given_last(data_dir: DataDir, streets: Path) -> None:
    given = keep(data_dir, streets)
    text = streets.read_text()
    streets.unlink()

    assert keep(data_dir) == given == read_tables(data_dir)
    assert given.streets is not None
    assert given.streets.read_text() == text
    assert given.streets.stat().st_mode & 0o777 == 0o600
    assert given.streets.parent.stat().st_mode & 0o077 == 0


def test_the_files_of_a_version_stay_as_they_are(data_dir: DataDir, streets: Path) -> None:
    first = keep(data_dir, streets)
    before = streets.read_text()
    streets.write_text(STREETS.format("burchtstraat"))
    second = keep(data_dir, streets)

    assert first.streets is not None
    assert second.streets is not None
    assert first.streets.read_text() == before
    assert second.streets.read_text() == streets.read_text()
    drop_older_files(data_dir)
    assert [*data_dir.tables.iterdir()] == [second.streets]


def test_a_file_that_is_removed_is_dropped(data_dir: DataDir, streets: Path) -> None:
    kept = keep(data_dir, streets)
    assert kept.streets is not None
    kept.streets.unlink()

    assert keep(data_dir) == Tables(kept.version + 1, gemeente="nijmegen")
    assert keep(data_dir).version == kept.version + 1


def test_streets_that_cannot_be_used_change_nothing(data_dir: DataDir, streets: Path) -> None:
    keep(data_dir, streets)
    before = data_dir.state.read_bytes(), sorted(data_dir.tables.iterdir())
    streets.write_text("street,wijk\nnowhere,BU99999999\n")

    with pytest.raises(SettingsError, match="no row names a wijk"):
        keep(data_dir, streets)
    assert (data_dir.state.read_bytes(), sorted(data_dir.tables.iterdir())) == before


def test_areas_that_cannot_be_used_change_nothing(data_dir: DataDir, tmp_path: Path) -> None:
    areas = tmp_path / "areas.geojson"
    areas.write_text("{}")

    with pytest.raises(SettingsError):
        keep(data_dir, areas=areas)
    assert read_tables(data_dir) is None


def triangles(codes: Sequence[str]) -> str:
    """A GeoJSON with a triangle for each code, side by side."""
    features = []
    for number, code in enumerate(codes):
        west, south, size = 5.8 + number / 1000, 51.8, 0.001
        ring = [[west, south], [west + size, south], [west + size, south + size], [west, south]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"statcode": code}, "geometry": geometry})
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_areas_that_the_map_cannot_draw_are_refused_before_they_end_the_page(
    data_dir: DataDir, tmp_path: Path
) -> None:
    areas, codes = tmp_path / "areas.geojson", sorted(NIJMEGEN.wijk_by_code)
    areas.write_text(triangles(codes[1:]))
    with pytest.raises(SettingsError, match=f"^areas file: lacks 1 of .* the first is {codes[0]}"):
        keep(data_dir, areas=areas)
    assert read_tables(data_dir) is None
    areas.write_text(triangles(codes))
    assert keep(data_dir, areas=areas).version == 1


def test_a_missing_file_is_one_line(data_dir: DataDir, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="missing"):
        keep(data_dir, tmp_path / "missing")


def test_a_watch_tells_once_of_a_higher_version(data_dir: DataDir, streets: Path) -> None:
    watch = TableWatch(data_dir)
    assert watch.newer_than(0) is None
    first = keep(data_dir)
    assert watch.newer_than(first.version) is None
    second = keep(data_dir, streets)
    assert watch.newer_than(first.version) == second
    assert watch.newer_than(second.version) is None
