"""The geocoder of a municipality, and every real address through it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from domain.errors import SourceUnavailable
from ingest.addresses import AddressReader
from ingest.geocoding.geocoder import Answer
from ingest.geocoding.settings import GeocoderSettings, build_geocoder
from tests.ingest.geocoding.asking import KEYED, NOW
from tests.support.pdok import HttpxGetter, Pdok, address_record, serving
from tests.support.real_addresses import real_addresses
from wijkbeeld.gemeenten import load_municipality

NIJMEGEN = load_municipality("nijmegen")
PC6 = re.compile(r"[0-9]{4}[A-Z]{2}")


def test_it_is_off_by_default_and_then_leaves_no_file(tmp_path: Path) -> None:
    file = tmp_path / "geocoder.sqlite"
    assert build_geocoder(GeocoderSettings(), Pdok(), NIJMEGEN, KEYED, file) is None
    assert not file.exists()


@pytest.mark.parametrize(
    "wrong", [{"per_minute": 0}, {"url": "ftp://x"}, {"url": "https://x/?secret=1"}, {"token": "x"}]
)
def test_wrong_settings_are_refused_without_their_value(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        GeocoderSettings(**wrong)
    assert "secret" not in str(caught.value)


def everything() -> tuple[list[Any], Pdok]:
    addresses = real_addresses()
    records = [
        address_record(a.street, a.number, a.pc6 or "", a.wijk) for a in addresses if a.wijk is not None
    ]
    namesakes = [address_record(a.street, "1", a.pc6 or "", "BU01060101", "", "0106") for a in addresses]
    return addresses, Pdok([*namesakes, *records])


def test_every_real_address_lands_in_its_wijk(tmp_path: Path) -> None:
    addresses, pdok = everything()
    settings = GeocoderSettings(enabled=True, per_minute=600)
    geocoder = build_geocoder(settings, pdok, NIJMEGEN, KEYED, tmp_path / "cache")
    assert geocoder is not None
    reader = AddressReader(NIJMEGEN)
    known = 0
    for number, address in enumerate(addresses):
        read = reader.read(f"{address.text}, {address.pc6 or ''} Nijmegen")
        assert read is not None
        # Five of the rows name no wijk, so the stand-in has no record of them.
        moment = NOW + number * timedelta(seconds=1)  # a poll of its own: a poll has a second
        assert geocoder.find(read.location(), moment) == Answer(address.wijk)
        known += address.wijk is not None
    assert (len(addresses), known) == (174, 169)
    for url in pdok.asked:
        (asked,) = parse_qs(urlsplit(url).query)["q"]
        street = asked[:-6] if PC6.fullmatch(asked[-6:]) else asked
        assert not any(c.isdigit() for c in street.replace("plein 1944", ""))


@pytest.mark.integration
def test_over_a_connection_and_without_one(tmp_path: Path) -> None:
    pdok = Pdok([address_record("Kerkstraat", "2", "6511AA", "BU02680101")])
    location = AddressReader(NIJMEGEN).read("Kerkstraat 2, 6511AA Nijmegen")
    assert location is not None
    with serving(pdok) as url:
        settings = GeocoderSettings(enabled=True, url=url)
        geocoder = build_geocoder(settings, HttpxGetter(), NIJMEGEN, KEYED, tmp_path / "one")
        assert geocoder is not None
        assert geocoder.find(location.location(), NOW) == Answer("BU02680101")
        assert "2" not in pdok.asked[0].partition("q=")[2].partition("&")[0].replace("6511AA", "")
        pdok.fails_with = SourceUnavailable("down")
        down = build_geocoder(settings, HttpxGetter(), NIJMEGEN, KEYED, tmp_path / "two")
        assert down is not None
        assert down.find(location.location(), NOW) == Answer(None, later=True)
    gone = build_geocoder(settings, HttpxGetter(), NIJMEGEN, KEYED, tmp_path / "three")
    assert gone is not None
    assert gone.find(location.location(), NOW) == Answer(None, later=True)
