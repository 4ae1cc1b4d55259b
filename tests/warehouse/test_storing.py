"""How a batch becomes durable, against a sink that misbehaves on request."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Terminal, WarehouseUnavailable
from domain.rows import EventRow
from domain.topics import EVENTS, EVENTS_BACKFILL, FIGURES, REJECTED
from tests.support.examples import examples
from tests.warehouse.story import Record, Story, as_record
from warehouse.client import DataRefused
from warehouse.loader.batching import Batch
from warehouse.loader.config import BatchLimits
from warehouse.loader.storing import Abandoned, Step, Store, targets
from warehouse.loader.tokens import batch_token

ROWS = Story(7, 60).rows


class Table:
    """Keeps what is inserted; refuses rows that ``bad`` names, and is away as often as told.

    It forgets repeats of a token, as a table with a dedup window does.
    """

    def __init__(self, bad: Callable[[dict[str, Any]], bool] = lambda _: False, away: int = 0) -> None:
        self.calls: list[tuple[str, str, bytes]] = []
        self.rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self._bad, self._away = bad, away
        self._tokens: set[tuple[str, str]] = set()

    def insert_rows(self, table: str, body: bytes, token: str) -> None:
        self.calls.append((table, token, body))
        if self._away:
            self._away -= 1
            raise WarehouseUnavailable("away", retry_after=timedelta(milliseconds=1))
        rows = [orjson.loads(line) for line in body.split(b"\n")]
        if any(self._bad(row) for row in rows):
            raise DataRefused(27)
        if (table, token) not in self._tokens:
            self._tokens.add((table, token))
            self.rows[table] += rows


def store(sink: Table, records: list[Record], topic: str = EVENTS, **options: Any) -> list[Any]:
    limits = options.pop("limits", BatchLimits())
    abandoned = options.pop("abandoned", threading.Event())
    return Store(sink, targets(1), limits, **options).store(Batch(topic, records, {}), abandoned)


def receipts(rows: list[Any]) -> set[tuple[str, int]]:
    return {(row["source"], row["receipt"]) for row in rows}


def test_rows_go_as_they_came_split_by_month_and_then_what_they_touched() -> None:
    sink = Table()
    records = [as_record(row) for row in ROWS]
    assert {row["bucket"][:7] for row in ROWS} == {"2026-03", "2026-04"}
    durable = store(sink, records)
    assert [table for table, _, _ in sink.calls] == ["event_log", "event_log", "dirty"]
    for _, _, body in sink.calls[:2]:
        lines = body.split(b"\n")
        assert set(lines) <= {record.value for record in records}
        assert len({orjson.loads(line)["bucket"][:7] for line in lines}) == 1
    assert [mark["token"] for mark in sink.rows["dirty"]] == [token for _, token, _ in sink.calls[:2]]
    assert {(row.source, row.receipt) for row in durable} == receipts([dict(row) for row in ROWS])


def test_the_mark_names_the_cells_of_counting_rows_and_the_ids_that_are_not_new() -> None:
    sink = Table()
    store(sink, [as_record(row) for row in ROWS], EVENTS_BACKFILL)
    cells, ids = set(), set()
    for mark in sink.rows["dirty"]:
        assert mark["lane"] == "backfill"
        cells |= set(zip(mark["cells.wijk"], mark["cells.theme"], mark["cells.hour"], strict=True))
        ids |= set(zip(mark["ids.bucket"], mark["ids.source"], mark["ids.event_id"], strict=True))
    counting = [row for row in ROWS if row["counts"] and not row["deleted"]]
    assert cells == {(r["wijk"], r["theme"], r["occurred_at"][:13] + ":00:00") for r in counting}
    assert ids == {
        (r["bucket"], r["source"], r["event_id"]) for r in ROWS if r["rev"] > 1 or r["geo_v"] > 1
    }


def test_a_batch_that_touches_nothing_marks_nothing() -> None:
    sink = Table()
    quiet = next(row for row in ROWS if row["version"] == (1 << 32) | 1 and not row["counts"])
    store(sink, [as_record(quiet)])
    assert [table for table, _, _ in sink.calls] == ["event_log"]


def test_while_clickhouse_is_away_the_same_rows_wait_under_the_same_token() -> None:
    sink = Table(away=3)
    store(sink, [as_record(row) for row in ROWS])
    assert len(set(sink.calls[:4])) == 1
    assert len(sink.rows["event_log"]) == len(ROWS)


@given(st.sets(st.integers(0, len(ROWS) - 1)), st.sets(st.integers(0, len(ROWS) - 1)))
@settings(max_examples=examples(60))
def test_rows_at_fault_are_rejected_and_their_neighbours_are_stored(
    refused: set[int], broken: set[int]
) -> None:
    at_fault = {(ROWS[index]["source"], ROWS[index]["receipt"]) for index in refused}
    sink = Table(
        bad=lambda row: "reason" not in row and (row.get("source"), row.get("receipt")) in at_fault
    )
    records = [
        as_record(EventRow(**(row | {"version": 0})) if index in broken else row)
        for index, row in enumerate(ROWS)
    ]
    durable = store(sink, records)
    bad = {
        index
        for index, row in enumerate(ROWS)
        if index in broken or (row["source"], row["receipt"]) in at_fault
    }
    good = [record.value for index, record in enumerate(records) if index not in bad]
    assert {orjson.dumps(row) for row in sink.rows["event_log"]} == set(good)
    assert receipts(sink.rows["rejected"]) == receipts([dict(ROWS[index]) for index in bad])
    assert {(row.source, row.receipt) for row in durable} == receipts([dict(row) for row in ROWS])
    assert all(row["record"] == "" for row in sink.rows["rejected"])


def test_marks_are_for_what_was_stored_only() -> None:
    target = ROWS[0]
    sink = Table(bad=lambda row: row.get("receipt") == target["receipt"] and "reason" not in row)
    store(sink, [as_record(row) for row in ROWS])
    tokens = {token for table, token, _ in sink.calls if table == "event_log"}
    assert {mark["token"] for mark in sink.rows["dirty"]} <= tokens
    marked = [len(mark["cells.wijk"]) + len(mark["ids.event_id"]) for mark in sink.rows["dirty"]]
    assert all(marked)


def test_too_many_rows_at_fault_are_the_fault_of_the_table() -> None:
    records = [as_record(row) for row in ROWS]
    with pytest.raises(Terminal, match="do not fit table event_log"):
        store(Table(bad=lambda row: "reason" not in row), records, limits=BatchLimits(poison=5))
    broken = [Record(EVENTS, record.key, b"{}") for record in records]
    sink = Table()
    with pytest.raises(Terminal, match="do not fit table event_log"):
        store(sink, broken, limits=BatchLimits(poison=5))
    assert sink.calls == []


def test_a_batch_that_is_not_ours_any_more_is_left_alone() -> None:
    gone = threading.Event()
    gone.set()
    sink = Table()
    with pytest.raises(Abandoned):
        store(sink, [as_record(row) for row in ROWS], abandoned=gone)
    assert sink.calls == []


@pytest.mark.parametrize("step", [Step.DECODED, Step.ROWS, Step.DIRTY, Step.REJECTED])
def test_a_batch_cut_short_anywhere_and_begun_again_gives_the_same(step: Step) -> None:
    records = [*(as_record(row) for row in ROWS), Record(EVENTS, b"demo|x", b"{")]
    whole, cut = Table(), Table()
    store(whole, records)

    def die(at: Step) -> None:
        if at is step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store(cut, records, hook=die)
    store(cut, records)
    assert cut.rows == whole.rows


def test_rejects_and_figures_go_to_their_tables_and_mark_nothing() -> None:
    poisoned = Table()
    store(poisoned, [Record(EVENTS, b"demo|x", b"{", (("receipt", b"9"),))])
    value = orjson.dumps(poisoned.rows["rejected"][0])
    sink = Table()
    (row,) = store(sink, [Record(REJECTED, b"demo|x", value)], REJECTED)
    assert [(table, token) for table, token, _ in sink.calls] == [("rejected", batch_token([row]))]
    sink = Table()
    store(sink, [figure(1), figure(2)], FIGURES)
    assert [table for table, _, _ in sink.calls] == ["figure_log"]


def figure(receipt: int) -> Record:
    value = {"source": "cbs", "event_id": f"f{receipt}", "receipt": receipt, "rev": 1, "geo_v": 1}
    value |= {"version": (1 << 32) | 1, "deleted": 0, "bucket": "2026-03-01", "measure": "m"}
    value |= {"area": "BU02680100", "period_start": "2025-01-01", "period_end": "2026-01-01"}
    value |= {"value": None, "status": "unknown", "lower": None, "upper": None, "unit": "count"}
    value |= {"boundary_year": 2024, "schema_v": 1, "received_at": "2026-03-01 00:00:00.000"}
    return Record(FIGURES, f"cbs|f{receipt}".encode(), orjson.dumps(value))
