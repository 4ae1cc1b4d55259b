"""The codec gives back what it was given, and its errors carry nothing of what they refuse."""

from __future__ import annotations

import copy
import json
import traceback
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.codec import (
    decode_event,
    encode_data,
    encode_event,
    encode_event_parts,
    encode_row,
    record_key,
)
from domain.errors import CodecError
from domain.events import Kind, RawEvent
from tests.support.examples import examples
from tests.support.strategies import (
    event_ids,
    figures,
    incidents,
    inspections,
    raw_events,
    signals,
    source_names,
)

SMUGGLED = ["123456782", "Jan de Vries", "0612345678", "jan@voorbeeld.nl", "NL91ABNA0417164300"]


SIGNAL: dict[str, Any] = {
    "id": "a",
    "source": "urn:nld:gemeente-nijmegen:systeem:wijkbeeld-signalen",
    "type": "nl.veiligheid.signalen.signaal-ontvangen.v1",
    "time": "2026-03-29T00:59:59Z",
    "subject": "BU02680202",
    "datacontenttype": "application/json",
    "sequence": "184",
    "rev": 1,
    "bucket": "2026-03-29",
    "deleted": False,
    "data": {
        "kind": "signal",
        "occurredAt": "2026-03-29T00:59:00Z",
        "category": "vuurwerk",
        "theme": "vuurwerk",
        "severity": 2,
        "counts": True,
        "status": "open",
        "location": {
            "wijk": "BU02680202",
            "stadsdeel": "WK026802",
            "gemeente": "GM0268",
            "lat": 51.83,
            "lon": 5.85,
            "pc6": "6521AB",
            "street": "bottendaal",
            "boundaryYear": 2024,
        },
    },
}


@pytest.mark.parametrize("strategy", [incidents(), signals(), inspections(), figures()])
def test_decode_undoes_encode_for_every_kind(strategy: st.SearchStrategy[Any]) -> None:
    @settings(max_examples=examples(60))
    @given(raw_events(strategy))
    def law(event: RawEvent) -> None:
        value = encode_event(event)
        assert decode_event(value) == event
        assert encode_event(decode_event(value)) == value

    law()


@settings(max_examples=examples(50))
@given(raw_events())
def test_an_event_in_parts_has_the_same_bytes(event: RawEvent) -> None:
    parts = encode_event_parts(
        event_id=event.id,
        source=event.source,
        kind=Kind(event.data.kind),
        time=event.time,
        subject=event.subject,
        receipt=int(event.sequence),
        rev=event.rev,
        bucket=event.bucket,
        deleted=event.deleted,
        data=encode_data(event.data),
    )
    assert parts == encode_event(event)


@given(st.binary(max_size=300))
def test_any_bytes_give_an_event_or_a_codec_error(value: bytes) -> None:
    with pytest.raises(CodecError):
        decode_event(value)


@given(raw_events(), st.data())
def test_a_damaged_record_gives_an_event_or_a_codec_error(event: RawEvent, data: st.DataObject) -> None:
    value = bytearray(encode_event(event))
    at = data.draw(st.integers(0, len(value) - 1))
    value[at] = data.draw(st.integers(0, 255))
    try:
        decode_event(bytes(value))
    except CodecError as error:
        assert error.code


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"rev": None}, "rev", "int_type"),
        ({"time": "gisteren"}, "time", "datetime_from_date_parsing"),
        ({"data": {"kind": "rumour"}}, "data", "union_tag_invalid"),
        ({"data": {"kind": "incident"}}, "data.incident.occurredAt", "missing"),
        ({"naam": "x"}, "*", "extra_forbidden"),
    ],
)
def test_the_error_names_the_field_and_the_cause(
    change: dict[str, object], field: str, code: str
) -> None:
    with pytest.raises(CodecError) as caught:
        decode_event(json.dumps(SIGNAL | change).encode())
    assert (caught.value.field, caught.value.code) == (field, code)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_json_have_no_field() -> None:
    with pytest.raises(CodecError) as caught:
        decode_event(b"EEN PRIO 1 MELDING")
    assert (caught.value.field, caught.value.code) == ("", "json_invalid")


