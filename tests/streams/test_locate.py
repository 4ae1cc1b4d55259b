from __future__ import annotations

from typing import Any

import pytest

from domain.events import Figure
from domain.places import Location
from streams.events import event_of
from streams.locate import Locator, Place
from streams.tables import build_tables
from tests.streams.samples import RECEIVED, municipality, raw_event
from tests.streams.test_areas_index import geojson, square

STREETS = "wijk,street,pc6\nBU99010101,Kerkstraat,1234AB\nBU99010201,Dijk,1234AC\n"
AREAS = geojson(square("BU99010101", 5, 52), square("BU99010201", 6, 52))
LOCATOR = Locator(build_tables(municipality(), 1, streets_csv=STREETS, areas_geojson=AREAS))


def locate(**location: Any) -> Place:
    return locate_all([location])[0]


def locate_all(locations: list[dict[str, Any]]) -> list[Place]:
    events = []
    for fields in locations:
        data = raw_event().data.model_copy(update={"location": Location(**fields)})
        events.append(event_of(raw_event(data=data)))
    places = LOCATOR(events)
    assert None not in places
    return [place for place in places if place is not None]


BY_CODE = Place("BU99010102", "WK990101", "GM9901", "code")
BY_STREET = Place("BU99010101", "WK990101", "GM9901", "street")
IN_THE_SOUTH = Place("WK990102", "WK990102", "GM9901", "stadsdeel")
OURS = Place("GM9901", "", "GM9901", "gemeente")
THEIRS = Place("GM8800", "", "GM8800", "gemeente")


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ({"wijk": "BU99010102", "lat": 52.5, "lon": 6.5, "pc6": "1234AC"}, BY_CODE),
        (
            {"lat": 52.5, "lon": 6.5, "pc6": "1234AB"},
            Place("BU99010201", "WK990102", "GM9901", "coordinates"),
        ),
        ({"lat": 52.5, "lon": 9.5, "pc6": "1234AB"}, Place("BU99010101", "WK990101", "GM9901", "pc6")),
        ({"lat": 52.5, "lon": 9.5, "street": "kerkstraat"}, OURS),
        ({"lat": 52.5, "lon": 9.5, "street": "'t veld", "stadsdeel": "WK990102"}, IN_THE_SOUTH),
        ({"lat": 52.5, "lon": 4.999, "street": "kerkstraat"}, BY_STREET),
        ({"pc6": "1234AC", "street": "kerkstraat"}, Place("BU99010201", "WK990102", "GM9901", "pc6")),
        ({"pc6": "1234ZZ", "street": "KERKSTRAAT"}, BY_STREET),
        ({"pc6": "9999ZZ", "street": "KERKSTRAAT"}, OURS),
        ({"street": "'t veld"}, Place("BU99010102", "WK990101", "GM9901", "wijk-name")),
        (
            {"street": "onbekend", "stadsdeel": "WK990102"},
            Place("WK990102", "WK990102", "GM9901", "stadsdeel"),
        ),
        ({"street": "onbekend", "gemeente": "GM9901"}, OURS),
        ({"stadsdeel": "WK990199"}, OURS),
        ({"wijk": "BU99010199", "street": "dijk"}, Place("BU99010201", "WK990102", "GM9901", "street")),
        ({}, OURS),
        ({"lat": 52.5}, OURS),
        ({"gemeente": "GM8800", "street": "dijk"}, THEIRS),
        ({"wijk": "BU88000101"}, THEIRS),
        ({"stadsdeel": "WK880001", "pc6": "1234AC"}, THEIRS),
        ({"gemeente": "GM8800", "wijk": "BU99010102"}, BY_CODE),
    ],
)
def test_the_first_that_answers(location: dict[str, Any], place: Place) -> None:
    assert locate(**location) == place


def test_a_chunk_keeps_its_order_whatever_way_each_event_is_placed() -> None:
    places = locate_all(
        [{"street": "dijk"}, {"lat": 52.5, "lon": 5.5}, {"wijk": "BU99010102"}, {"lat": 0, "lon": 0}, {}]
    )
    assert [place.wijk for place in places] == [
        "BU99010201",
        "BU99010101",
        "BU99010102",
        "GM9901",
        "GM9901",
    ]


def test_without_polygons_coordinates_say_nothing() -> None:
    locator = Locator(build_tables(municipality(), 1))
    data = raw_event().data.model_copy(update={"location": Location(lat=52.5, lon=5.5)})
    assert locator([event_of(raw_event(data=data))]) == [OURS]


def test_a_figure_names_its_own_area() -> None:
    figure = Figure(
        measure="cbs.1",
        area="GM9901",
        period_start=RECEIVED.date(),
        period_end=RECEIVED.date(),
        value=1.0,
        boundary_year=2024,
    )
    assert LOCATOR([event_of(raw_event(data=figure))]) == [None]
