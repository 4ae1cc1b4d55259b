"""The three modes, and where a fault is said to be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from ingest.gateway.problems import Refused
from ingest.gateway.reading import Mode, mode_of, read_events
from tests.ingest.gateway.serving import BATCH, STRUCTURED, event


def binary(content: dict[str, Any], **more: str) -> tuple[dict[str, str], bytes]:
    attributes = {f"ce-{name}": value for name, value in content.items() if name != "data"}
    return attributes | more, orjson.dumps(content["data"])


def faults(mode: Mode, body: object, headers: dict[str, str] | None = None) -> list[tuple[str, str]]:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    with pytest.raises(Refused) as refused:
        read_events(mode, headers or {}, raw, 10)
    assert refused.value.status == 400
    return [
        (str(fault.location.pointer if fault.where == "body" else fault.location.name), fault.code)
        for fault in refused.value.faults
    ]


@pytest.mark.parametrize("kind", ["signal", "incident", "inspection"])
def test_all_modes_give_the_same_event(kind: str) -> None:
    content = event("a-1", kind) | {"sequence": "3", "sequencetype": "Integer", "deleted": True}
    (structured,) = read_events(Mode.STRUCTURED, {}, orjson.dumps(content), 1)
    (batched,) = read_events(Mode.BATCH, {}, orjson.dumps([content]), 1)
    headers, body = binary(content | {"deleted": "true"})
    (plain,) = read_events(Mode.BINARY, headers, body, 1)

    assert structured == batched == plain
    assert structured.data.occurred_at == datetime(2026, 3, 1, 11, 30, tzinfo=UTC)
    assert structured.deleted


def test_a_header_is_percent_decoded() -> None:
    headers, body = binary(event(), **{"ce-id": "a%2D1"})
    assert read_events(Mode.BINARY, headers, body, 1)[0].id == "a-1"


@pytest.mark.parametrize(
    ("media", "mode"),
    [
        (STRUCTURED, Mode.STRUCTURED),
        (f"{BATCH}; charset=UTF-8", Mode.BATCH),
        ('Application/JSON; charset="utf-8"', Mode.BINARY),
    ],
)
def test_the_mode_is_told_by_the_media_type(media: str, mode: Mode) -> None:
    assert mode_of({"content-type": media}) is mode


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/json; charset=latin-1"},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
def test_another_kind_of_body_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        mode_of(headers)
    assert refused.value.status == 415


def test_an_unknown_field_is_named_only_where_the_name_is_common() -> None:
    wrong = event(email="x", Voornaam="y", janjansen="z") | {"jan": 1}
    assert sorted(faults(Mode.STRUCTURED, wrong)) == [
        ("/*", "extra_forbidden"),
        ("/data/*", "extra_forbidden"),
        ("/data/email", "extra_forbidden"),
        ("/data/voornaam", "extra_forbidden"),
    ]


def test_a_fault_in_a_batch_says_which_event() -> None:
    wrong = [event(), event(theme="nothing"), event(occurredAt="2026-03-01T12:00:00")]
    assert faults(Mode.BATCH, wrong) == [
        ("/1/data/theme", "enum"),
        ("/2/data/occurredAt", "timezone_aware"),
    ]


@pytest.mark.parametrize("digits", ["999990342", 999990342, "86400", 86400])
def test_digits_are_no_date(digits: str | int) -> None:
    wrong = event("a-1", "inspection", occurredAt=digits, recheckOn=digits)
    assert faults(Mode.STRUCTURED, wrong | {"time": digits}) == [
        ("/time", "date_form"),
        ("/data/occurredAt", "date_form"),
        ("/data/recheckOn", "date_form"),
    ]


def test_a_fault_in_binary_mode_says_which_header() -> None:
    headers, body = binary(event(units=3), **{"ce-type": "x", "ce-jan": "y"})
    assert sorted(faults(Mode.BINARY, body, headers)) == [
        ("*", "extra_forbidden"),
        ("/units", "extra_forbidden"),
        ("ce-type", "literal_error"),
    ]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null", b"1", b'"x"', b"{}", b"[]", b"[[]]"]
)
@pytest.mark.parametrize("mode", list(Mode))
def test_whatever_the_body_is_it_is_one_refusal(mode: Mode, body: bytes) -> None:
    assert faults(mode, body)


def test_a_batch_has_a_bound() -> None:
    assert faults(Mode.BATCH, [event(str(n)) for n in range(11)]) == [("", "batch_size")]


@pytest.mark.parametrize("name", ["ce-data", "ce-datacontenttype"])
def test_what_stands_elsewhere_in_binary_mode_is_no_header(name: str) -> None:
    headers, body = binary(event(), **{name: "{}"})
    assert faults(Mode.BINARY, body, headers) == [("*", "extra_forbidden")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("severity", "3"),
        ("severity", 6),
        ("severity", True),
        ("counts", "yes"),
        ("category", "two words"),
        ("category", "x" * 65),
        ("occurredAt", 1_700_000_000),
        ("occurredAt", "yesterday"),
        ("location", {"street": "molenstraat"}),
        ("location", {"lat": 91, "lon": 5}),
        ("location", {"wijk": "BU0268010"}),
        ("location", None),
    ],
)
def test_the_models_are_closed(field: str, value: Any) -> None:
    (fault,) = faults(Mode.STRUCTURED, event("a-1", "signal", **{field: value}))
    assert fault[0].startswith(f"/data/{field}")
