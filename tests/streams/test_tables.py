from __future__ import annotations

from streams.street_table import NO_STREETS
from streams.tables import build_tables
from tests.streams.samples import municipality

CITY = municipality()


def test_without_files_the_names_of_the_wijken_are_all_there_is() -> None:
    tables = build_tables(CITY, 3)
    assert tables.geo_v == 3
    assert tables.streets == NO_STREETS
    assert dict(tables.wijk_names) == {
        "oude stad": "BU99010101",
        "t veld": "BU99010102",
        "sint annahof": "BU99010201",
    }
