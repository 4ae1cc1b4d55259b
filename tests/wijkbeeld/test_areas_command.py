"""``wijkbeeld areas``: polygons kept by year, checked, and brought into use."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner, Result

from domain.errors import SettingsError, SourceUnavailable
from tests.ingest.pdok.test_areas import city
from tests.streams.test_areas_index import geojson
from tests.support.pdok import Pdok, serving
from wijkbeeld.cli import app
from wijkbeeld.datadir import DataDir
from wijkbeeld.gemeenten import load_municipality, municipality_folder
from wijkbeeld.kept_areas import keep_areas, kept_years, read_areas
from wijkbeeld.kept_tables import read_tables

NIJMEGEN = load_municipality("nijmegen")
OWN = NIJMEGEN.boundary_year


def made_up(year: int | None, size: float = 0.0004, leave_out: int = 0) -> bytes:
    """A small square around the representative point of each wijk."""
    features = []
    for wijk in NIJMEGEN.wijken[leave_out:]:
        (west, east), (south, north) = ((v - size, v + size) for v in (wijk.lon, wijk.lat))
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        properties: dict[str, Any] = {"buurtcode": wijk.code} | ({"jaar": year} if year else {})
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": properties, "geometry": shape})
    return geojson(*features)


@pytest.fixture
def data_dir(tmp_path: Path) -> DataDir:
    folder = DataDir(tmp_path / "data")
    folder.prepare()
    return folder


def run(data_dir: DataDir, *words: str) -> Result:
    return CliRunner().invoke(app, ["areas", *words, "--data-dir", str(data_dir.root)])


def file_with(tmp_path: Path, text: bytes) -> str:
    file = tmp_path / "wijken.geojson"
    file.write_bytes(text)
    return str(file)


def test_those_of_the_own_year_come_into_use(data_dir: DataDir, tmp_path: Path) -> None:
    done = run(data_dir, "import", file_with(tmp_path, made_up(OWN)))
    assert done.exit_code == 0
    assert f"kept 44 wijken of {OWN}" in done.output
    assert "in use from the next start, as tables version 1" in done.output
    tables = read_tables(data_dir)
    assert tables is not None
    assert tables.areas is not None
    assert tables.areas.read_bytes() == read_areas(data_dir, OWN)
    assert stat.S_IMODE((data_dir.areas / f"{OWN}.geojson").stat().st_mode) == 0o600


def test_while_it_runs_the_way_is_a_reenrichment(data_dir: DataDir, tmp_path: Path) -> None:
    with data_dir.lock():
        done = run(data_dir, "import", file_with(tmp_path, made_up(None)), "--year", str(OWN))
    assert f"wijkbeeld reenrich --areas {data_dir.areas / f'{OWN}.geojson'}" in done.output
    assert read_tables(data_dir) is None


def test_those_of_another_year_are_kept_for_comparing(data_dir: DataDir, tmp_path: Path) -> None:
    done = run(data_dir, "import", file_with(tmp_path, made_up(2014)))
    assert "not in use" in done.output
    assert read_tables(data_dir) is None
    run(data_dir, "import", file_with(tmp_path, made_up(OWN, size=0.0003)))
    assert kept_years(data_dir) == [2014, OWN]
    lines = run(data_dir, "crosswalk", "2014", str(OWN)).output.splitlines()
    assert lines[0] == f"wijk_2014,wijk_{OWN},part_of_2014,part_of_{OWN}"
    assert lines[1] == "BU02680100,BU02680100,0.5625,1.0000"
    assert len(lines) == 45


def test_what_crosswalk_writes_is_what_a_municipality_reads(data_dir: DataDir, tmp_path: Path) -> None:
    run(data_dir, "import", file_with(tmp_path, made_up(2014, size=0.0003)))
    run(data_dir, "import", file_with(tmp_path, made_up(OWN)))
    folder = tmp_path / "proefstad"
    shutil.copytree(str(municipality_folder("nijmegen")), folder)
    file = folder / "crosswalk-2014.csv"
    file.write_text(run(data_dir, "crosswalk", "2014", str(OWN)).output)
    carried = load_municipality(str(folder)).other_years
    assert carried.keys() == {2014}
    wijken = {wijk.code: wijk.code for wijk in NIJMEGEN.wijken}
    assert carried[2014] == wijken | {s.code: s.code for s in NIJMEGEN.stadsdelen}
    file.write_text(file.read_text().replace("BU02680100,BU02680100", "BU02680100,BU02689900"))
    with pytest.raises(SettingsError, match="crosswalk of 2014: BU02689900 is no wijk"):
        load_municipality(str(folder))


def test_list_and_check(data_dir: DataDir, tmp_path: Path) -> None:
    assert "none" in run(data_dir, "list").output
    run(data_dir, "import", file_with(tmp_path, made_up(OWN)))
    assert f"{OWN}  44 wijken" in run(data_dir, "list").output
    (row,) = json.loads(run(data_dir, "list", "--json").output)
    assert (row["year"], row["wijken"], row["own_year"]) == (OWN, 44, True)
    assert run(data_dir, "check").exit_code == 0
    done = run(data_dir, "check", file_with(tmp_path, made_up(OWN, leave_out=2)))
    assert done.exit_code == 2
    assert "BU02680101: is missing" in done.output


def test_what_cannot_be_used_changes_nothing(data_dir: DataDir) -> None:
    keep_areas(data_dir, NIJMEGEN, OWN, made_up(OWN))
    before = read_areas(data_dir, OWN)
    for text, message in (
        (made_up(OWN, leave_out=2), r"BU02680100: is missing \(and 1 more"),
        (made_up(OWN, size=0.02), "overlaps"),
        (b"{", "not a GeoJSON"),
    ):
        with pytest.raises(SettingsError, match=message):
            keep_areas(data_dir, NIJMEGEN, OWN, text)
    assert read_areas(data_dir, OWN) == before
    assert [file.name for file in data_dir.areas.iterdir()] == [f"{OWN}.geojson"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("import", "FILE"), "name no year"),
        (("import", "FILE", "--year", "24"), "24 is not a boundary year"),
        (("import", "missing.geojson"), "cannot read"),
        (("crosswalk", "2014", "2015"), "none are kept"),
    ],
)
def test_mistakes_are_one_line(
    data_dir: DataDir, tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    file = file_with(tmp_path, made_up(None))
    done = run(data_dir, *(file if word == "FILE" else word for word in words))
    assert isinstance(done.exception, SettingsError)
    assert message in str(done.exception)
    assert "\n" not in str(done.exception)


def test_only_shapes_are_kept(data_dir: DataDir) -> None:
    keep_areas(data_dir, NIJMEGEN, OWN, made_up(OWN))
    features = orjson.loads(read_areas(data_dir, OWN))["features"]
    assert {tuple(feature["properties"]) for feature in features} == {("statcode", "statnaam", "jaar")}


@pytest.mark.integration
def test_polygons_are_fetched_page_by_page(data_dir: DataDir) -> None:
    with serving(Pdok(features=city(), page_size=20)) as url:
        fetched = run(data_dir, "fetch", "--url", url + "/{year}")
    assert fetched.exit_code == 0, fetched.output
    assert f"kept {len(NIJMEGEN.wijken)} wijken of {OWN}" in fetched.output
    assert kept_years(data_dir) == [OWN]
    again = run(data_dir, "fetch", "--url", "http://127.0.0.1:9")
    assert isinstance(again.exception, SourceUnavailable)
    assert kept_years(data_dir) == [OWN], "what is kept stays when the service is away"
