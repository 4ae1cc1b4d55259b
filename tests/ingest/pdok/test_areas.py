from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from domain.errors import SourceRefused, SourceUnavailable
from ingest.pdok.areas import fetch_areas
from tests.support.pdok import Document, HttpxGetter, Pdok, serving
from wijkbeeld.gemeenten import load_municipality

NIJMEGEN = load_municipality("nijmegen")


def feature(code: str, lon: float, lat: float, **changes: Any) -> dict[str, Any]:
    """A buurt as the service has it; of its 250 key figures two."""
    ring = [[lon, lat], [lon + 0.001, lat], [lon + 0.001, lat + 0.001], [lon, lat]]
    return {
        "type": "Feature",
        "id": f"a-{code}",
        "properties": {
            "jaar": 2024,
            "buurtcode": code,
            "buurtnaam": "Voorbeeld",
            "wijkcode": "WK" + code[2:8],
            "gemeentecode": "GM" + code[2:6],
            "gemeentenaam": "Voorbeeld",
            "water": "NEE",
            "aantal_inwoners": 1230,
            "percentage_eenpersoonshuishoudens": 41,
        }
        | changes,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def city() -> list[dict[str, Any]]:
    own = [feature(wijk.code, wijk.lon, wijk.lat) for wijk in NIJMEGEN.wijken]
    theirs = [feature("BU02090001", 5.7, 51.85), feature("BU02689997", 5.85, 51.86, water="JA")]
    return [*theirs, *reversed(own)]


def test_all_pages_are_read_and_only_what_is_needed_of_our_land_is_kept() -> None:
    pdok = Pdok(features=city(), page_size=20)
    counted: list[int] = []
    text = fetch_areas(pdok, NIJMEGEN, 2024, base_url=f"{pdok.base}/{{year}}", on_page=counted.append)
    features = orjson.loads(text)["features"]
    assert [f["properties"]["buurtcode"] for f in features] == [w.code for w in NIJMEGEN.wijken]
    assert {tuple(f["properties"]) for f in features} == {("buurtcode", "buurtnaam", "jaar")}
    assert counted == [18, 38, 44]
    query = parse_qs(urlsplit(pdok.asked[0]).query)
    west, south, east, north = map(float, query["bbox"][0].split(","))
    assert all(
        west <= w.lon + 1e-6 and w.lon - 1e-6 <= east and south - 1e-6 <= w.lat <= north + 1e-6
        for w in NIJMEGEN.wijken
    )
    assert pdok.asked[0].startswith("https://pdok.example/2024/collections/buurten/items?f=json")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>", "not JSON"),
        (b"[]", "not a GeoJSON"),
        (orjson.dumps({"features": [{"properties": {"statcode": "x"}}]}), "no buurtcode"),
        (orjson.dumps({"features": [feature("BU02090001", 5, 51)]}), "has no wijk of GM0268"),
        (orjson.dumps({"features": [feature("BU02680101", 5, 51, jaar=2023)]}), "another year"),
        (
            orjson.dumps({"features": [], "links": [{"rel": "next", "href": "https://elsewhere/x"}]}),
            "another host",
        ),
        (
            orjson.dumps({"features": [], "links": [{"rel": "next", "href": "https://api.pdok.nl/x"}]}),
            "does not come to an end",
        ),
    ],
)
def test_another_answer_is_refused_in_one_line(body: bytes, message: str) -> None:
    class Broken:
        def get(self, url: str) -> Document:
            return Document(body)

    with pytest.raises(SourceRefused, match=message):
        fetch_areas(Broken(), NIJMEGEN, 2024)


@pytest.mark.integration
def test_over_a_connection() -> None:
    pdok = Pdok(features=city(), page_size=30)
    with serving(pdok) as base:
        text = fetch_areas(HttpxGetter(), NIJMEGEN, 2024, base_url=base + "/{year}/ogc/v1")
        assert len(orjson.loads(text)["features"]) == 44
        pdok.fails_with = SourceUnavailable("down")
        with pytest.raises(SourceUnavailable):
            fetch_areas(HttpxGetter(), NIJMEGEN, 2024, base_url=base)
