"""The envelope follows the NL GOV profile for CloudEvents."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from pydantic import BaseModel, ValidationError

from domain.codec import MAX_RAW_BYTES, encode_event
from domain.events import (
    EVENT_TYPES,
    Figure,
    Incident,
    Inspection,
    Kind,
    RawEvent,
    Signal,
    source_name,
    source_urn,
)
from tests.support.examples import examples
from tests.support.strategies import raw_events

REQUIRED_BY_CLOUDEVENTS = {"specversion", "id", "source", "type"}
OPTIONAL_IN_CLOUDEVENTS = {"datacontenttype", "dataschema", "subject", "time"}
SEQUENCE_EXTENSION = {"sequence", "sequencetype"}
OURS = {"rev", "bucket", "deleted"}
ORGANISATIONS = ("nijmegen", "gemeente", "politie", "brandweer", "vrgz", "odrn", "cbs", "wijkbeeld")

MINIMAL = {
    "id": "a",
    "source": "urn:nld:gemeente-nijmegen:systeem:wijkbeeld-p2000",
    "type": "nl.veiligheid.incidenten.incident-gemeld.v1",
    "time": "2026-03-29T00:59:59.123456Z",
    "sequence": "184",
    "rev": 1,
    "bucket": "2026-03-29",
    "data": {"kind": "incident", "occurredAt": "2026-03-29T00:59:00Z", "category": "brand-woning"},
}


def event_with(**changes: object) -> RawEvent:
    return RawEvent.model_validate_json(json.dumps(MINIMAL | changes))


def test_attributes_are_those_of_cloudevents_and_three_of_ours() -> None:
    expected = REQUIRED_BY_CLOUDEVENTS | OPTIONAL_IN_CLOUDEVENTS | SEQUENCE_EXTENSION | OURS | {"data"}
    assert set(RawEvent.model_fields) == expected - {"dataschema"}


def test_attribute_names_are_lower_case_and_at_most_20_long() -> None:
    assert [name for name in RawEvent.model_fields if not re.fullmatch(r"[a-z0-9]{1,20}", name)] == []


def test_required_attributes_have_no_default_but_the_version() -> None:
    for name in REQUIRED_BY_CLOUDEVENTS - {"specversion"}:
        assert RawEvent.model_fields[name].is_required(), name
    assert event_with().specversion == "1.0"


def test_every_kind_has_a_type_and_a_model() -> None:
    models: list[type[BaseModel]] = [Incident, Signal, Inspection, Figure]
    assert set(EVENT_TYPES) == set(Kind)
    assert {Kind(model.model_fields["kind"].default) for model in models} == set(Kind)


@pytest.mark.parametrize("type_", EVENT_TYPES.values())
def test_a_type_is_reverse_dns_with_one_version_and_no_organisation(type_: str) -> None:
    *names, version = type_.split(".")
    assert names[0] == "nl"
    assert len(names) == 4
    assert re.fullmatch(r"v[0-9]+", version)
    assert [name for name in names if re.fullmatch(r"v[0-9]+", name)] == []
    assert [word for word in ORGANISATIONS if word in type_] == []


def test_types_differ() -> None:
    assert len(set(EVENT_TYPES.values())) == len(EVENT_TYPES)


@pytest.mark.parametrize(
    "type_",
    [
        "nl.veiligheid.incidenten.incident-gemeld",
        "nl.veiligheid.incidenten.incident-gemeld.v2",
        "nl.veiligheid.incidenten.v1.incident-gemeld.v1",
        "com.veiligheid.incidenten.incident-gemeld.v1",
    ],
)
def test_another_type_is_refused(type_: str) -> None:
    with pytest.raises(ValidationError):
        event_with(type=type_)


def test_the_source_is_a_urn_of_organisation_and_system() -> None:
    assert source_urn("nijmegen", "p2000") == MINIMAL["source"]
    assert event_with().source.startswith("urn:nld:")


@pytest.mark.parametrize("source", ["p2000", "nld:x:systeem:wijkbeeld-p2000", "urn:nld:x:systeem:p2000"])
def test_a_source_that_is_no_such_urn_is_refused(source: str) -> None:
    with pytest.raises(ValidationError):
        event_with(source=source)


@settings(max_examples=examples(30))
@given(raw_events())
def test_the_source_name_comes_back_out_of_the_urn(event: RawEvent) -> None:
    assert source_urn("nijmegen", source_name(event.source)) == event.source


@settings(max_examples=examples(30))
@given(raw_events())
def test_an_event_fits_in_64_kib(event: RawEvent) -> None:
    assert MAX_RAW_BYTES == 65_536
    assert len(encode_event(event)) <= MAX_RAW_BYTES


@settings(max_examples=examples(30))
@given(raw_events())
def test_wire_names_are_camel_case_and_absent_fields_are_left_out(event: RawEvent) -> None:
    envelope = json.loads(encode_event(event))
    data = envelope["data"]
    location = data.get("location", {})
    assert all(re.fullmatch(r"[a-z][a-zA-Z0-9]*", name) for name in [*data, *location])
    assert None not in [*envelope.values(), *data.values(), *location.values()]


@settings(max_examples=examples(30))
@given(raw_events())
def test_times_are_rfc3339_in_utc(event: RawEvent) -> None:
    envelope = json.loads(encode_event(event))
    times = [envelope["time"]]
    times += [envelope["data"]["occurredAt"]] if "occurredAt" in envelope["data"] else []
    for time in times:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", time), time


@pytest.mark.parametrize(
    "time", ["2026-03-29T01:59:00+01:00", "2026-03-29T01:59:00", "2026-03-29", "yesterday", None]
)
def test_a_time_in_another_zone_or_in_none_is_refused(time: str | None) -> None:
    with pytest.raises(ValidationError):
        event_with(time=time)
    with pytest.raises(ValidationError):
        event_with(data=MINIMAL["data"] | {"occurredAt": time})  # type: ignore[operator]  # a dict above


def test_time_of_logging_and_of_occurrence_are_apart() -> None:
    event = event_with()
    assert isinstance(event.data, Incident)
    assert event.time - event.data.occurred_at == timedelta(seconds=59, microseconds=123456)


@pytest.mark.parametrize("subject", ["BU02680202", "WK026802", "GM0268"])
def test_the_subject_is_an_area(subject: str) -> None:
    assert event_with(subject=subject).subject == subject


@pytest.mark.parametrize("subject", ["Jansen", "BU0268020", "123456782", "BU٠٢٦٨٠٢٠٢", "BU02680202\n"])
def test_the_subject_is_nothing_else(subject: str) -> None:
    with pytest.raises(ValidationError):
        event_with(subject=subject)


@pytest.mark.parametrize("sequence", ["0", "-1", "01", "1.5", "", "x", 7, "1" * 20])
def test_the_sequence_is_a_positive_whole_number_as_text(sequence: object) -> None:
    with pytest.raises(ValidationError):
        event_with(sequence=sequence)


@pytest.mark.parametrize("rev", [0, -1, 2**31])
def test_the_rev_is_a_positive_cloudevents_integer(rev: int) -> None:
    with pytest.raises(ValidationError):
        event_with(rev=rev)


@pytest.mark.parametrize("attribute", ["Rev", "dataref", "traceparent", "naam"])
def test_an_attribute_that_is_not_listed_is_refused(attribute: str) -> None:
    with pytest.raises(ValidationError):
        event_with(**{attribute: "x"})


@pytest.mark.parametrize(
    "data",
    [
        {"occurredAt": "2026-03-29T00:59:00Z", "category": "x"},
        {"kind": "rumour", "occurredAt": "2026-03-29T00:59:00Z", "category": "x"},
        {"kind": "incident", "occurredAt": "2026-03-29T00:59:00Z", "category": "Een hele zin"},
        {"kind": "incident", "occurredAt": "2026-03-29T00:59:00Z", "category": "x", "severity": 6},
        {"kind": "incident", "occurredAt": "2026-03-29T00:59:00Z", "category": "x", "text": "x"},
        {"kind": "incident", "category": "x"},
        {"kind": "inspection", "occurredAt": "2026-03-29T00:59:00Z", "category": "x"},
        "x",
        None,
    ],
)
def test_data_that_is_no_event_is_refused(data: object) -> None:
    with pytest.raises(ValidationError):
        event_with(data=data)


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_a_figure_is_a_number_that_json_can_write(value: float) -> None:
    with pytest.raises(ValidationError):
        Figure(
            measure="cbs.47022ned.0-0-0",
            area="BU02680202",
            period_start=date(2024, 1, 1),
            period_end=date(2025, 1, 1),
            value=value,
            boundary_year=2024,
        )


def test_events_cannot_be_changed() -> None:
    event = event_with()
    with pytest.raises(ValidationError):
        setattr(event, "rev", 2)  # noqa: B010 - mypy knows already that this cannot be
