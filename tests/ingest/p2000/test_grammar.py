"""What a page says: service, sort, nature, place, street, units; made-up pages in the real forms."""

from __future__ import annotations

import pytest

from ingest.p2000.grammar import Grammar, Message
from ingest.p2000.head import Service, Sort

TABLE = [
    # text, service, priority, category, street, units
    (
        "P 1 BON-05 Ongeval wegvervoer Eikstraat Nijmegen 089191 082131",
        "brandweer",
        "p1",
        "ongeval-letsel",
        "eikstraat",
        2,
    ),
    ("P 2 BON-12 CO-melder Eikstraat Nijmegen 089191", "brandweer", "p2", "co-melder", "eikstraat", 1),
    (
        "p 2 bon-01 oms brandmelding hotel jansen eikstraat nijmegen 082131",
        "brandweer",
        "p2",
        "automatisch-alarm",
        "eikstraat",
        1,
    ),
    (
        "p 2 oms handmelder eikstraat nijmegen 082131",
        "brandweer",
        "p2",
        "automatisch-alarm",
        "eikstraat",
        1,
    ),
    (
        "p 2 bon-01 luid/optisch al. parkeergarage eikmarkt eikmarkt nijmegen 082131",
        "brandweer",
        "p2",
        "automatisch-alarm",
        "eikmarkt",
        1,
    ),
    (
        "p 1 bon-01 br woning keuken malverte straat nijmegen 082151 089231",
        "brandweer",
        "p1",
        "brand-woning",
        "malvert",
        2,
    ),
    (
        "p 1 bon-01 middel br br bijgebouw berging/garage eikstraat nijmegen 082131",
        "brandweer",
        "p1",
        "brand-bijgebouw",
        "eikstraat",
        1,
    ),
    (
        "P 1 (Middel BR) Gebouwbrand woning Eikstraat Nijmegen 082131",
        "brandweer",
        "p1",
        "brand-woning",
        "eikstraat",
        1,
    ),
    (
        "p 2 bon-03 br berm-/bosschage eikweg nijmegen 082131",
        "brandweer",
        "p2",
        "brand-buiten",
        "eikweg",
        1,
    ),
    (
        "p 1 bon-01 ass. ambu tilassistentie, afhijsen eikstraat nijmegen 082131",
        "brandweer",
        "p1",
        "assistentie-ambulance",
        "eikstraat",
        1,
    ),
    (
        "p 2 bon-01 reanimatie zichtscherm eikweg nijmegen 082131",
        "brandweer",
        "p2",
        "assistentie-ambulance",
        "eikweg",
        1,
    ),
    (
        "p 1 bon-03 stank/hind. lucht gaslucht binnen ovd-b eikstraat nijmegen 082131 089091",
        "brandweer",
        "p1",
        "gaslucht",
        "eikstraat",
        2,
    ),
    (
        "p 2 bon-03 stank/hind. lucht vreemde lucht eikstraat nijmegen 082131",
        "brandweer",
        "p2",
        "stank",
        "eikstraat",
        1,
    ),
    (
        "p 2 bon-03 hv overig gaslekkage buiten eikhof nijmegen 082131",
        "brandweer",
        "p2",
        "gaslekkage",
        "eikhof",
        1,
    ),
    (
        "p 1 bon-02 persoon te water waal links 777,0 nijmegen 089062",
        "brandweer",
        "p1",
        "persoon-te-water",
        None,
        1,
    ),
    (
        "p 1 bon-07 onbegrijpelijk eikstraat nijmegen 082131",
        "brandweer",
        "p1",
        "onbekend",
        "eikstraat",
        1,
    ),
    (
        "aanrijding letsel fiets, personenauto eikstraat nijmegen 123456",
        "politie",
        None,
        "ongeval-letsel",
        "eikstraat",
        0,
    ),
    (
        "Aanrijding letsel ecall:  Eikstraat Nijmegen 123456",
        "politie",
        None,
        "ongeval-letsel",
        "eikstraat",
        0,
    ),
    ("1 Explosie Eikstraat Nijmegen ICnum 700744", "politie", "prio1", "explosie", "eikstraat", 0),
    ("overval bedrijf hotel eik eikweg nijmegen 70467", "politie", None, "overval", "eikweg", 0),
    (
        "inbraak bedrijf/instelling eikweg nijmegen 700118",
        "politie",
        None,
        "inbraak-bedrijf",
        "eikweg",
        0,
    ),
    ("incident nijmegen 60527", "politie", None, "onbekend", None, 0),
    ("A1 13161 Eikstraat 1102 Nijmegen 60412", "ambulance", "a1", "ambulance", "eikstraat", 1),
    (
        "A2 (dia: ja) 08164 Rit 70824 Hotel Eik Nijmegen Eikseweg",
        "ambulance",
        "a2",
        "ambulance",
        "eikseweg",
        1,
    ),
    (
        "A1 Ambu 08123 DIA Nijmegen Eikstraat 12 Rit 200252",
        "ambulance",
        "a1",
        "ambulance",
        "eikstraat",
        1,
    ),
    ("B2 Nijmegen rit: 30945", "ambulance", "b2", "ambulance", None, 0),
    ("a1 ambu 08993 - nijmegen weezenhofe straat", "traumaheli", "a1", "traumaheli", "weezenhof", 1),
    ("a1 ambu 08993 - eikstraat nijmegen rit 300465", "traumaheli", "a1", "traumaheli", "eikstraat", 1),
    (
        "a1 ambu 08993 hv weg letsel eikstraat/beukweg nijmegen rit 1234",
        "traumaheli",
        "a1",
        "traumaheli",
        "beukweg",
        1,
    ),
    (
        "a1 dia 13991 berg en eikseweg nijmegen 100594, regio 08",
        "traumaheli",
        "a1",
        "traumaheli",
        "berg en eikseweg",
        1,
    ),
]


