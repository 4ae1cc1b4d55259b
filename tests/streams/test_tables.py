from __future__ import annotations

import pytest

from domain.errors import SettingsError
from streams.tables import build_tables, parse_streets
from tests.streams.samples import municipality
from tests.support.shared_data import shared_file

CITY = municipality()


def test_a_table_of_our_own_form() -> None:
    text = "wijk,street,pc6\nBU99010101,Kerkstraat,1234AB\nBU99010201,Dijk,\nBU99010102,,1234 AC\n"
    streets, postcodes = parse_streets(text, CITY)
    assert streets == {"kerkstraat": "BU99010101", "dijk": "BU99010201"}
    assert postcodes == {"1234AB": "BU99010101", "1234AC": "BU99010102"}


def test_addresses_lose_their_house_numbers_and_name_the_wijk() -> None:
    text = (
        "\ufeffadres,postcode6,buurt\nKerkstraat 12a,1234AB,Oude Stad\n"
        "Plein 1944 3,1234AC,Sint-Annahof\nVerweg 1,9999ZZ,Elders\n"
    )
    streets, postcodes = parse_streets(text, CITY)
    assert streets == {"kerkstraat": "BU99010101", "plein 1944": "BU99010201"}
    assert postcodes == {"1234AB": "BU99010101", "1234AC": "BU99010201"}


def test_what_lies_in_two_wijken_is_not_guessed() -> None:
    text = (
        "wijk,street,pc6\nBU99010101,Lange weg,1234AB\n"
        "BU99010201,Lange Weg,1234AB\nBU99010201,Dijk,1234AC\n"
    )
    assert parse_streets(text, CITY) == ({"dijk": "BU99010201"}, {"1234AC": "BU99010201"})


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


def test_without_files_the_names_of_the_wijken_are_all_there_is() -> None:
    tables = build_tables(CITY, 3)
    assert tables.geo_v == 3
    assert dict(tables.streets) == {}
    assert dict(tables.wijk_names) == {
        "oude stad": "BU99010101",
        "t veld": "BU99010102",
        "sint annahof": "BU99010201",
    }


def test_real_addresses_of_the_city() -> None:
    from wijkbeeld.gemeenten import load_municipality

    text = shared_file("geo/nijmegen_addresses_sample.csv").read_text(encoding="utf-8")
    streets, postcodes = parse_streets(text, load_municipality("nijmegen"))
    assert streets["marienburg"] == "BU02680101"
    assert postcodes["6511LX"] == "BU02680101"
    assert len(streets) > 80
