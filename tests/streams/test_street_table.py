from __future__ import annotations

import pytest

from domain.errors import SettingsError
from streams.street_table import parse_streets
from tests.streams.samples import municipality
from tests.support.shared_data import shared_file

CITY = municipality()


def test_a_table_of_our_own_form() -> None:
    text = "wijk,street,pc6\nBU99010101,Kerkstraat,1234AB\nBU99010201,Dijk,\nBU99010102,,1234 AC\n"
    table = parse_streets(text, CITY)
    assert table.streets == {"kerkstraat": "BU99010101", "dijk": "BU99010201"}
    assert table.postcodes == {"1234AB": "BU99010101", "1234AC": "BU99010102"}


def test_addresses_lose_their_house_numbers_and_name_the_wijk() -> None:
    text = (
        "\ufeffadres,postcode6,buurt\nKerkstraat 12a,1234AB,Oude Stad\n"
        "Plein 1944 3,1234AC,Sint-Annahof\nVerweg 1,9999ZZ,Elders\n"
    )
    table = parse_streets(text, CITY)
    assert table.streets == {"kerkstraat": "BU99010101", "plein 1944": "BU99010201"}
    assert table.postcodes == {"1234AB": "BU99010101", "1234AC": "BU99010201"}


def test_what_lies_in_two_wijken_is_not_guessed() -> None:
    text = (
        "wijk,street,pc6\nBU99010101,Lange weg,1234AB\n"
        "BU99010201,Lange Weg,1234AB\nBU99010201,Dijk,1234AC\n"
    )
    table = parse_streets(text, CITY)
    assert (table.streets, table.postcodes) == ({"dijk": "BU99010201"}, {"1234AC": "BU99010201"})
    assert table.of_street("lange weg", "1234ZZ") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "needs a column wijk"),
        ("straat,huis\nA,1\n", "needs a column wijk"),
        ("wijk\nBU99010101\n", "needs a column wijk"),
        ("wijk,street\nElders,Dijk\n", "no row names a wijk"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        parse_streets(text, CITY)


def test_real_addresses_of_the_city() -> None:
    from wijkbeeld.gemeenten import load_municipality

    text = shared_file("geo/nijmegen_addresses_sample.csv").read_text(encoding="utf-8")
    table = parse_streets(text, load_municipality("nijmegen"))
    assert table.streets["marienburg"] == "BU02680101"
    assert table.postcodes["6511LX"] == "BU02680101"
    assert len(table.streets) > 80


SINGEL = (
    "wijk,street,pc6\nBU99010101,Singel,1234AB\nBU99010101,Singel,1234AD\nBU99010201,Singel,1235AB\n"
)


@pytest.mark.parametrize(
    ("more", "pc6", "wijk"),
    [
        ("", "1234ZZ", "BU99010101"),
        ("", "1235ZZ", "BU99010201"),
        ("", "1236ZZ", None),  # the street goes on where the table does not
        ("", None, None),  # it lies in two wijken
        ("BU99010201,Singel,\n", "1234ZZ", None),  # and somewhere in the other one as well
        ("BU99010201,Singel,\n", "1235ZZ", "BU99010201"),
        ("BU99010102,Singel,1234AE\n", "1234ZZ", None),
    ],
)
def test_a_street_speaks_for_its_own_postcode_areas(
    more: str, pc6: str | None, wijk: str | None
) -> None:
    assert parse_streets(SINGEL + more, CITY).of_street("singel", pc6) == wijk


def test_a_street_without_postcodes_speaks_for_all_of_it() -> None:
    table = parse_streets("wijk,street\nBU99010101,Kerkstraat\n", CITY)
    assert table.of_street("kerkstraat", "1234ZZ") == "BU99010101"
    assert table.of_street("kerkstraat", None) == "BU99010101"