def read(grammar: Grammar, text: str, service: Service | None = None) -> Message:
    message = grammar.read(text, service)
    assert message is not None, text
    return message


@pytest.mark.parametrize(("text", "service", "priority", "category", "street", "units"), TABLE)
def test_incidents(
    grammar: Grammar,
    text: str,
    service: str,
    priority: str | None,
    category: str,
    street: str | None,
    units: int,
) -> None:
    message = read(grammar, text)
    assert message.sort is Sort.INCIDENT
    assert message.service == service
    assert message.priority == priority
    assert message.category == category
    assert message.street == street
    assert len(message.units) == units
    assert message.gemeente == "GM0268"


@pytest.mark.parametrize(
    ("text", "pc6"),
    [
        ("A1 08123 6525ZZ 3 Eikplein Nijmegen", "6525ZZ"),
        ("A1 08123 Eikplein 3, 6525ZZ, Nijmegen", "6525ZZ"),
        ("A1 08123 Eikplein 6525 Nijmegen 67412", None),
        ("p 1 br woning 1000kg eikstraat nijmegen 082131", None),
        ("p 1 br woning 1000kg eikstraat 3 6525zz nijmegen 082131", "6525ZZ"),
        # The letters of a hectare and a kilovolt, where an address has its postcode.
        ("p 1 br woning eikstraat 3 6525ha nijmegen 082131", "6525HA"),
        ("A1 08123 Nijmegen Eikstraat 3 6525KV rit 12345", "6525KV"),
    ],
)
def test_postcode(grammar: Grammar, text: str, pc6: str | None) -> None:
    assert read(grammar, text).pc6 == pc6


@pytest.mark.parametrize(
    "text",
    [
        "A2 Ambu 08123 DIA Nijmegen Eikstraat Rit 276252",
        "A2 (dia: ja) Ambu 08123 Nijmegen Eikstraat Rit 276252",
        "A2 (Directe inzet: ja) 08123 Eikstraat 6525 Nijmegen rit: 276252",
        "A2 08123 Eikstraat Nijmegen Bon 276252",
    ],
)
def test_the_forms_of_an_ambulance(grammar: Grammar, text: str) -> None:
    message = read(grammar, text)
    assert (message.service, message.priority, message.category) == ("ambulance", "a2", "ambulance")
    assert (message.street, message.number, message.units) == ("eikstraat", "276252", ("08123",))


