"""Nijmegen's areas, and the guard that keeps the words of CBS and of the city straight.

CBS *wijk* (WK) = the city's stadsdeel; CBS *buurt* (BU) = the city's wijk. The facts below are written
down here on their own, apart from the data files that they check.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence

import pytest
import shapely

from domain.areas import Municipality, Stadsdeel, Wijk
from tests.support.shared_data import shared_file
from wijkbeeld.gemeenten import load_municipality

# Each stadsdeel with its CBS wijk code and the wijken that it consists of.
CITY: dict[str, tuple[str, set[str]]] = {
    "Nijmegen-Centrum": ("WK026801", {"Benedenstad", "Stadscentrum"}),
    "Nijmegen-Oost": (
        "WK026802",
        {
            "Bottendaal",
            "Galgenveld",
            "Altrade",
            "Hunnerberg",
            "Hengstdal",
            "Kwakkenberg",
            "Groenewoud",
            "Ooyse Schependom",
        },
    ),
    "Nijmegen-Oud-West": ("WK026803", {"Biezen", "Wolfskuil"}),
    "Nijmegen-Nieuw-West": (
        "WK026804",
        {"Hees", "Heseveld", "Neerbosch-Oost", "Haven- en industrieterrein"},
    ),
    "Nijmegen-Midden": ("WK026805", {"Nije Veld", "Hazenkamp", "Goffert", "St. Anna", "Heijendaal"}),
    "Nijmegen-Zuid": ("WK026806", {"Hatertse Hei", "Grootstal", "Hatert", "Brakkenstein"}),
    "Dukenburg": (
        "WK026807",
        {
            "Tolhuis",
            "Zwanenveld",
            "Meijhorst",
            "Lankforst",
            "Aldenhof",
            "Malvert",
            "Weezenhof",
            "Vogelzang",
            "Staddijk",
        },
    ),
    "Lindenholt": (
        "WK026808",
        {
            "'t Acker",
            "De Kamp",
            "'t Broek",
            "Kerkenbos",
            "Westkanaaldijk",
            "Neerbosch-West",
            "Bijsterhuizen",
        },
    ),
    "Nijmegen-Noord": ("WK026809", {"Oosterhout", "Ressen", "Lent"}),
}
# One well-known wijk in each stadsdeel, with its code.
KNOWN_WIJKEN = {
    "BU02680101": "Stadscentrum",
    "BU02680202": "Bottendaal",
    "BU02680321": "Wolfskuil",
    "BU02680424": "Neerbosch-Oost",
    "BU02680512": "Goffert",
    "BU02680616": "Hatert",
    "BU02680732": "Zwanenveld",
    "BU02680840": "'t Acker",
    "BU02680970": "Lent",
}


@pytest.fixture(scope="module")
def nijmegen() -> Municipality:
    return load_municipality("nijmegen")


class TestGuard:
    """The words stay straight."""

    def test_bottendaal_is_a_wijk_of_the_city_and_a_buurt_of_cbs(self, nijmegen: Municipality) -> None:
        bottendaal = nijmegen.wijk_by_code["BU02680202"]
        assert bottendaal.name == "Bottendaal"
        assert bottendaal.stadsdeel == "WK026802"
        assert nijmegen.stadsdeel_by_code["WK026802"].name == "Nijmegen-Oost"

    def test_there_are_9_stadsdelen_with_the_codes_of_cbs_wijken(self, nijmegen: Municipality) -> None:
        assert [s.code for s in nijmegen.stadsdelen] == [f"WK02680{n}" for n in range(1, 10)]

    def test_there_are_44_wijken_with_the_codes_of_cbs_buurten(self, nijmegen: Municipality) -> None:
        assert len(nijmegen.wijken) == 44
        assert {w.code[:6] for w in nijmegen.wijken} == {"BU0268"}

    def test_no_name_is_used_on_both_levels(self, nijmegen: Municipality) -> None:
        names = [s.name for s in nijmegen.stadsdelen] + [w.name for w in nijmegen.wijken]
        assert len(set(names)) == 53

    def test_each_stadsdeel_has_its_code_and_its_wijken(self, nijmegen: Municipality) -> None:
        found = {
            s.name: (s.code, {w.name for w in nijmegen.wijken if w.stadsdeel == s.code})
            for s in nijmegen.stadsdelen
        }
        assert found == CITY

    def test_well_known_wijken_have_their_codes(self, nijmegen: Municipality) -> None:
        assert {code: nijmegen.wijk_by_code[code].name for code in KNOWN_WIJKEN} == KNOWN_WIJKEN

    def test_the_city_is_one_gemeente_of_gelderland_zuid(self, nijmegen: Municipality) -> None:
        assert (nijmegen.code, nijmegen.safety_region) == ("GM0268", "08")
        assert "nijmegen" in nijmegen.place_names
        assert nijmegen.code not in nijmegen.region_places.values()


class TestTeams:
    def test_eight_teams_cover_the_city_once(self, nijmegen: Municipality) -> None:
        assert len(nijmegen.teams) == 8
        covered = [code for team in nijmegen.teams for code in team.wijken]
        assert len(covered) == 44
        assert set(covered) == {w.code for w in nijmegen.wijken}

    def test_the_assignment_says_that_it_is_an_example(self, nijmegen: Municipality) -> None:
        assert nijmegen.teams_are_example

    def test_no_team_is_without_wijken_or_shares_its_name(self, nijmegen: Municipality) -> None:
        assert all(team.wijken for team in nijmegen.teams)
        assert len({team.name for team in nijmegen.teams}) == 8


class TestAgainstTheOfficialData:
    def test_codes_names_parents_points_and_populations(self, nijmegen: Municipality) -> None:
        with shared_file("geo/nijmegen_gazetteer.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        official = {
            (
                row["level"],
                row["cbs_code"],
                row["name"],
                row["parent_code"],
                float(row["lat"]),
                float(row["lon"]),
                int(float(row["inwoners_2024"])) if row["inwoners_2024"] else None,
            )
            for row in rows
        }
        ours = {
            ("stadsdeel", s.code, s.name, nijmegen.code, s.lat, s.lon, s.population)
            for s in nijmegen.stadsdelen
        } | {("wijk", w.code, w.name, w.stadsdeel, w.lat, w.lon, w.population) for w in nijmegen.wijken}
        assert ours == official

    def test_the_official_data_calls_a_wijk_a_buurt(self) -> None:
        with shared_file("geo/nijmegen_gazetteer.csv").open(encoding="utf-8", newline="") as file:
            terms = {(row["nijmegen_term"], row["cbs_term"]) for row in csv.DictReader(file)}
        assert terms == {("stadsdeel", "wijk"), ("wijk", "buurt")}

    @pytest.mark.parametrize("level", ["wijken_44", "stadsdelen_9"])
    def test_each_point_lies_in_its_own_area_and_in_no_other(
        self, nijmegen: Municipality, level: str
    ) -> None:
        text = shared_file(f"geo/nijmegen_{level}.geojson").read_text(encoding="utf-8")
        polygons = {
            feature["id"]: shapely.from_geojson(json.dumps(feature["geometry"]))
            for feature in json.loads(text)["features"]
        }
        areas: Sequence[Wijk | Stadsdeel] = (
            nijmegen.wijken if level == "wijken_44" else nijmegen.stadsdelen
        )
        assert {area.code for area in areas} == set(polygons)
        for area in areas:
            point = shapely.Point(area.lon, area.lat)
            assert [code for code, polygon in polygons.items() if polygon.covers(point)] == [area.code]
