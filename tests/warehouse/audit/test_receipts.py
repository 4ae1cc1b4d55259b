"""What arrived, by day and by receipt, on the real tables."""

from __future__ import annotations

from datetime import date

import orjson
import pytest

from domain.rows import RejectRow
from tests.support.city_rows import reject
from tests.warehouse.audit.accounts import NOW, GivenOut, account, audit
from tests.warehouse.story import Story
from warehouse.audit import Verdict
from warehouse.audit.receipts import BLOCK, Arrived, day_of, read_arrivals
from warehouse.client import Client

pytestmark = pytest.mark.integration

MONDAY, TUESDAY = "2026-03-30", "2026-03-31"


def insert(client: Client, receipt: int, event_id: str, day: str, rev: int = 1) -> None:
    row = Story(1, 1).rows[0] | {
        "source": "demo",
        "event_id": event_id,
        "receipt": receipt,
        "rev": rev,
        "version": (rev << 32) | 1,
        "bucket": MONDAY,
        "received_at": f"{day} 10:00:00.000",
    }
    client.insert_rows("event_log", orjson.dumps(row), token=f"{receipt}")


def insert_reject(client: Client, receipt: int, received_at: str) -> None:
    row: RejectRow = reject(receipt, "invalid", NOW)
    row["source"], row["received_at"] = "demo", received_at
    client.insert_rows("rejected", orjson.dumps(row), token=f"r{receipt}{received_at}")


def test_an_event_is_stored_on_the_day_of_its_first_receipt_and_superseded_later(client: Client) -> None:
    insert(client, 1, "a", MONDAY)
    insert(client, 2, "b", MONDAY)
    insert(client, 3, "a", TUESDAY, rev=2)
    insert(client, 4, "c", TUESDAY)
    insert_reject(client, 5, f"{TUESDAY} 11:00:00.000")
    insert_reject(client, 5, f"{TUESDAY} 11:00:00.000")
    insert_reject(client, 4, f"{TUESDAY} 10:00:00.000")  # repaired since, and stored
    found = read_arrivals(client, {"demo": 5})["demo"]
    assert found.days == {
        date.fromisoformat(MONDAY): Arrived(2, 0, 0),
        date.fromisoformat(TUESDAY): Arrived(1, 1, 1),
    }
    assert (found.distinct, found.missing) == (5, ())


def test_what_lies_beyond_the_fence_is_not_counted(client: Client) -> None:
    insert(client, 1, "a", MONDAY)
    insert(client, 2, "a", TUESDAY, rev=2)
    found = read_arrivals(client, {"demo": 1, "other": 3})
    assert found["demo"].days == {date.fromisoformat(MONDAY): Arrived(1, 0, 0)}
    assert (found["other"].distinct, found["other"].missing) == (0, ((1, 3),))


def test_a_reject_that_cannot_tell_its_day_is_on_the_day_of_its_receipt(client: Client) -> None:
    insert(client, 1, "a", MONDAY)
    insert_reject(client, 2, "1970-01-01 00:00:00.000")
    ledger = GivenOut({"demo": account({MONDAY: [1], TUESDAY: [2]})})
    report = audit(client, ledger)
    (demo,) = report.sources
    assert (demo.verdict, demo.problems) == (Verdict.CLEAN, ())
    assert [(str(day.day), day.stored, day.rejected, day.in_flight) for day in demo.days] == [
        (MONDAY, 1, 0, 0),
        (TUESDAY, 0, 1, 0),
    ]


def test_missing_receipts_are_found_in_blocks_that_are_whole_broken_and_absent(client: Client) -> None:
    there = "r NOT IN (7, 8, 70000) AND NOT (r > {absent:UInt64} AND r <= {end:UInt64})"
    client.insert_select(
        "INSERT INTO event_log (source, event_id, receipt, rev, version, bucket, received_at)"
        " SELECT 'demo', toString(number), number + 1 AS r, 1, 1, '2026-03-30', '2026-03-30 10:00:00'"
        f" FROM numbers({{rows:UInt64}}) WHERE {there}",
        {"rows": 4 * BLOCK - 3, "absent": 2 * BLOCK, "end": 3 * BLOCK},
    )
    found = read_arrivals(client, {"demo": 4 * BLOCK})["demo"]
    assert found.missing == (
        (7, 8),
        (70000, 70000),
        (2 * BLOCK + 1, 3 * BLOCK),
        (4 * BLOCK - 2, 4 * BLOCK),
    )
    assert found.distinct == 3 * BLOCK - 6


@pytest.mark.parametrize(
    ("receipt", "day"), [(1, MONDAY), (3, MONDAY), (4, TUESDAY), (5, TUESDAY), (9, TUESDAY)]
)
def test_the_day_of_a_receipt_follows_from_how_many_each_day_gave_out(receipt: int, day: str) -> None:
    given = [(date.fromisoformat(MONDAY), 3), (date.fromisoformat(TUESDAY), 2)]
    assert day_of(receipt, given) == date.fromisoformat(day)
