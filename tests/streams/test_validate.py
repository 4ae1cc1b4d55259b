from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.codec import MAX_RAW_BYTES, decode_event, encode_event
from domain.errors import CodecError
from domain.events import EVENT_TYPES, Kind, RawEvent, source_name
from domain.rejects import RejectReason
from streams.events import Event, Incident, event_of, read_event
from streams.rejecting import Rejection
from streams.validate import Validator
from tests.streams.samples import RECEIVED, SOURCE, headers_for, raw_event
from tests.support.strategies import raw_events

VALIDATOR = Validator()


def check(value: bytes | None, source: str = SOURCE) -> Event | Rejection:
    found = VALIDATOR(source, [value], [headers_for(1)])
    assert found.indexes == ([0] if found.events else [])
    return found.events[0] if found.events else found.rejected[0]


def plain(event: Event) -> object:
    return msgspec.to_builtins(event)


@given(raw_events())
def test_what_a_connector_writes_is_read_as_the_model_reads_it(event: RawEvent) -> None:
    value = encode_event(event)
    found = check(value, source_name(event.source))
    if isinstance(found, Rejection):
        assert found.reason is RejectReason.FUTURE
    else:
        assert plain(found) == plain(event_of(decode_event(value)))


@given(raw_events(), st.data())
def test_the_fast_reader_never_takes_what_the_model_refuses(
    event: RawEvent, data: st.DataObject
) -> None:
    document = orjson.loads(encode_event(event))
    target = data.draw(
        st.sampled_from([document, document["data"], document["data"].get("location") or document])
    )
    key = data.draw(st.sampled_from(sorted(target)) | st.text(max_size=8))
    junk = (
        st.none()
        | st.booleans()
        | st.integers(-(2**40), 2**40)
        | st.floats()
        | st.text(max_size=12)
        | st.lists(st.none())
    )
    times = st.sampled_from(
        ["2026-02-30T10:00:00Z", "2026-03-29T02:30:00+01:00", "2026-03-29T24:00:00Z", "1774746005", ""]
    )
    target[key] = data.draw(junk | times)
    value = orjson.dumps(document)
    found = check(value, source_name(event.source))
    try:
        model = decode_event(value)
    except CodecError as error:
        assert isinstance(found, Rejection)
        if error.field != "type":
            assert (found.reason, found.field, found.code) == (
                RejectReason.INVALID,
                error.field,
                error.code,
            )
    else:
        if not isinstance(found, Rejection):
            assert plain(found) == plain(event_of(model))


def test_times_in_another_form_are_still_read() -> None:
    document = orjson.loads(encode_event(raw_event()))
    document["time"] = "2026-03-29 00:30:05.1234567+00:00"
    found = check(orjson.dumps(document))
    assert isinstance(found, Event)
    assert found.time == datetime(2026, 3, 29, 0, 30, 5, 123457, UTC)


def test_the_same_bytes_are_the_same_event_known_or_not() -> None:
    document = orjson.loads(encode_event(raw_event()))
    document["time"] = "2026-03-29T00:30:05.1234567Z"
    value = orjson.dumps(document)
    validator = Validator()
    first, second = validator(SOURCE, [value, value], [headers_for(1), headers_for(1)]).events
    assert first == second


def test_the_output_of_a_connector_takes_the_fast_way() -> None:
    found = read_event(encode_event(raw_event()))
    assert isinstance(found.data, Incident)
    assert found.data.service == "brandweer"


@pytest.mark.parametrize(
    ("value", "reason", "field", "code"),
    [
        (None, RejectReason.INVALID, "", "empty"),
        (b"\x00\xff\xfe not json", RejectReason.INVALID, "", "json_invalid"),
        (b"[]", RejectReason.INVALID, "", "model_type"),
        (b"x" * (MAX_RAW_BYTES + 1), RejectReason.TOO_LARGE, "", "bytes"),
    ],
)
def test_poison_is_rejected_with_its_reason(
    value: bytes | None, reason: RejectReason, field: str, code: str
) -> None:
    assert check(value) == Rejection(reason, field, code)


def test_a_record_without_our_codec_is_rejected() -> None:
    value = encode_event(raw_event())
    expected = Rejection(RejectReason.SCHEMA_VERSION, "header.codec", "unknown")
    found = VALIDATOR(SOURCE, [value, value, value], [[], [("codec", b"2")], headers_for(3)])
    assert found.rejected == {0: expected, 1: expected}
    assert found.indexes == [2]


def test_an_unknown_version_of_the_event_is_no_mere_mistake() -> None:
    value = encode_event(raw_event()).replace(b"gemeld.v1", b"gemeld.v2")
    assert check(value) == Rejection(RejectReason.SCHEMA_VERSION, "type", "string_pattern_mismatch")


def test_the_type_must_be_that_of_the_kind() -> None:
    event = raw_event(type=EVENT_TYPES[Kind.SIGNAL])
    assert check(encode_event(event)) == Rejection(
        RejectReason.SCHEMA_VERSION, "type", "not_of_this_kind"
    )


def test_a_source_cannot_speak_for_another() -> None:
    assert isinstance(check(encode_event(raw_event())), Event), "known as right for its own topic"
    expected = Rejection(RejectReason.INVALID, "source", "not_of_this_topic")
    assert check(encode_event(raw_event()), "p2000") == expected


@pytest.mark.parametrize(
    ("late", "rejected"),
    [
        (timedelta(0), False),
        (timedelta(minutes=15), False),
        (timedelta(minutes=15, milliseconds=1), True),
        (timedelta(days=400), True),
    ],
)
def test_the_future_begins_after_a_quarter_of_an_hour(late: timedelta, rejected: bool) -> None:
    data = raw_event().data.model_copy(update={"occurred_at": RECEIVED + late})
    found = check(encode_event(raw_event(data=data)))
    assert isinstance(found, Rejection) is rejected
    if isinstance(found, Rejection):
        assert found == Rejection(RejectReason.FUTURE, "data.occurredAt", "future")
