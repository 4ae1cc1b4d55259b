"""What the loader must know of a row, and which records are no rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_type_hints

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rows import EventRow, clickhouse_time, pack_version
from tests.warehouse.story import Record, Story
from warehouse.loader.decoding import (
    EventLine,
    Poison,
    checked_day,
    checked_hour,
    decode_figure,
    decode_reject,
    event_decoder,
)
from warehouse.loader.poison import reject

ROW: dict[str, Any] = dict(Story(1, 1).rows[0]) | {
    "rev": 1,
    "geo_v": 1,
    "version": pack_version(1, 1),
    "deleted": 0,
    "counts": 1,
    "occurred_at": "2026-03-29 01:59:59.999",
    "wijk": "BU02680100",
    "theme": "brand",
}


def decoded(**changes: Any) -> Any:
    return event_decoder(1)(orjson.dumps(ROW | changes))


def test_a_first_version_names_its_cell_and_needs_no_look_up() -> None:
    row = decoded()
    assert row.cell == ("BU02680100", "brand", "2026-03-29 01:00:00")
    assert row.identity is None
    assert (row.source, row.receipt, row.version) == (ROW["source"], ROW["receipt"], (1 << 32) | 1)


@pytest.mark.parametrize(
    "changes", [{"rev": 2, "version": pack_version(2, 1)}, {"geo_v": 2, "version": pack_version(1, 2)}]
)
def test_another_version_has_its_older_places_looked_up(changes: dict[str, int]) -> None:
    row = decoded(**changes)
    assert row.cell is not None
    assert row.identity == (ROW["bucket"], ROW["source"], ROW["event_id"])


@pytest.mark.parametrize("changes", [{"counts": 0}, {"deleted": 1}])
def test_what_does_not_count_has_no_cell(changes: dict[str, int]) -> None:
    assert decoded(**changes).cell is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("source", 7),
        ("source", ""),
        ("event_id", None),
        ("receipt", 0),
        ("receipt", "1"),
        ("receipt", 1.0),
        ("rev", 0),
        ("geo_v", -1),
        ("version", 1),
        ("deleted", 2),
        ("counts", True),
        ("wijk", None),
        ("theme", 3),
        ("bucket", "2026-02-30"),
        ("bucket", "2026-2-3"),
        ("occurred_at", "2026-03-29 24:00:00.000"),
        ("occurred_at", "2026-03-29 01:75:00.000"),
        ("occurred_at", "2026-03-29T01:15:00.000"),
        ("occurred_at", "1969-12-31 23:59:59.999"),
        ("occurred_at", "2106-01-01 00:00:00.000"),
        ("occurred_at", 5),
    ],
)
def test_the_field_at_fault_is_named(field: str, value: object) -> None:
    # `version` is what contradicts `rev` and `geo_v`, when these are whole numbers in range.
    with pytest.raises(Poison) as caught:
        decoded(**{field: value})
    assert caught.value.field == field
    assert str(value) not in str(caught.value) or value in (0, 1, 2, 3, 5, 7, "", "1", 1.0)


@pytest.mark.parametrize("value", [None, b"", b"[]", b"{", b'{"a":1}\n{"b":2}', b"\xff\xfe", b"7"])
def test_bytes_that_are_no_object_are_poison(value: bytes | None) -> None:
    for decode in (event_decoder(1), decode_figure, decode_reject):
        with pytest.raises(Poison):
            decode(value)


@pytest.mark.parametrize("column", sorted(ROW))
def test_every_column_must_be_there(column: str) -> None:
    decode = event_decoder(1)
    decode(orjson.dumps(ROW))
    with pytest.raises(Poison) as caught:
        decode(orjson.dumps({name: value for name, value in ROW.items() if name != column}))
    assert (caught.value.field, caught.value.code) == (column, "missing")


def test_a_column_of_a_newer_program_is_let_through() -> None:
    assert decoded(new_column=1).cell is not None


@given(st.integers(0, 135 * 365 * 86_400_000))
def test_the_hour_is_the_time_cut_to_its_hour(milliseconds: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    hour = moment.replace(minute=0, second=0, microsecond=0)
    assert checked_hour(clickhouse_time(moment), "x") == clickhouse_time(hour)[:19]
    assert checked_day(clickhouse_time(moment)[:10], "x") == moment.date().isoformat()


@given(st.text(max_size=24))
def test_no_text_is_taken_for_a_time_by_mistake(text: str) -> None:
    with pytest.raises(Poison):
        checked_hour(text, "x")


def test_a_reject_keeps_identity_and_no_content() -> None:
    value = orjson.dumps(ROW | {"occurred_at": "secret", "attrs": "secret"})
    row = reject(Record("events", b"demo|id-0", value), Poison("occurred_at", "time"))
    entry = orjson.loads(row.value)
    assert b"secret" not in row.value
    assert (entry["source"], entry["event_id"], entry["receipt"], entry["bucket"]) == (
        ROW["source"],
        ROW["event_id"],
        ROW["receipt"],
        ROW["bucket"],
    )
    assert (entry["reason"], entry["field"], entry["code"]) == ("invalid", "occurred_at", "time")
    assert decode_reject(row.value)[1:4] == row[1:4]


def test_a_record_in_ruins_is_known_by_its_key_and_header() -> None:
    message = Record("events", b"p2000|ab.c", b"{", (("ce_sequence", b"77"),))
    entry = orjson.loads(reject(message, Poison("", "json")).value)
    assert (entry["source"], entry["event_id"], entry["receipt"]) == ("p2000", "ab.c", 77)
    assert (entry["bucket"], entry["record"]) == ("1970-01-01", "")


@pytest.mark.parametrize("key", [None, b"", b"\xff|\xff", b"NOT A SOURCE|\n"])
def test_what_has_not_its_form_is_not_kept(key: bytes | None) -> None:
    value = orjson.dumps({"source": "Jan Jansen", "event_id": "a b", "receipt": -1, "bucket": "x"})
    entry = orjson.loads(reject(Record("events", key or b"", value), Poison("", "json")).value)
    assert (entry["source"], entry["event_id"], entry["receipt"]) == ("unknown", "", 0)


def test_a_line_has_the_columns_of_a_row_with_their_types() -> None:
    assert get_type_hints(EventLine) == get_type_hints(EventRow)
