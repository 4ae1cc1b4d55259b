from __future__ import annotations

import pytest

from domain.crosswalk import parse_crosswalk
from domain.errors import SettingsError

STADSDEEL_OF = {
    "BU99010101": "WK990101",
    "BU99010102": "WK990101",
    "BU99010201": "WK990102",
}
HEADER = "wijk_2019,wijk_2024,part_of_2019,part_of_2024\n"


def read(*rows: str) -> dict[str, str]:
    return parse_crosswalk(HEADER + "\n".join(rows), 2019, 2024, STADSDEEL_OF)


@pytest.mark.parametrize(
    ("rows", "area"),
    [
        (["BU99010109,BU99010101,1.0000,1.0000"], "BU99010101"),  # renamed
        (["BU99010109,BU99010101,0.9960,0.4000", "BU99010109,BU99010201,0.0040,0.0100"], "BU99010101"),
        (["BU99010109,BU99010101,0.6000,1.0000", "BU99010109,BU99010102,0.4000,1.0000"], "WK990101"),
        (["BU99010109,BU99010101,0.6000,1.0000", "BU99010109,BU99010201,0.4000,1.0000"], None),
        (["BU99010109,BU99010101,0.6000,1.0000"], None),  # the rest went to another gemeente
    ],
)
def test_an_old_wijk_is_the_area_that_it_lies_in_whole(rows: list[str], area: str | None) -> None:
    assert read(*rows).get("BU99010109") == area


def test_an_old_stadsdeel_is_one_of_today_if_all_its_wijken_are() -> None:
    split = ["BU99010101,BU99010101,0.5,1.0", "BU99010101,BU99010102,0.5,1.0"]
    assert read(*split)["WK990101"] == "WK990101"
    assert "WK990101" not in read(*split, "BU99010102,BU99010201,1.0,1.0")
    assert "WK990101" not in read(*split, "BU99010102,BU99010201,0.5,1.0")


def test_the_codes_may_have_changed_hands() -> None:
    assert read("BU99010101,BU99010102,1.0,1.0", "BU99010102,BU99010101,1.0,1.0") == {
        "BU99010101": "BU99010102",
        "BU99010102": "BU99010101",
        "WK990101": "WK990101",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER.replace("wijk_2024", "wijk_2023") + "a,b,1,1\n", "lacks the column 'wijk_2024'"),
        (HEADER + "BU99010101,BU99010101,veel,1\n", "a row is not two codes"),
        (HEADER + "BU99010101,BU99010101\n", "a row is not two codes"),
        (HEADER + "BU99010101,BU99019901,1,1\n", "BU99019901 is no wijk"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        parse_crosswalk(text, 2019, 2024, STADSDEEL_OF)
