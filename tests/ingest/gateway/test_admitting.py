"""What a key is for, what contradicts itself, and what of an event goes on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest

from domain.events import Incident, Inspection, Signal
from domain.places import Location
from ingest.gateway.admitting import Admission
from ingest.gateway.problems import Refused
from ingest.gateway.reading import Mode, read_events
from ingest.protocol import Draft
from streams.events import event_of
from streams.locate import Locator
from streams.tables import build_tables
from tests.ingest.gateway.serving import CLIENT, event, nothing_personal
from tests.ingest.samples import KEYED, NOON
from tests.streams.samples import municipality, raw_event

ADMISSION = Admission(KEYED, nothing_personal)


def drafts(*contents: dict[str, Any], admission: Admission = ADMISSION) -> list[Draft]:
    events = read_events(Mode.BATCH, {}, orjson.dumps(contents), len(contents))
    return admission.drafts(CLIENT, Mode.BATCH, events, NOON)


def refusal(*contents: dict[str, Any], admission: Admission = ADMISSION) -> Refused:
    with pytest.raises(Refused) as refused:
        drafts(*contents, admission=admission)
    return refused.value


def pointers(refused: Refused) -> list[str | None]:
    return [fault.location.pointer for fault in refused.faults]


def test_each_kind_becomes_its_event() -> None:
    signal, incident, inspection = drafts(
        event("a", status="closed"),
        event("b", "incident", service="brandweer", priority="p1", units=2),
        event("c", "inspection", riskClass="high", recheckOn="2026-04-01"),
    )
    assert isinstance(signal.data, Signal)
    assert signal.data.status == "closed"
    assert isinstance(incident.data, Incident)
    assert (incident.data.service, incident.data.priority, incident.data.units) == ("brandweer", "p1", 2)
    assert isinstance(inspection.data, Inspection)
    assert inspection.data.risk_class == "high"


def test_of_what_the_sender_chose_only_keyed_hashes_go_on() -> None:
    (draft,) = drafts(event("Jan.Jansen", "inspection", case="Jan.Jansen-1980"))
    assert isinstance(draft.data, Inspection)
    assert "Jan" not in draft.event_id + draft.data.case
    assert draft.event_id == drafts(event("Jan.Jansen", "inspection", case="x"))[0].event_id


def test_a_pushed_postcode_is_placed_by_the_table_in_use() -> None:
    tables = build_tables(municipality(), 1, streets_csv="wijk,pc6\nBU99010102,1234AB\n")
    known, unknown = drafts(
        event("a", location={"pc6": "1234AB"}), event("b", location={"pc6": "1234ZZ"})
    )
    events = [event_of(raw_event(data=draft.data)) for draft in (known, unknown)]
    places = [place and (place.wijk, place.match_level) for place in Locator(tables)(events)]
    assert places == [("BU99010102", "pc6"), ("GM9901", "gemeente")]


def test_coordinates_are_too_coarse_for_a_house() -> None:
    (draft,) = drafts(event(location={"lat": 51.842123456782, "lon": 5.8612345}))
    assert isinstance(draft.data, Signal)
    assert draft.data.location == Location(lat=51.8421, lon=5.8612)


def test_a_sequence_is_the_revision_and_a_retraction_stays_one() -> None:
    (draft,) = drafts(event() | {"sequence": "7", "sequencetype": "Integer", "deleted": True})
    assert draft.revision == 7
    assert draft.deleted


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"source": "urn:nld:gemeente-nijmegen:systeem:other"}, "/1/source"),
        ({"data": event(theme="drugs")["data"]}, "/1/data/theme"),
        ({"data": event(category="other")["data"]}, "/1/data/category"),
    ],
)
def test_a_key_is_for_its_scope_and_one_fault_refuses_the_batch(
    change: dict[str, Any], where: str
) -> None:
    refused = refusal(event("a"), event("b") | change)
    assert refused.status == 403
    assert pointers(refused) == [where]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"type": "nl.veiligheid.incidenten.incident-gemeld.v1"}, "/0/type"),
        ({"sequence": "7"}, "/0/sequencetype"),
        ({"subject": "WK026801"}, "/0/subject"),
        ({"data": event(location={"lat": 51.8})["data"]}, "/0/data/location"),
        ({"data": event(occurredAt="2026-03-01T12:20:00Z")["data"]}, "/0/data/occurredAt"),
    ],
)
def test_what_contradicts_itself(change: dict[str, Any], where: str) -> None:
    refused = refusal(event() | change)
    assert refused.status == 400
    assert pointers(refused) == [where]


def test_a_clock_may_differ_a_little() -> None:
    ahead = (NOON + timedelta(minutes=14)).isoformat()
    assert drafts(event(occurredAt=ahead))


@pytest.mark.parametrize("field", ["id", "case"])
def test_the_second_net_looks_at_what_the_sender_chose(field: str) -> None:
    admission = Admission(KEYED, lambda text: "number" if "900000004" in text else None)
    content = event("a", "inspection")
    if field == "id":
        content["id"] = "x-900000004"
    else:
        content["data"][field] = "900000004"
    refused = refusal(content, admission=admission)
    assert refused.kind == "privacy"
    assert pointers(refused) == [f"/0/{'data/' if field == 'case' else ''}{field}"]
    assert "900000004" not in refused.problem().decode()
