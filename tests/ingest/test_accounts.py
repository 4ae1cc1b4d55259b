"""What the audit is told of the outbox: receipts, counters per day, and what still waits."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.topics import Lane
from ingest.accounts import DayAccount, count_waiting, read_accounts, read_issued
from tests.ingest.samples import NOON, draft, open_outbox, poll, source

pytestmark = pytest.mark.slow

DEMO, OTHER = source(), source("other")


def test_before_the_first_start_there_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    assert (read_accounts(path), read_issued(path), count_waiting(path, {"demo": 9})) == ({}, {}, 0)
    path.touch()
    assert (read_accounts(path), read_issued(path), count_waiting(path, {"demo": 9})) == ({}, {}, 0)


def test_accounts_are_kept_per_source_and_day_of_receipt(tmp_path: Path) -> None:
    box = open_outbox(tmp_path, DEMO, OTHER)
    drafts = [draft(name) for name in "abc"]
    box.write(DEMO, Lane.LIVE, poll(*drafts), NOON, None)
    box.write(DEMO, Lane.LIVE, poll(*drafts, draft("d")), NOON + timedelta(days=1), None)
    box.write(OTHER, Lane.BACKFILL, poll(draft("a")), NOON, None)
    found = read_accounts(box.path)
    assert found["demo"].issued == 4
    assert found["demo"].days == {
        date(2026, 3, 1): DayAccount(received=3, duplicate=0),
        date(2026, 3, 2): DayAccount(received=4, duplicate=3),
    }
    assert found["demo"].waiting == ((1, 4),)
    assert found["other"].waiting == ((1, 1),)
    assert read_issued(box.path) == {"demo": 4, "other": 1}
    box.close()


def test_what_waits_is_counted_up_to_a_fence(tmp_path: Path) -> None:
    box = open_outbox(tmp_path, DEMO, OTHER)
    box.write(DEMO, Lane.LIVE, poll(*(draft(f"e{n}") for n in range(10))), NOON, None)
    box.write(OTHER, Lane.LIVE, poll(draft("a")), NOON, None)
    box.trim("demo", [(1, 2), (5, 6)])
    assert read_accounts(box.path)["demo"].waiting == ((3, 4), (7, 10))
    assert count_waiting(box.path, {"demo": 2}) == 0
    assert count_waiting(box.path, {"demo": 7}) == 3
    assert count_waiting(box.path, {"demo": 7, "other": 1, "unknown": 4}) == 4
    box.close()
