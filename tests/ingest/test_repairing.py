"""A repaired reject is the event that it should have been, under the identity that it had."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.codec import decode_event, encode_data, encode_event
from domain.errors import CodecError, SettingsError
from domain.events import EVENT_TYPES, Figure, Inspection, Kind, Signal, source_urn
from domain.places import Location
from domain.rejects import RejectReason
from ingest.repairing import Fix, Identity, lacks, parse_fix, rebuild
from streams.rejecting import Record, Rejection, reject_row
from tests.streams.samples import RECEIVED, raw_event

IDENTITY = Identity("demo", "a-1", 7, 2, date(2026, 3, 28), RECEIVED)
SLUG = "voorbeeld"
DATA = (
    raw_event().data,
    Signal(occurred_at=RECEIVED, category="lawaai", location=Location(wijk="BU99010101", pc6="6511AA")),
    Inspection(occurred_at=RECEIVED, category="horeca", case="a1", result="compliant", severity=2),
    Figure(
        measure="cbs.1-1-1",
        area="GM0268",
        period_start=date(2025, 1, 1),
        period_end=date(2026, 1, 1),
        value=7.5,
        boundary_year=2024,
    ),
)


def kept_of(event: Any, rejection: Rejection) -> str:
    record = Record("demo", encode_event(event), [], 0)
    return reject_row(record, rejection)["record"]


def repaired(record: str, *fixes: Fix, identity: Identity = IDENTITY) -> dict[str, Any]:
    return dict(orjson.loads(rebuild(identity, record, fixes, SLUG)))


@pytest.mark.parametrize("data", DATA, ids=lambda data: str(data.kind))
@given(
    receipt=st.integers(1, 2**40),
    rev=st.integers(1, 2**31 - 1),
    seconds=st.integers(0, 10**9),
    deleted=st.booleans(),
)
def test_what_streams_kept_becomes_the_same_event_again(
    data: Any, receipt: int, rev: int, seconds: int, deleted: bool
) -> None:
    received = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    event = raw_event(
        data=data,
        type=EVENT_TYPES[Kind(data.kind)],
        sequence=str(receipt),
        rev=rev,
        time=received,
        deleted=deleted,
    )
    identity = Identity("demo", event.id, receipt, rev, event.bucket, received)
    record = kept_of(event, Rejection(RejectReason.INVALID, "", "unexpected"))
    again = decode_event(rebuild(identity, record, [], SLUG))
    assert again.model_dump(exclude={"source", "subject"}) == event.model_dump(
        exclude={"source", "subject"}
    )


@pytest.mark.parametrize("data", DATA, ids=lambda data: str(data.kind))
def test_what_ingest_kept_is_its_data(data: Any) -> None:
    event = decode_event(rebuild(IDENTITY, encode_data(data), [], SLUG))
    assert event.data == data
    assert event.source == source_urn(SLUG, "demo")
    assert (event.id, event.sequence, event.rev, event.bucket) == ("a-1", "7", 2, IDENTITY.bucket)
    assert event.time == RECEIVED


def test_no_record_can_change_the_identity() -> None:
    impostor = raw_event(id="other", sequence="99", rev=9, bucket=date(2020, 1, 1))
    record = kept_of(impostor, Rejection(RejectReason.INVALID, "", "unexpected"))
    event = decode_event(rebuild(IDENTITY, record, [], SLUG))
    assert (event.id, event.sequence, event.rev, event.bucket) == ("a-1", "7", 2, IDENTITY.bucket)


def test_the_time_of_a_future_event_is_kept_for_who_repairs_it() -> None:
    event = raw_event()
    record = kept_of(event, Rejection(RejectReason.FUTURE, "data.occurredAt", "future"))
    assert orjson.loads(record)["data"]["occurredAt"]
    fixed = repaired(record, parse_fix("data.occurredAt=2026-03-29T00:00:00Z"))
    assert fixed["data"]["occurredAt"] == "2026-03-29T00:00:00Z"


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("data.severity=3", Fix(("data", "severity"), 3)),
        ("data.incident.severity=3", Fix(("data", "severity"), 3)),
        ("data.category=brand=huis", Fix(("data", "category"), "brand=huis")),
        ('data.category="brand"', Fix(("data", "category"), "brand")),
        ("data.location.wijk=null", Fix(("data", "location", "wijk"), None)),
        ("deleted=true", Fix(("deleted",), True)),
    ],
)
def test_a_fix_is_read(text: str, fix: Fix) -> None:
    assert parse_fix(text) == fix


@pytest.mark.parametrize(
    "text", ["", "data", "data.severity", "=3", "data=3", "id=x", "rev=1", "sequence=2", "data..x=1"]
)
def test_what_may_not_be_fixed_is_refused_without_the_value(text: str) -> None:
    with pytest.raises(SettingsError, match="--fix"):
        parse_fix(text)


def test_the_value_of_a_wrong_fix_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        parse_fix("source=Jan de Vries")
    assert "Vries" not in str(caught.value)


def test_a_fix_makes_the_way_to_its_field() -> None:
    fixed = repaired('{"kind":"signal"}', Fix(("data", "location", "wijk"), "BU99010101"))
    assert fixed["data"] == {"kind": "signal", "location": {"wijk": "BU99010101"}}
    assert fixed["subject"] == "BU99010101"
    assert "deleted" not in repaired('{"deleted":true}', Fix(("deleted",), None))


@pytest.mark.parametrize(
    ("field", "fixes", "lacking"),
    [
        ("data.incident.location.wijk", [], True),
        ("data.incident.severity", [], False),
        ("data.incident.location.wijk", ["data.location.wijk=BU99010101"], False),
        ("data.incident.location.wijk", ["data.location.wijk=null"], False),
        ("data.incident.location.wijk", ["data.severity=2"], True),
        ("data.incident.location.wijk", ['data.location={"street":"molenstraat"}'], False),
        ("data.incident.*", [], False),
        ("data", [], False),
        ("deleted", [], True),
        ("time", [], False),
        ("", [], False),
    ],
)
def test_a_field_that_was_dropped_must_be_spoken_of(field: str, fixes: list[str], lacking: bool) -> None:
    record = '{"data":{"kind":"incident","severity":3,"location":{"gemeente":"GM0268"}}}'
    assert lacks(record, field, [parse_fix(fix) for fix in fixes]) is lacking


def test_a_record_of_no_kind_is_refused_by_its_data_and_not_by_what_we_made_up() -> None:
    with pytest.raises(CodecError) as caught:
        decode_event(rebuild(IDENTITY, '{"data":{"severity":3}}', [], SLUG))
    assert caught.value.field == "data"
