"""Codes of another boundary year, from a location to the area that counts the event."""

from __future__ import annotations

from typing import Any

import pytest

from domain.places import Location
from streams.events import event_of
from streams.locate import Locator, Place
from streams.tables import build_tables
from tests.streams.samples import municipality, raw_event

CARRIED = {"BU99010101": "BU99010102", "BU99010102": "WK990102", "WK990101": "WK990102"}
CITY = municipality().model_copy(update={"unchanged_since": 2021, "other_years": {2019: CARRIED}})
STREETS = "wijk,street\nBU99010201,Dijk\n"
LOCATOR = Locator(build_tables(CITY, 1, streets_csv=STREETS))

AS_IT_IS = Place("BU99010101", "WK990101", "GM9901", "code")
TRANSLATED = Place("BU99010102", "WK990101", "GM9901", "code")
BY_STREET = Place("BU99010201", "WK990102", "GM9901", "street")
IN_THE_SOUTH = Place("WK990102", "WK990102", "GM9901", "stadsdeel")
OURS = Place("GM9901", "", "GM9901", "gemeente")
THEIRS = Place("GM8800", "", "GM8800", "gemeente")


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ({"wijk": "BU99010101"}, AS_IT_IS),
        ({"wijk": "BU99010101", "boundary_year": 2024}, AS_IT_IS),
        ({"wijk": "BU99010101", "boundary_year": 2021}, AS_IT_IS),
        ({"wijk": "BU99010101", "boundary_year": 2019}, TRANSLATED),
        ({"wijk": "BU99010102", "boundary_year": 2019}, IN_THE_SOUTH),
        ({"wijk": "BU99010101", "boundary_year": 2020}, OURS),
        ({"wijk": "BU99010101", "boundary_year": 2025}, OURS),
        ({"wijk": "BU99010101", "street": "dijk", "boundary_year": 2025}, BY_STREET),
        ({"wijk": "BU99010102", "street": "dijk", "boundary_year": 2019}, BY_STREET),
        ({"stadsdeel": "WK990101", "boundary_year": 2019}, IN_THE_SOUTH),
        ({"stadsdeel": "WK990101", "boundary_year": 2020}, OURS),
        ({"wijk": "BU88000101", "boundary_year": 2019}, THEIRS),
        ({"gemeente": "GM9901", "boundary_year": 2019}, OURS),
    ],
)
def test_a_code_counts_where_it_lies_today(location: dict[str, Any], place: Place) -> None:
    data = raw_event().data.model_copy(update={"location": Location(**location)})
    assert LOCATOR([event_of(raw_event(data=data))]) == [place]


def test_without_a_year_of_change_only_the_own_year_is_known() -> None:
    locator = Locator(build_tables(municipality(), 1))
    location = Location(wijk="BU99010101", boundary_year=2023)
    data = raw_event().data.model_copy(update={"location": location})
    assert locator([event_of(raw_event(data=data))]) == [OURS]
