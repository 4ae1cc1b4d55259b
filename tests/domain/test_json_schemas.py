"""The committed JSON Schemas are those of the models, and say the same as the models do."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types
from jsonschema.validators import validator_for  # type: ignore[import-untyped]  # likewise

from domain.codec import decode_event, encode_event, encode_row
from domain.errors import CodecError, SettingsError
from domain.events import RawEvent
from domain.json_schemas import render_schemas
from domain.rows import AckRow, EventRow, FigureRow, RejectRow, clickhouse_time, pack_version
from tests.domain.test_codec import SIGNAL
from tests.support.examples import examples
from tests.support.strategies import raw_events
from wijkbeeld.schemas import write_schemas

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "schemas"
NOW = clickhouse_time(datetime(2026, 3, 29, 1, 2, 3, tzinfo=UTC))


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(
        json.loads((COMMITTED / name).read_text(encoding="utf-8")),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def test_the_committed_schemas_are_those_of_the_models() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in COMMITTED.iterdir()}
    assert committed == render_schemas(), "run `make schemas` and commit docs/schemas"


@pytest.mark.parametrize("name", sorted(render_schemas()))
def test_each_is_a_schema_of_its_dialect(name: str) -> None:
    schema = json.loads(render_schemas()[name])
    assert validator_for(schema) is Draft202012Validator
    Draft202012Validator.check_schema(schema)


RAW_EVENT = validator("raw-event.v1.json")


@settings(max_examples=examples(50))
@given(raw_events())
def test_every_event_on_the_wire_is_valid(event: RawEvent) -> None:
    assert list(RAW_EVENT.iter_errors(json.loads(encode_event(event)))) == []


@pytest.mark.parametrize(
    "change",
    [
        {"id": "a b"},
        {"id": None},
        {"specversion": "0.3"},
        {"type": "nl.veiligheid.incidenten.incident-gemeld.v2"},
        {"rev": 0},
        {"rev": 2**31},
        {"sequence": "0"},
        {"subject": "Jansen"},
        {"naam": "x"},
        {"data": {}},
        {"data": SIGNAL["data"] | {"kind": "rumour"}},
        {"data": SIGNAL["data"] | {"severity": 6}},
        {"data": SIGNAL["data"] | {"text": "x"}},
        {"data": SIGNAL["data"] | {"category": "Een hele zin"}},
        {"data": SIGNAL["data"] | {"location": {"lat": 91}}},
        {"data": SIGNAL["data"] | {"location": {"street": "graafseweg 12"}}},
    ],
    ids=str,
)
def test_schema_and_codec_refuse_the_same(change: dict[str, Any]) -> None:
    record = SIGNAL | change
    assert not RAW_EVENT.is_valid(record)
    with pytest.raises(CodecError):
        decode_event(json.dumps(record).encode())


def test_schema_and_codec_take_the_same() -> None:
    assert RAW_EVENT.is_valid(SIGNAL)
    assert decode_event(json.dumps(SIGNAL).encode()).id == SIGNAL["id"]


EVENT: EventRow = {
    "source": "p2000",
    "event_id": "a",
    "receipt": 184,
    "rev": 1,
    "geo_v": 1,
    "version": pack_version(1, 1),
    "deleted": 0,
    "counts": 1,
    "bucket": "2026-03-29",
    "kind": "incident",
    "theme": "brand",
    "category": "brand-woning",
    "severity": 4,
    "occurred_at": NOW,
    "received_at": NOW,
    "wijk": "BU02680202",
    "stadsdeel": "WK026802",
    "gemeente": "GM0268",
    "match_level": "street",
    "boundary_year": 2024,
    "service": "brandweer",
    "priority": "p1",
    "attrs": "{}",
    "schema_v": 1,
}
FIGURE: FigureRow = {
    "source": "politie",
    "event_id": "a",
    "receipt": 1,
    "rev": 1,
    "geo_v": 1,
    "version": pack_version(1, 1),
    "deleted": 0,
    "bucket": "2026-03-29",
    "measure": "cbs.47022ned.0-0-0",
    "area": "BU02680202",
    "period_start": "2024-01-01",
    "period_end": "2025-01-01",
    "value": None,
    "status": "withheld",
    "lower": None,
    "upper": None,
    "unit": "count",
    "boundary_year": 2024,
    "received_at": NOW,
    "schema_v": 1,
}
REJECT: RejectRow = {
    "source": "p2000",
    "event_id": "a",
    "receipt": 185,
    "rev": 1,
    "bucket": "2026-03-29",
    "reason": "invalid",
    "field": "data.theme",
    "code": "missing",
    "length": 321,
    "value_hash": "",
    "record": "{}",
    "received_at": NOW,
    "schema_v": 1,
}
ACK: AckRow = {"source": "p2000", "ranges": [[1, 184], [186, 186]]}
ROWS: list[tuple[str, EventRow | FigureRow | RejectRow | AckRow]] = [
    ("event-row.v1.json", EVENT),
    ("figure-row.v1.json", FIGURE),
    ("reject-row.v1.json", REJECT),
    ("ack-row.v1.json", ACK),
]


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_rows_are_valid_and_every_field_is_needed(name: str, row: dict[str, object]) -> None:
    check = validator(name)
    wire = json.loads(encode_row(row))
    assert list(check.iter_errors(wire)) == []
    for field in wire:
        assert not check.is_valid({k: v for k, v in wire.items() if k != field}), field
        assert not check.is_valid(wire | {field: {"no": "such type"}}), field


def test_writing_makes_the_folder_and_says_what_it_wrote(tmp_path: Path) -> None:
    written = write_schemas(tmp_path / "deep" / "schemas")
    assert {path.name: path.read_text(encoding="utf-8") for path in written} == render_schemas()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=r"schemas: cannot write to .*file/schemas: "):
        write_schemas(tmp_path / "file" / "schemas")
