"""The count that must always come out, on the real tables."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import cast

import orjson
import pytest

from domain.rejects import RejectReason
from domain.rows import EventRow
from domain.topics import EVENTS, FIGURES, REJECTED
from tests.warehouse.story import BEGIN, Record, Story, as_record
from tests.warehouse.test_storing import figure
from warehouse.client import Client
from warehouse.counts import read_counts, read_lag
from warehouse.loader.batching import Batch
from warehouse.loader.config import BatchLimits
from warehouse.loader.decoding import Poison
from warehouse.loader.poison import reject
from warehouse.loader.storing import Store, targets

pytestmark = pytest.mark.integration


def store(client: Client, topic: str, *records: Record) -> None:
    Store(client, targets(1), BatchLimits()).store(Batch(topic, records, {}), threading.Event())


def replaced(row: EventRow, **changes: object) -> EventRow:
    return cast(EventRow, row | changes)


def rejected(record: Record) -> Record:
    return Record(REJECTED, record.key, reject(record, Poison("kind", "enum")).value)


def test_an_empty_warehouse_counts_nothing(client: Client) -> None:
    assert read_counts(client) == {}
    assert (read_lag(client).batches, read_lag(client).seconds) == (0, 0.0)


def test_figures_are_stored_and_superseded_like_events_and_touch_no_cell(client: Client) -> None:
    again = orjson.loads(figure(2).value) | {
        "receipt": 3,
        "rev": 2,
        "version": (2 << 32) | 1,
        "value": 7.5,
    }
    store(client, FIGURES, figure(1), figure(2), Record(FIGURES, b"cbs|f2", orjson.dumps(again)))
    counts = read_counts(client)["cbs"]
    assert (counts.stored, counts.superseded, counts.rejected, counts.arrived) == (2, 1, 0, 3)
    assert counts.last_received_at == datetime(2026, 3, 1, tzinfo=UTC)
    assert client.query("SELECT event_id, value FROM figure_current ORDER BY event_id") == [
        ("f1", None),
        ("f2", 7.5),
    ]
    assert read_lag(client).batches == 0


def test_unplaced_is_what_counts_and_for_which_no_wijk_was_found(client: Client) -> None:
    row = next(row for row in Story(5, 20).rows if not row["deleted"])
    levels = [("street", 1), ("street", 0), ("stadsdeel", 1), ("gemeente", 1), ("gemeente", 0)]
    levels += [("withheld", 1), ("withheld", 1)]
    events = [
        as_record(replaced(row, event_id=f"e{n}", receipt=n, match_level=level, counts=counts))
        for n, (level, counts) in enumerate(levels, start=1)
    ]
    store(client, EVENTS, *events)
    counts = read_counts(client)[row["source"]]
    assert counts.by_match_level == {"street": 1, "stadsdeel": 1, "gemeente": 1, "withheld": 2}
    assert (counts.unplaced, counts.stored) == (2, len(levels))


def test_a_reject_counts_once_and_moves_by_itself_when_it_is_repaired(client: Client) -> None:
    record = as_record(Story(5, 1).rows[0])
    source = orjson.loads(record.value)["source"]
    for _ in range(2):
        store(client, REJECTED, rejected(record))
    store(client, REJECTED, rejected(record), rejected(record))
    before = read_counts(client)[source]
    assert (before.stored, before.rejected, before.arrived) == (0, 1, 1)
    assert before.last_received_at == BEGIN + timedelta(days=1)
    store(client, EVENTS, record)
    after = read_counts(client)[source]
    assert (after.stored, after.rejected, after.arrived) == (1, 0, 1)


def test_a_reject_without_a_receipt_is_kept_and_not_counted(client: Client) -> None:
    store(client, EVENTS, Record(EVENTS, b"demo|x", b"{"), as_record(Story(5, 1).rows[0]))
    assert client.query("SELECT source, receipt, reason, record FROM rejected") == [
        ("demo", 0, RejectReason.INVALID.value, "")
    ]
    assert sum(found.rejected for found in read_counts(client).values()) == 0


def test_the_lag_is_that_of_the_oldest_batch_in_waiting(client: Client) -> None:
    rows = Story(6, 20).rows
    counting = [as_record(row) for row in rows if row["counts"] and not row["deleted"]]
    for record in counting[:3]:
        store(client, EVENTS, record)
    lag = read_lag(client)
    assert lag.batches == len({record.value for record in counting[:3]})
    assert lag.seconds >= 0
