"""Rejects on the real engine: found by what is known of them, emptied for good, gone once stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import cast

import orjson
import pytest

from domain.rejects import RECORD_KEPT, RejectReason
from domain.rows import RejectRow, clickhouse_time
from tests.warehouse.story import Story
from warehouse.client import Client
from warehouse.rejects import (
    RejectFilter,
    count_rejects,
    discard,
    list_kept_keys,
    list_rejects,
    read_kept,
)

pytestmark = pytest.mark.integration

NOW = datetime.now(UTC).replace(microsecond=0)
RECORD = '{"kind":"signal"}'


def row(receipt: int, age: timedelta = timedelta(hours=1), **other: object) -> RejectRow:
    usual = {
        "source": "demo",
        "event_id": f"e{receipt}",
        "receipt": receipt,
        "rev": 1,
        "bucket": (NOW - age).date().isoformat(),
        "reason": "invalid",
        "field": "data.theme",
        "code": "missing",
        "length": 321,
        "value_hash": "",
        "record": RECORD,
        "received_at": clickhouse_time(NOW - age),
        "schema_v": 1,
    }
    return cast(RejectRow, usual | other)


def insert(client: Client, *rows: RejectRow) -> None:
    for number, each in enumerate(rows):
        client.insert_rows("rejected", orjson.dumps(each), f"{each['receipt']}-{number}")


@pytest.fixture
def some(client: Client) -> Client:
    insert(
        client,
        row(1),
        row(2, timedelta(hours=5), field="data.category", code="string_type"),
        row(3, timedelta(days=3), reason="future", source="p2000"),
        row(4, timedelta(days=3), reason="privacy", record=""),
        row(5, RECORD_KEPT + timedelta(hours=1)),
    )
    return client


def receipts(client: Client, chosen: RejectFilter) -> set[int]:
    return {reject.receipt for reject in list_rejects(client, chosen, 100)}


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (RejectFilter(), {1, 2, 3, 4, 5}),
        (RejectFilter(source="p2000"), {3}),
        (RejectFilter(source="demo", receipt=2), {2}),
        (RejectFilter(source="p2000", receipt=2), set()),
        (RejectFilter(reason=RejectReason.PRIVACY), {4}),
        (RejectFilter(field="data.category"), {2}),
        (RejectFilter(code="missing", since=NOW - timedelta(days=4)), {1, 3, 4}),
        (RejectFilter(since=NOW - timedelta(hours=5)), {1, 2}),
        (RejectFilter(until=NOW - timedelta(hours=5)), {3, 4, 5}),
        (RejectFilter(field="' OR 1 = 1 --"), set()),
    ],
)
def test_each_filter_chooses_what_it_says(
    some: Client, chosen: RejectFilter, expected: set[int]
) -> None:
    assert receipts(some, chosen) == expected
    assert {kept.reject.receipt for kept in read_kept(some, chosen, 100)} == expected
    assert sum(group.n for group in count_rejects(some, chosen)) == len(expected)


def test_causes_are_counted_with_what_can_be_repaired(some: Client) -> None:
    groups = {
        (group.source, group.reason, group.field): group for group in count_rejects(some, RejectFilter())
    }
    invalid = groups["demo", "invalid", "data.theme"]
    # The record of the fifth is too old, whether the engine has emptied it or not.
    assert (invalid.n, invalid.kept) == (2, 1)
    assert invalid.last_at == NOW - timedelta(hours=1)
    assert groups["demo", "privacy", "data.theme"].kept == 0


def test_records_come_in_pages_without_a_gap(some: Client) -> None:
    seen, after = [], ("", 0)
    while page := read_kept(some, RejectFilter(), 2, after):
        seen += [(kept.reject.source, kept.reject.receipt, kept.record) for kept in page]
        after = seen[-1][:2]
    assert seen == [
        ("demo", 1, RECORD),
        ("demo", 2, RECORD),
        ("demo", 4, ""),
        ("demo", 5, ""),
        ("p2000", 3, RECORD),
    ]


def test_single_ones_come_newest_first_and_no_more_than_asked_for(some: Client) -> None:
    assert [reject.receipt for reject in list_rejects(some, RejectFilter(), 2)] == [1, 2]


def test_a_discarded_record_is_gone_from_every_part_and_its_row_stays(some: Client) -> None:
    insert(some, row(1, length=322))  # the same reject in another part
    discard(some, [("demo", 1), ("p2000", 3)])
    assert receipts(some, RejectFilter()) == {1, 2, 3, 4, 5}
    left = some.query("SELECT source, receipt FROM rejected WHERE record != '' AND receipt < 5")
    assert left == [("demo", 2)]
    assert list_kept_keys(some, RejectFilter(since=NOW - RECORD_KEPT)) == [("demo", 2)]


@pytest.mark.parametrize("log", ["event_log", "figure_log"])
def test_what_was_stored_since_is_no_reject_any_more(
    some: Client, log: str, client_of: Callable[[str], Client]
) -> None:
    if log == "event_log":
        stored = {**Story(1, 1, ("demo",)).rows[0], "receipt": 2, "event_id": "e2"}
    else:
        stored = {"source": "demo", "event_id": "e2", "receipt": 2, "rev": 1, "version": 1}
        stored |= {"bucket": NOW.date().isoformat()}
    some.insert_rows(log, orjson.dumps(stored), "stored")
    assert receipts(some, RejectFilter()) == {1, 3, 4, 5}
    assert [kept.reject.receipt for kept in read_kept(some, RejectFilter(receipt=2), 10)] == []
    assert ("demo", 2) not in list_kept_keys(some, RejectFilter())
