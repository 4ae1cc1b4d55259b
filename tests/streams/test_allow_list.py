"""What is kept of a rejected record."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.codec import MAX_RAW_BYTES, decode_event, encode_event
from domain.events import EVENT_TYPES, Figure, Inspection, Kind, RawEvent, Signal
from domain.places import Location
from domain.rejects import RejectReason
from streams.allow_list import MAX_KEPT_TEXT, allow_listed
from streams.rejecting import Record, Rejection, reject_row
from tests.streams.samples import RECEIVED, raw_event

NAME, PHONE = "Jan de Vries", "0612345678"
SECRETS = (NAME, PHONE, "jan.devries@voorbeeld.nl", "Korte Straat 12")
DATA = (
    raw_event().data,
    Signal(occurred_at=RECEIVED, category="lawaai", location=Location(lat=51.8, lon=5.8, pc6="6511AA")),
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
# Every text field with a pattern or a form; a street is any text without digits, up to 60 characters.
SHAPED = [
    *((name,) for name in ("id", "source", "type", "time", "subject", "sequence", "bucket")),
    *(("data", name) for name in ("kind", "occurredAt", "category", "theme", "service", "priority")),
    *(("data", "location", name) for name in ("wijk", "stadsdeel", "gemeente", "pc6")),
    *((name,) for name in ("specversion", "datacontenttype", "sequencetype", "rev", "deleted")),
    *(("data", name) for name in ("severity", "counts", "units")),
    *(("data", "location", name) for name in ("lat", "lon", "boundaryYear")),
]
texts = st.sampled_from(SECRETS)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
anything = st.recursive(
    texts | st.none() | st.booleans() | numbers | st.text(),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(texts | st.text(), part, max_size=3),
    max_leaves=8,
)


def document(event: RawEvent) -> dict[str, Any]:
    return dict(orjson.loads(encode_event(event)))


def event_of(data: Any) -> RawEvent:
    return raw_event(data=data, type=EVENT_TYPES[Kind(data.kind)])


def put(whole: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    for name in path[:-1]:
        whole = whole.setdefault(name, {})
    whole[path[-1]] = value


def has(whole: Any, path: tuple[str, ...]) -> bool:
    for name in path:
        if not isinstance(whole, dict) or name not in whole:
            return False
        whole = whole[name]
    return True


def is_clean(kept: str) -> bool:
    return not any(secret in kept for secret in SECRETS) and not re.search("vries|6123456", kept)


@pytest.mark.parametrize("data", DATA, ids=lambda data: data.kind.value)
def test_of_an_event_all_is_kept(data: Any) -> None:
    event = event_of(data)
    assert decode_event(allow_listed(document(event), "").encode()) == event


@pytest.mark.parametrize("data", DATA, ids=lambda data: data.kind.value)
@given(unknown=st.sampled_from(("melder", "naam", NAME, PHONE, "toelichting")), value=anything)
def test_an_unknown_field_is_never_kept(data: Any, unknown: str, value: object) -> None:
    good = document(event_of(data))
    for path in ((unknown,), ("data", unknown), ("data", "location", unknown)):
        smuggling = document(event_of(data))
        put(smuggling, path, value)
        kept = orjson.loads(allow_listed(smuggling, ".".join((*path[:-1], "*"))))
        kept["data"].get("location") or kept["data"].pop("location", None)
        good["data"].get("location") or good["data"].pop("location", None)
        assert kept == good


@pytest.mark.parametrize("path", SHAPED, ids=".".join)
@given(secret=texts, wrap=st.sampled_from(("plain", "list", "object")))
def test_a_known_field_that_fails_its_pattern_is_not_kept(
    path: tuple[str, ...], secret: str, wrap: str
) -> None:
    value = {"plain": secret, "list": [secret], "object": {secret: secret, "wijk": secret}}[wrap]
    if path in {("id",)} and secret == PHONE:
        return  # by itself a valid id
    if path[-1] in {"category", "theme", "priority"} and secret in {PHONE, SECRETS[2]}:
        secret = NAME  # digits, or an address without its sign, are a valid term
        value = NAME
    if path == ("sequence",):
        value = NAME
    smuggling = document(raw_event())
    put(smuggling, path, value)
    # Nothing names the field: it may be the second one at fault.
    kept = allow_listed(smuggling, "subject")
    assert is_clean(kept)
    assert not has(orjson.loads(kept), path)


@given(secret=texts)
def test_no_field_is_kept_that_is_a_text_of_many_words_but_the_street(secret: str) -> None:
    smuggling = document(raw_event())
    put(smuggling, ("data", "location", "street"), f"{NAME} {PHONE}")
    put(smuggling, ("data", "location", "wijk"), {"naam": secret})
    put(smuggling, ("data", "kind"), secret)
    assert is_clean(allow_listed(smuggling, "data"))


@pytest.mark.parametrize(
    ("refused", "path"),
    [
        ("data.incident.category", ("data", "category")),
        ("data.incident.location.wijk", ("data", "location", "wijk")),
        ("data.occurredAt", ("data", "occurredAt")),
        ("data.figure.area.constrained-str", ("data", "area")),
        ("type", ("type",)),
        ("source", ("source",)),
    ],
)
def test_the_field_at_fault_is_not_kept_whatever_it_holds(refused: str, path: tuple[str, ...]) -> None:
    whole = document(event_of(DATA[3] if "figure" in refused else DATA[0]))
    assert has(whole, path)
    kept = orjson.loads(allow_listed(whole, refused))
    assert not has(kept, path)
    assert has(kept, ("rev",))


def test_data_of_an_unknown_kind_may_have_the_fields_of_any() -> None:
    whole = document(raw_event())
    whole["data"] |= {"kind": "gesprek", "measure": "cbs.1", "result": "compliant", "naam": NAME}
    kept = orjson.loads(allow_listed(whole, "data"))["data"]
    assert (kept["measure"], kept["result"], kept["units"]) == ("cbs.1", "compliant", 2)
    assert not kept.keys() & {"kind", "naam"}


def test_data_of_a_known_kind_has_its_own_fields_only() -> None:
    whole = document(raw_event())
    whole["data"] |= {"measure": "cbs.1", "case": PHONE}
    assert not orjson.loads(allow_listed(whole, ""))["data"].keys() & {"measure", "case"}


def test_digits_are_no_time_and_a_long_text_is_not_kept() -> None:
    whole = document(raw_event())
    whole["time"], whole["bucket"] = PHONE, "1767225600"
    whole["data"]["occurredAt"] = 612345678
    whole["source"] = "urn:nld:" + "a" * MAX_KEPT_TEXT + ":systeem:wijkbeeld-demo"
    kept = orjson.loads(allow_listed(whole, ""))
    assert not kept.keys() & {"time", "bucket", "source"}
    assert "occurredAt" not in kept["data"]


@given(st.dictionaries(st.sampled_from(("id", "data", "time", "naam")), anything, max_size=4))
def test_any_json_is_pruned_without_an_error(whole: dict[str, Any]) -> None:
    kept = allow_listed(whole, "")
    assert kept == "" or orjson.loads(kept).keys() <= {"id", "time", "data"}


@pytest.mark.parametrize(
    "value", [b"\xff\x00" + NAME.encode(), b"[1]", b'"Jan"', b"{}", b'{"naam":"' + NAME.encode() + b'"}']
)
def test_what_has_nothing_of_ours_keeps_nothing(value: bytes) -> None:
    row = reject_row(Record("demo", value, [], 0), Rejection(RejectReason.INVALID, "", "json_invalid"))
    assert row["record"] == ""


def test_what_is_too_large_or_private_keeps_nothing() -> None:
    good = encode_event(raw_event())
    large = good[:-1] + b',"x":"' + b"x" * MAX_RAW_BYTES + b'"}'
    too_large = Rejection(RejectReason.TOO_LARGE, "", "bytes")
    assert reject_row(Record("demo", large, [], 0), too_large)["record"] == ""
    private = Rejection(RejectReason.PRIVACY, "", "phone")
    assert reject_row(Record("demo", good, [], 0), private)["record"] == ""


def test_the_rows_id_is_an_id_or_nothing() -> None:
    why = Rejection(RejectReason.INVALID, "id", "string_pattern_mismatch")
    value = orjson.dumps({"id": NAME})
    row = reject_row(Record("demo", value, [("ce_id", SECRETS[3].encode())], 0), why)
    assert (row["event_id"], row["record"]) == ("", "")


def test_a_number_of_more_than_64_bits_is_not_kept() -> None:
    assert allow_listed({"rev": 2**64, "sequence": "1"}, "id") == '{"sequence":"1"}'
