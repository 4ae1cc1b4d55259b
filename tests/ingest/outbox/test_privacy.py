"""The second net before the outbox: every text of every kind of event, and nothing of what it caught."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast, get_args

import pytest
from pydantic import BaseModel, JsonValue

from domain.events import EventData, Figure, Incident, Inspection, Signal
from domain.places import Location
from domain.rejects import RejectReason
from domain.topics import Lane
from ingest.outbox.privacy import PrivacyNet, text_fields
from ingest.outbox.store import Outbox
from ingest.protocol import Draft, Finding, Repeat, Unreadable
from tests.ingest.samples import KEYED, NOON, draft, poll, source
from tests.support.smuggled import (
    SMUGGLED,
    Smuggled,
    assert_no_trace,
    assert_no_trace_in_files,
    smuggled_into,
)

DEMO = source()
PLACE = Location(
    wijk="BU02680101", stadsdeel="WK026801", gemeente="GM0268", pc6="6511AB", street="molenstraat"
)
EVENTS: tuple[EventData, ...] = (
    Incident(
        occurred_at=NOON, category="brand-gebouw", theme="brand", priority="p1",
        service="brandweer", location=PLACE,
    ),
    Signal(occurred_at=NOON, category="jongerenoverlast", theme="jongerenoverlast", location=PLACE),
    Inspection(
        occurred_at=NOON, category="milieu-controle", theme="brand", location=PLACE, case="zaak-17",
        result="compliant", risk_class="hoog",
    ),
    Figure(
        measure="cbs.47022ned.1-1-1", area="BU02680101", period_start=date(2024, 1, 1),
        period_end=date(2024, 2, 1), boundary_year=2024,
    ),
)  # fmt: skip
KNOWN = [item for item in SMUGGLED if item.net is not None]


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    box = Outbox(tmp_path / "outbox.sqlite", KEYED, "nijmegen", 0.0)
    box.register([DEMO])
    yield box
    box.close()


def unchecked(data: BaseModel, path: str, value: str) -> Any:
    """``data`` with any text at a path of attributes, as a connector with a mistake would make it."""
    first, _, rest = path.partition(".")
    inner = unchecked(getattr(data, first), rest, value) if rest else value
    return data.model_copy(update={first: inner})


def rejected(box: Outbox) -> list[dict[str, Any]]:
    with sqlite3.connect(box.path) as file:
        rows = file.execute("SELECT payload FROM outbox WHERE rejected ORDER BY receipt").fetchall()
    file.close()
    return [json.loads(payload) for (payload,) in rows]


def test_every_kind_of_event_is_known_to_the_test() -> None:
    union = get_args(get_args(EventData)[0])
    assert {type(data) for data in EVENTS} == set(union)


def free_texts(schema: JsonValue, definitions: JsonValue, name: str) -> Iterator[str]:
    """The names of all strings of a JSON Schema that are neither a closed list nor a time."""
    assert isinstance(schema, dict)
    assert isinstance(definitions, dict)
    if isinstance(reference := schema.get("$ref"), str):
        yield from free_texts(definitions[reference.rpartition("/")[2]], definitions, name)
    for option in cast("list[JsonValue]", schema.get("anyOf", [])):
        yield from free_texts(option, definitions, name)
    for key, inner in cast("dict[str, JsonValue]", schema.get("properties", {})).items():
        yield from free_texts(inner, definitions, f"{name}.{key}")
    assert schema.get("type") != "array", "the net does not look into lists yet"
    if schema.get("type") == "string" and not {"enum", "const", "format"} & set(schema):
        yield name


@pytest.mark.parametrize("data", EVENTS, ids=lambda data: str(data.kind))
def test_every_free_text_of_the_published_schema_is_looked_at(data: EventData) -> None:
    schema = data.model_json_schema(by_alias=True)
    named = list(free_texts(schema, schema.get("$defs", {}), "data"))
    assert set(dict(text_fields(type(data))).values()) == set(named)


@pytest.mark.parametrize("data", EVENTS, ids=lambda data: str(data.kind))
def test_each_kind_of_personal_data_in_each_field_is_rejected_with_the_name_of_the_field(
    tmp_path: Path, outbox: Outbox, data: EventData
) -> None:
    places = [*text_fields(type(data)), ("", "id")]
    cases = list(itertools.product(KNOWN, places))
    drafts = [
        Draft(item.value, data) if not path else Draft(f"id-{number}", unchecked(data, path, item.value))
        for number, (item, (path, _)) in enumerate(cases)
    ]
    written = outbox.write(DEMO, Lane.LIVE, poll(*drafts), NOON, None)
    assert written.reasons == {RejectReason.PRIVACY: len(cases)}
    rows = rejected(outbox)
    assert [row["field"] for row in rows] == [name for _, (_, name) in cases]
    assert {(row["reason"], row["code"], row["record"]) for row in rows} == {("privacy", "privacy", "")}
    assert all(row["length"] > 0 and row["value_hash"] for row in rows)
    outbox.trim(DEMO.name, [(1, len(cases))], rejected=True)
    outbox.tidy()
    assert_no_trace_in_files(tmp_path)


def test_what_passes_is_written_as_ever(outbox: Outbox) -> None:
    findings: list[Finding] = [Draft(f"event-{n}", data) for n, data in enumerate(EVENTS)]
    findings += [Repeat("event-0"), Unreadable("x", RejectReason.UNPARSED, "line", 9, "")]
    net = PrivacyNet(KEYED)
    assert [net.checked(finding) for finding in findings] == findings
    written = outbox.write(DEMO, Lane.LIVE, poll(*findings), NOON, None)
    assert (written.issued, written.rejected, written.duplicates) == (5, 1, 1)


def test_the_same_record_again_is_a_duplicate_and_a_corrected_one_an_event(outbox: Outbox) -> None:
    bad = Draft("a", unchecked(EVENTS[0], "location.street", "dhr. de quaestor"))
    first = outbox.write(DEMO, Lane.LIVE, poll(bad), NOON, None)
    again = outbox.write(DEMO, Lane.LIVE, poll(bad), NOON, None)
    other = outbox.write(DEMO, Lane.LIVE, poll(draft("a")), NOON, None)
    assert [(w.issued, w.rejected, w.duplicates) for w in (first, again, other)] == [
        (1, 1, 0),
        (0, 0, 1),
        (1, 0, 0),
    ]


def test_a_retraction_is_looked_at_too(outbox: Outbox) -> None:
    bad = Draft("jan-de-quaestor", EVENTS[0], deleted=True)
    assert outbox.write(DEMO, Lane.LIVE, poll(bad), NOON, None).rejected == 1


def test_what_the_net_does_not_know_would_be_seen_in_the_file(tmp_path: Path, outbox: Outbox) -> None:
    leak = unchecked(EVENTS[0], "location.street", "buurman slaat zijn vrouw weer")
    outbox.write(DEMO, Lane.LIVE, poll(Draft("a", leak)), NOON, None)
    with pytest.raises(AssertionError, match="buurman"):
        assert_no_trace_in_files(tmp_path)


def test_carriers_have_each_item_in_each_string() -> None:
    record: JsonValue = {"a": "x", "b": [{"c": "y", "d": 1}], "e": None}
    carriers = list(smuggled_into(record))
    assert len(carriers) == len(SMUGGLED) * 2 * 2
    assert record == {"a": "x", "b": [{"c": "y", "d": 1}], "e": None}
    assert {carrier.path for carrier in carriers} == {("a",), ("b", 0, "c")}
    for carrier in carriers:
        assert carrier.item.value in json.dumps(carrier.record, ensure_ascii=False)


@pytest.mark.parametrize("item", SMUGGLED, ids=lambda item: item.kind)
def test_every_trace_is_seen_where_its_value_is(item: Smuggled) -> None:
    for trace in item.traces:
        with pytest.raises(AssertionError, match="here"):
            assert_no_trace("here", f"... {item.value.upper()} ...", traces=[trace])
