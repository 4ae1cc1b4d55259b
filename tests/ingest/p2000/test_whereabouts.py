"""Whose page it is."""

from __future__ import annotations

import pytest

from ingest.p2000.grammar import Grammar


@pytest.mark.parametrize(
    "text",
    [
        "A1 12166 Afrit A4 R - Eikdorp 3 Eikdorp",
        "P 2 Buitenbrand Eikstraat Rotterdam 170631",
        "P 1 BDH-02 Ongeval Nijmegenstraat Rotterdam 170631",
        "aanrijding letsel nijmeegseweg arnhem 123456",
        "aanrijding letsel hotel nijmegen eikstraat arnhem 123456",
        "A2 13161 Rit 70824 Hotel Nijmegen Amsterdam Eikseweg",
        # A place of the region, without a unit of ours.
        "p 1 br woning eikstraat wijchen 061234",
        "aanrijding letsel eikstraat wijchen 123456",
        "aanrijding letsel eikstraat wijchen 081234",
        "",
        "???",
    ],
)
def test_pages_of_other_regions(grammar: Grammar, text: str) -> None:
    assert grammar.read(text) is None


@pytest.mark.parametrize(
    ("text", "gemeente"),
    [
        ("p 2 bon-01 oms handmelder loods nijmegen 1 bijsterhuizen wijchen 082331", "GM0296"),
        ("A2 Ambu 08123 DIA Groesbeek Rit 200252", "GM1945"),
        ("p 1 bon-01 br woning eikstraat berg en dal 082331", "GM1945"),
        ("p 1 bon-01 br woning eikstraat lent 082331", "GM0268"),
        ("incident hotel nijmegen-lent hertog eikplein lent 30906", "GM0268"),
        ("p 1 bon-01 hv weg letsel afrit a73 li - wijchen 1a nijmegen 082331", "GM0268"),
        ("p 2 co-melder eikstraat nijmegen 231131", "GM0268"),
        ("A1 6525ZZ 3 Eikplein Zuid Nijmegen Gezondheid 90500", "GM0268"),
    ],
)
def test_whose_page_it_is(grammar: Grammar, text: str, gemeente: str) -> None:
    message = grammar.read(text)
    assert message is not None
    assert message.gemeente == gemeente
