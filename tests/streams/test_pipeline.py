"""Exactly one event, figure or reject per record, with the right contents, whatever the records hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, get_type_hints

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.codec import MAX_RAW_BYTES, encode_event
from domain.events import Figure, Incident, Inspection, RawEvent, Signal
from domain.places import Location, MatchLevel
from domain.rows import EventRow, FigureRow, RejectRow, clickhouse_time, pack_version
from domain.themes import THEMES, Theme
from streams.chunk import Chunk, Outgoing
from streams.classify import Classifier
from streams.encode import RowEncoder
from streams.events import event_of
from streams.locate import Locator
from streams.pipeline import Pipeline
from streams.tables import build_tables
from tests.streams.samples import RECEIVED, chunk_of, encoded, headers_for, municipality, raw_event
from tests.support.strategies import raw_events

PIPELINE = Pipeline(build_tables(municipality(), 7))


def rows_of(parts: Sequence[Outgoing]) -> dict[str, list[dict[str, Any]]]:
    return {part.topic: [orjson.loads(value) for value in part.values] for part in parts}


def only_row(value: bytes, topic: str = "events") -> dict[str, Any]:
    rows = rows_of(PIPELINE(chunk_of([value])))
    assert list(rows) == [topic]
    return rows[topic][0]


def test_an_incident_becomes_a_row() -> None:
    assert only_row(encode_event(raw_event(5, rev=3, deleted=True))) == {
        "source": "demo",
        "event_id": "e5",
        "receipt": 5,
        "rev": 3,
        "geo_v": 7,
        "version": pack_version(3, 7),
        "deleted": 1,
        "counts": 1,
        "bucket": "2026-03-29",
        "kind": "incident",
        "theme": "brand",
        "category": "brand-woning",
        "severity": 4,
        "occurred_at": "2026-03-29 00:30:05.123",
        "received_at": "2026-03-29 00:30:05.123",
        "wijk": "BU99010101",
        "stadsdeel": "WK990101",
        "gemeente": "GM9901",
        "match_level": "code",
        "boundary_year": 2024,
        "service": "brandweer",
        "priority": "p1",
        "attrs": '{"units":2}',
        "schema_v": 1,
    }


@given(raw_events())
def test_rows_have_the_contracts_columns_and_the_events_values(event: RawEvent) -> None:
    value = encode_event(event)
    chunk = Chunk(
        "raw." + event.source.rpartition("-")[2], 0, 0, 0, [b"k"], [value], [headers_for(1)], [0]
    )
    parts = PIPELINE(Chunk(**{**_fields(chunk), "topic": "raw." + _source(event)}))
    (topic,) = rows_of(parts)
    row = rows_of(parts)[topic][0]
    contract = {"events": EventRow, "figures": FigureRow, "rejected": RejectRow}[topic]
    assert list(row) == list(get_type_hints(contract))
    assert row["source"] == _source(event)
    if topic == "rejected":
        assert row["reason"] == "future"
        return
    assert (row["event_id"], row["receipt"], row["rev"]) == (event.id, int(event.sequence), event.rev)
    assert row["received_at"] == clickhouse_time(event.time)
    if not isinstance(event.data, Figure):
        assert row["occurred_at"] == clickhouse_time(event.data.occurred_at)
        assert row["theme"] in {theme.value for theme in THEMES}
        assert row["match_level"] in {level.value for level in MatchLevel}
        assert row["boundary_year"] == municipality().boundary_year


def _fields(chunk: Chunk) -> dict[str, Any]:
    return {name: getattr(chunk, name) for name in Chunk.__slots__}


def _source(event: RawEvent) -> str:
    return event.source.partition(":wijkbeeld-")[2]


def happening(**changes: Any) -> bytes:
    fields: dict[str, Any] = {
        "occurred_at": RECEIVED,
        "category": "x",
        "location": Location(wijk="BU99010101"),
    }
    return encode_event(raw_event(data=Signal(**(fields | changes))))


def test_a_theme_that_is_not_ours_becomes_overig_with_its_severity() -> None:
    row = only_row(happening(theme="iets-anders"))
    assert (row["theme"], row["severity"]) == ("overig", int(THEMES[Theme.OVERIG].severity))
    assert only_row(happening())["theme"] == "overig"


def test_a_source_may_give_its_own_severity() -> None:
    assert only_row(happening(theme="brand", severity=1))["severity"] == 1


def test_a_sensitive_theme_is_counted_for_the_whole_gemeente() -> None:
    row = only_row(happening(theme="huiselijk-geweld"))
    assert (row["wijk"], row["stadsdeel"], row["gemeente"]) == ("GM9901", "", "GM9901")
    assert row["match_level"] == "withheld"


def test_particulars_of_each_kind() -> None:
    assert only_row(happening(status="closed", counts=False))["attrs"] == '{"status":"closed"}'
    assert only_row(happening(counts=False))["counts"] == 0
    inspection = Inspection(
        occurred_at=RECEIVED,
        category="horeca",
        case="c1",
        result="major-breach",
        recheck_on=RECEIVED.date(),
    )
    row = only_row(encode_event(raw_event(data=inspection)))
    assert orjson.loads(row["attrs"]) == {
        "case": "c1",
        "result": "major-breach",
        "recheck_on": "2026-03-29",
    }
    incident = Incident(occurred_at=RECEIVED, category="x")
    assert only_row(encode_event(raw_event(data=incident)))["priority"] == ""


def test_a_figure_goes_to_its_own_topic() -> None:
    figure = Figure(
        measure="cbs.1-1-1",
        area="WK990101",
        period_start=RECEIVED.date(),
        period_end=RECEIVED.date() + timedelta(days=1),
        value=12.5,
        boundary_year=2023,
    )
    row = only_row(encode_event(raw_event(data=figure)), "figures")
    assert (row["area"], row["value"], row["boundary_year"]) == ("WK990101", 12.5, 2023)


def test_street_and_postcode_go_no_further() -> None:
    value = happening(location=Location(street="geheimstraat", pc6="1234AB", lat=52.1, lon=5.1))
    (part,) = PIPELINE(chunk_of([value]))
    assert b"geheim" not in part.values[0]
    assert b"1234AB" not in part.values[0]
    assert b"52.1" not in part.values[0]


def test_headers_and_keys_are_the_events_own() -> None:
    (part,) = PIPELINE(chunk_of(encoded(2)))
    assert part.partition == 2
    assert part.keys == [b"demo|e1", b"demo|e2"]
    assert dict(part.headers[1]) == {
        "content-type": b"application/json",
        "ce_specversion": b"1.0",
        "ce_source": b"urn:nld:gemeente-voorbeeld:systeem:wijkbeeld-demo",
        "ce_type": b"nl.veiligheid.incidenten.incident-gemeld.v1",
        "ce_id": b"e2",
    }


def test_a_backfill_stays_in_its_lane() -> None:
    (part,) = PIPELINE(chunk_of(encoded(1), topic="raw.demo.backfill"))
    assert part.topic == "events.backfill"


@given(st.lists(st.sampled_from([*encoded(3), b"", b"\xff", b"{}", b"x" * (MAX_RAW_BYTES + 1), None])))
def test_one_outcome_per_record(values: list[bytes | None]) -> None:
    parts = PIPELINE(chunk_of(values))
    assert sum(len(part.values) for part in parts) == len(values)
    keys = [key for part in parts for key in part.keys]
    assert sorted(map(str, keys)) == sorted(str(key) for key in chunk_of(values).keys)
    assert PIPELINE(chunk_of(values)) == parts


def test_poison_keeps_the_identity_of_its_headers_and_no_bytes() -> None:
    good = encoded(3)
    rows = rows_of(PIPELINE(chunk_of([good[0], b"\xff\x00 secret", good[2]])))
    assert [row["event_id"] for row in rows["events"]] == ["e1", "e3"]
    assert rows["rejected"] == [
        {
            "source": "demo",
            "event_id": "e2",
            "receipt": 2,
            "rev": 0,
            "bucket": "2026-03-29",
            "reason": "invalid",
            "field": "",
            "code": "json_invalid",
            "length": 9,
            "value_hash": "",
            "record": "",
            "received_at": "2026-03-29 00:30:05.123",
            "schema_v": 1,
        }
    ]


def test_a_reject_that_is_json_keeps_what_the_models_know() -> None:
    good = encode_event(raw_event(1, rev=4))
    value = good.replace(b'"units":2', b'"units":-2,"note":"jan de vries 0612345678"')
    row = only_row(value, "rejected")
    assert (row["reason"], row["field"], row["rev"]) == ("invalid", "data.incident.*", 4)
    assert row["record"] == good.replace(b',"units":2', b"").decode()


def test_what_is_too_large_is_not_kept() -> None:
    row = only_row(b'{"id":"' + b"x" * MAX_RAW_BYTES + b'"}', "rejected")
    assert (row["reason"], row["record"], row["length"]) == ("too_large", "", MAX_RAW_BYTES + 9)


def test_a_stage_that_fails_at_a_record_rejects_that_one_only(monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = Pipeline(build_tables(municipality(), 7))
    encode = pipeline._encode

    def failing(source: str, events: Any, places: Any) -> Any:
        if any(event.id == "e3" for event in events):
            raise ZeroDivisionError
        return encode(source, events, places)

    monkeypatch.setattr(pipeline, "_encode", failing)
    rows = rows_of(pipeline(chunk_of(encoded(5))))
    assert [row["event_id"] for row in rows["events"]] == ["e1", "e2", "e4", "e5"]
    assert [(row["receipt"], row["code"]) for row in rows["rejected"]] == [(3, "unexpected")]


@given(st.lists(raw_events(), max_size=8), st.integers(1, 2**32 - 1))
def test_the_encoder_writes_what_plain_encoding_would(events: list[RawEvent], geo_v: int) -> None:
    classify = Classifier(geo_v, 2024)
    encode = RowEncoder(classify, geo_v)
    plain = [event_of(event) for event in events]
    places = Locator(build_tables(municipality(), geo_v))(plain)
    expected = [orjson.dumps(row) for row in classify("demo", plain, places)]
    assert encode("demo", plain, places) == expected
    assert encode("demo", plain, places) == expected, "also with the forms it knows by now"
