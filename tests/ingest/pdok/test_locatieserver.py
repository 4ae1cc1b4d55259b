from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from domain.errors import SourceRefused
from ingest.pdok.locatieserver import Locatieserver
from tests.support.pdok import Document, Pdok, address_record

KERK, OTHER = "BU02680101", "BU02680202"


def records() -> list[dict[str, object]]:
    return [
        address_record("Kerkstraat", "1", "9999XX", "BU01060101", gemeente="0106"),
        address_record("Kerkstraat", "2", "6511AA", KERK),
        address_record("Kerkstraat", "4", "6511AA", KERK),
        address_record("Lange Kerkstraat", "4", "6511AB", OTHER),
        address_record("Langeweg", "1", "6511BA", KERK),
        address_record("Langeweg", "99", "6512BB", OTHER),
    ]


@pytest.mark.parametrize(
    ("street", "pc6", "wijk"),
    [
        ("kerkstraat", None, KERK),
        ("kerkstraat", "6511AA", KERK),
        (None, "6511AB", OTHER),
        ("langeweg", None, None),
        ("langeweg", "6512BB", OTHER),
        ("langeweg", "6512ZZ", None),
        ("dorpsstraat", "6511AA", None),
        ("onbekend", None, None),
        (None, None, None),
    ],
)
def test_an_answer_counts_only_if_it_is_about_what_was_asked(
    street: str | None, pc6: str | None, wijk: str | None
) -> None:
    assert Locatieserver(Pdok(records()), "GM0268").find(street, pc6) == wijk


def test_every_question_is_filtered_on_the_gemeente_and_carries_no_signs_that_are_orders() -> None:
    pdok = Pdok(records())
    assert Locatieserver(pdok, "GM0268").find('kerk*:"(straat', None) is None
    query = parse_qs(urlsplit(pdok.asked[0]).query)
    assert query["fq"] == ["gemeentecode:0268", "type:adres"]
    assert query["q"] == ["kerk straat"]


def test_other_gemeenten_are_left_out_even_if_the_service_does_not_filter() -> None:
    pdok = Pdok(records())

    class NoFilter:
        def get(self, url: str) -> Document:
            return pdok.get(url.replace("gemeentecode%3A0268", "type%3Aadres"))

    assert Locatieserver(NoFilter(), "GM0268").find("kerkstraat", None) == KERK


def test_a_street_of_which_one_answer_does_not_hold_all_is_not_guessed() -> None:
    long = [address_record("Langeweg", str(n), "6511BA", KERK) for n in range(150)]
    server = Locatieserver(Pdok(long), "GM0268")
    assert server.find("langeweg", None) is None
    assert server.find("langeweg", "6511BA") == KERK


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b'{"response": 3}', b'{"response": {"numFound": "x", "docs": []}}', b"{}"],
)
def test_another_answer_is_refused_without_showing_it(body: bytes) -> None:
    class Broken:
        def get(self, url: str) -> Document:
            return Document(body)

    with pytest.raises(SourceRefused, match="not one of the Locatieserver") as caught:
        Locatieserver(Broken(), "GM0268").find("kerkstraat", None)
    assert "kerkstraat" not in str(caught.value)


def test_a_code_that_is_none_is_no_answer() -> None:
    body = orjson.dumps(
        {"response": {"numFound": 1, "docs": [address_record("Kerkstraat", "1", "6511AA", "BU1")]}}
    )

    class Odd:
        def get(self, url: str) -> Document:
            return Document(body)

    assert Locatieserver(Odd(), "GM0268").find("kerkstraat", None) is None