def test_the_nature_first_as_in_the_north(grammar: Grammar) -> None:
    message = read(grammar, "Ongeval/Wegvervoer/Letsel prio 1 Nijmegen Eikweg-Zuid")
    assert (message.service, message.priority, message.category) == (
        "politie",
        "prio1",
        "ongeval-letsel",
    )
    assert (message.street, message.gemeente) == ("eikweg zuid", "GM0268")
    assert grammar.read("Ongeval/Wegvervoer/Letsel prio 1 Assen Nijmegenweg") is None
    assert grammar.read("Ongeval/Wegvervoer/Letsel prio 1 Assen Hotel Nijmegen Eikweg") is None


def test_receivers_tell_the_service_where_the_page_does_not(grammar: Grammar) -> None:
    assert read(grammar, "br woning eikstraat nijmegen").service is Service.POLICE
    assert read(grammar, "br woning eikstraat nijmegen", Service.FIRE).service is Service.FIRE
    assert read(grammar, "a1 08123 nijmegen eikstraat", Service.FIRE).service is Service.AMBULANCE


def test_the_archive_names_the_service_of_a_page_without_a_priority(grammar: Grammar) -> None:
    text = "nijmegen eikstraat"
    assert read(grammar, text, Service.TRAUMA).service is Service.TRAUMA
    assert read(grammar, text, Service.TRAUMA).category == "traumaheli"
    assert read(grammar, "b1 - nijmegen", Service.POLICE).service is Service.AMBULANCE


def test_severity_rises_with_the_scale_and_falls_for_planned_transport(grammar: Grammar) -> None:
    def severity(text: str) -> int | None:
        return read(grammar, text).severity

    assert severity("p 1 br buiten eikstraat nijmegen 082131") == 2
    assert severity("p 1 kleine br br woning eikstraat nijmegen 082131") == 4
    assert severity("p 1 middel br br buiten eikstraat nijmegen 082131") == 4
    assert severity("p 1 grote br br buiten eikstraat nijmegen 082131") == 5
    assert severity("p 1 zeer grote brand br woning eikstraat nijmegen 082131") == 5
    assert severity("A1 08123 Nijmegen Eikstraat") is None
    assert severity("B1 08123 Nijmegen Eikstraat") == 1


def test_a_wijk_that_stands_where_a_street_would(grammar: Grammar) -> None:
    assert read(grammar, "p 2 br buiten hotel jansen goffert nijmegen 082131").street == "goffert"
    assert read(grammar, "p 2 br buiten neerbosch-oost nijmegen 082131").street == "neerbosch-oost"
    assert read(grammar, "p 2 br buiten eikstraat goffert nijmegen 082131").street == "goffert"
    assert read(grammar, "p 2 br buiten de goffert iets nijmegen 082131").street is None
    assert read(grammar, "p 2 oms bijsterhuizen wijchen 082131").street is None


def test_motorways_are_no_priority_and_no_street(grammar: Grammar) -> None:
    message = read(grammar, "aanrijding letsel a73 re 77,3 nijmegen 700301")
    assert (message.street, message.spot, message.number) == (None, "a73 re", "700301")
    assert (
        read(grammar, "a2 li 100,2 aanrijding letsel nijmegen 700301").service is not Service.AMBULANCE
    )


def test_numbers_of_runs_and_incidents(grammar: Grammar) -> None:
    assert read(grammar, "a1 ambu 08993 - nijmegen rit 200140").number == "200140"
    assert read(grammar, "a1 ambu 08993 rit 7894 nijmegen 103,4").number == "7894"
    assert read(grammar, "a1 ambu 08993 nijmegen").number is None
    assert read(grammar, "p 1 br woning eikweg nijmegen 082131").number is None