def test_python_names_are_not_wire_names() -> None:
    record: dict[str, Any] = copy.deepcopy(SIGNAL)
    record["data"]["occurred_at"] = record["data"].pop("occurredAt")
    with pytest.raises(CodecError):
        decode_event(json.dumps(record).encode())


def _paths(node: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, value in node.items():
        yield (*above, name)
        if isinstance(value, dict):
            yield from _paths(value, (*above, name))


def _placed(path: tuple[str, ...], value: object) -> bytes:
    record = copy.deepcopy(SIGNAL)
    node = record
    for name in path[:-1]:
        node = node[name]
    node[path[-1]] = value
    return json.dumps(record, ensure_ascii=False).encode()


def _everything_a_log_could_show(error: BaseException) -> str:
    """Return the texts of an error, of all that it hangs on to, and of its traceback."""
    texts, chain = [], [error]
    while chain:
        link = chain.pop()
        texts += [str(link), repr(link), repr(link.args), repr(vars(link))]
        texts += traceback.format_exception(link)
        chain += [other for other in (link.__cause__, link.__context__) if other is not None]
        assert len(texts) < 1_000
    return "\n".join(texts)


def _refusal(value: bytes) -> CodecError:
    with pytest.raises(CodecError) as caught:
        decode_event(value)
    return caught.value


@pytest.mark.parametrize("secret", SMUGGLED)
@pytest.mark.parametrize("path", list(_paths(SIGNAL)), ids=".".join)
def test_no_error_carries_a_value(path: tuple[str, ...], secret: str) -> None:
    # A dict in place of any field is refused everywhere, whatever the field would take as text.
    error = _refusal(_placed(path, {secret: [secret]}))
    shown = _everything_a_log_could_show(error)
    assert secret not in shown
    assert error.__cause__ is None
    assert error.__context__ is None


@pytest.mark.parametrize("secret", SMUGGLED)
@pytest.mark.parametrize("path", [("data", "kind"), ("specversion",), ("data", "status"), ("time",)])
def test_no_error_quotes_a_text(path: tuple[str, ...], secret: str) -> None:
    # Values of closed lists and of times, which validators like to quote.
    assert secret not in _everything_a_log_could_show(_refusal(_placed(path, f"{secret} belt")))


@pytest.mark.parametrize("secret", SMUGGLED)
@pytest.mark.parametrize("above", [(), ("data",), ("data", "location")])
def test_no_error_carries_the_name_of_an_unknown_field(above: tuple[str, ...], secret: str) -> None:
    error = _refusal(_placed((*above, secret), "x"))
    assert secret not in _everything_a_log_could_show(error)
    assert error.field.endswith("*")


@pytest.mark.parametrize("secret", SMUGGLED)
def test_no_error_quotes_what_is_no_json(secret: str) -> None:
    for value in (secret, f'{{"id": "{secret}', f'{{"id": {secret}x}}', f'["{secret}"]', f'"{secret}"'):
        assert secret not in _everything_a_log_could_show(_refusal(value.encode()))


@given(
    st.sampled_from(sorted(_paths(SIGNAL))),
    st.text(min_size=1).map(lambda tail: f"geheim-{tail}"),
    st.sampled_from(["key", "value", "list", "sibling"]),
)
def test_no_error_carries_any_text(path: tuple[str, ...], secret: str, shape: str) -> None:
    value: object = {"key": {secret: 1}, "value": {"x": secret}, "list": [secret]}.get(shape, "x")
    place = (*path[:-1], secret) if shape == "sibling" else path
    assert "geheim-" not in _everything_a_log_could_show(_refusal(_placed(place, value)))


@given(source_names(), event_ids())
def test_a_key_is_that_of_one_event(source: str, event_id: str) -> None:
    assert record_key(source, event_id).decode().split("|", 1) == [source, event_id]


@given(
    st.dictionaries(st.text(), st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text())
)
def test_a_row_is_one_line_of_json(row: dict[str, object]) -> None:
    line = encode_row(row)
    assert b"\n" not in line
    assert orjson.loads(line) == row
