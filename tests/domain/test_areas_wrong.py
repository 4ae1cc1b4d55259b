"""Wrong municipality data gives one clear line."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.areas import Municipality, parse_municipality
from domain.errors import SettingsError
from wijkbeeld.gemeenten import load_municipality

GEMEENTE = """
code = "GM0268"
slug = "nijmegen"
name = "Nijmegen"
boundary_year = 2024
safety_region = "08"
place_names = ["nijmegen"]
"""
STADSDELEN = "code,name,lat,lon,population\nWK026801,Centrum,51.8,5.8,10\nWK026802,Oost,51.8,5.9,\n"
WIJKEN = (
    "code,name,stadsdeel,lat,lon,population\n"
    "BU02680100,Benedenstad,WK026801,51.85,5.86,5\n"
    "BU02680202,Bottendaal,WK026802,51.84,5.85,\n"
)
TEAMS = """
example = false
[[team]]
id = "stad"
name = "Stad"
wijken = ["BU02680100", "BU02680202"]
"""
FILES = {"gemeente": GEMEENTE, "stadsdelen": STADSDELEN, "wijken": WIJKEN, "teams": TEAMS}


def parse(**changes: str) -> Municipality:
    files = FILES | changes
    return parse_municipality(files["gemeente"], files["stadsdelen"], files["wijken"], files["teams"])


def complaint(**changes: str) -> str:
    with pytest.raises(SettingsError) as caught:
        parse(**changes)
    text = str(caught.value)
    assert text.startswith("gemeente data: ")
    assert "\n" not in text
    return text


def test_the_data_that_the_cases_below_spoil_is_right() -> None:
    nijmegen = parse()
    assert [w.population for w in nijmegen.wijken] == [5, None]
    assert not nijmegen.teams_are_example
    assert nijmegen.region_places == {}


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("gemeente", 'code = "GM0268"', 'code = "268"', "code: String should match pattern"),
        ("gemeente", 'code = "GM0268"', "", "code: Field required"),
        ("gemeente", 'code = "GM0268"', 'code = "GM0344"', "does not belong to GM0344"),
        ("gemeente", 'code = "GM0268"', "code = ", "Invalid value (at line 2"),
        ("gemeente", "2024", '"vorig jaar"', "boundary_year: Input should be a valid integer"),
        ("gemeente", "boundary_year", "boundary_jaar", "boundary_year: Field required"),
        ("gemeente", "name =", 'mayor = "x"\nname =', "mayor: Extra inputs are not permitted"),
        ("stadsdelen", "WK026802", "WK026801", "an area code occurs twice"),
        ("stadsdelen", "WK026802", "BU02680202", "stadsdelen.1.code"),
        ("stadsdelen", "51.8,5.9", "151.8,5.9", "stadsdelen.1.lat"),
        ("stadsdelen", "51.8,5.9", "nan,5.9", "stadsdelen.1.lat: Input should be a finite number"),
        ("stadsdelen", "lat,", "breedte,", "stadsdelen.0.lat: Field required"),
        ("wijken", "BU02680202", "WK026802", "wijken.1.code"),
        ("wijken", "BU02680202", "BU02680100", "an area code occurs twice"),
        ("wijken", "BU02680202", "BU02680102", "wijk BU02680102 does not lie in stadsdeel WK026802"),
        ("wijken", "WK026802", "WK026801", "wijk BU02680202 does not lie in stadsdeel WK026801"),
        ("wijken", "WK026802", "WK026803", "wijk BU02680202 does not lie in stadsdeel WK026803"),
        ("wijken", "Bottendaal", "", "wijken.1.name"),
        ("wijken", "51.84,5.85,", "51.84", "wijken.1.lon"),
        ("wijken", "51.84,5.85,", "51.84,5.85,1,2,3", "wijken.1"),
        ("teams", "example = false\n", "", "teams file lacks 'example'"),
        ("teams", "[[team]]", "[[ploeg]]", "teams file lacks 'team'"),
        ("teams", '"BU02680100", ', "", "the teams must cover every wijk exactly once"),
        ("teams", '"BU02680100", ', '"BU02680202", ', "the teams must cover every wijk exactly once"),
        ("teams", 'id = "stad"', 'id = "De Stad"', "teams.0.id"),
        ("teams", "[[team]]", '[[team]]\nid = "stad"\nname = "x"\nwijken = []\n[[team]]', "team id"),
        ("teams", "false", "misschien", "Invalid value"),
    ],
)
def test_wrong_data_is_named(file: str, old: str, new: str, says: str) -> None:
    assert old in FILES[file]
    assert says in complaint(**{file: FILES[file].replace(old, new, 1)})


def test_a_table_that_is_no_csv_is_named() -> None:
    assert "field larger" in complaint(wijken=WIJKEN + '"' + "x" * 200_000)


def test_an_unknown_municipality_is_named() -> None:
    with pytest.raises(SettingsError, match="gemeente 'atlantis': no such municipality or folder"):
        load_municipality("atlantis")


def test_a_folder_of_the_same_shape_is_a_municipality(tmp_path: Path) -> None:
    for name, text in FILES.items():
        suffix = "csv" if name in ("stadsdelen", "wijken") else "toml"
        (tmp_path / f"{name}.{suffix}").write_text(text, encoding="utf-8")
    assert load_municipality(str(tmp_path)) == parse()


def test_a_folder_without_a_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot read .*gemeente\.toml"):
        load_municipality(str(tmp_path))
