"""Pages that are no incident: cancellations, tests, relocations, messages."""

from __future__ import annotations

import pytest

from ingest.p2000.grammar import Grammar
from ingest.p2000.head import Sort


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("p 2 intrekken alarm brw br afval eikweg nijmegen", Sort.CANCEL),
        ("P 1 (Intrekken Alarm Brw) BR woning Eikweg Nijmegen 089191", Sort.CANCEL),
        ("A1 Ambu 08123 Nijmegen Eikweg geannuleerd Rit 12345", Sort.CANCEL),
        ("p 2 test br afval lokaal afhandelen: ja eikstraat nijmegen", Sort.TEST),
        ("p 3 bon-20 testmelding 08 nijmegen west eikseweg nijmegen 089231", Sort.TEST),
        ("P 1 BON-01 (proefalarm) OMS Eikweg Nijmegen 089231", Sort.TEST),
        ("TESTOPROEP MKOB NIJMEGEN", Sort.TEST),
        ("p 2 bon-01 oefening br woning eikweg nijmegen 089231", Sort.EXERCISE),
        ("A2 Ambu 08130 VWS Nijmegen Rit 200771", Sort.RELOCATION),
        ("A2 Ambu 08130 einde vws Nijmegen", Sort.RELOCATION),
        ("Passage Ambulance Eikbrug Nijmegen", Sort.RELOCATION),
        ("posten Nijmegen 082131", Sort.RELOCATION),
        ("dienst overgenomen Nijmegen", Sort.RELOCATION),
        ("Gereserveerd P 1 BR woning Eikweg Nijmegen 082131", Sort.BULLETIN),
        ("contact mkb nijmegen 082131", Sort.CONTACT),
        ("graag contact mka nijmegen", Sort.CONTACT),
        ("graag contact oc ergens. gms 111. nijmegen. vordering 0111.", Sort.CONTACT),
        (
            "gaarne telefonisch contact ovd brandweer nijmegen. dv aan derden eikweg nijmegen",
            Sort.CONTACT,
        ),
        ("svp tel contact met mka nijmegen", Sort.CONTACT),
        ("p 3 bon-04 contact mk ovd-b eikweg nijmegen 089091", Sort.CONTACT),
        ("p 2 tel contact met de 2131 bon-03 oms brandmelding eikweg nijmegen 089091", Sort.CONTACT),
        ("b2 ambu nijmegen graag contact mka", Sort.CONTACT),
        ("graag opnieuw contact ovd nijmegen", Sort.CONTACT),
        ("correctie op een vorig bericht: lees beukweg voor eikweg in nijmegen.", Sort.BULLETIN),
        (
            "er is vandaag iets gevonden aan de eikweg in nijmegen en dat is meer dan wij weten.",
            Sort.BULLETIN,
        ),
    ],
)
def test_pages_that_are_no_incident(grammar: Grammar, text: str, sort: Sort) -> None:
    message = grammar.read(text)
    assert message is not None
    assert message.sort is sort
    if sort is not Sort.CANCEL:
        assert message.category == sort.value
        assert (message.street, message.pc6, message.theme) == (None, None, None)
