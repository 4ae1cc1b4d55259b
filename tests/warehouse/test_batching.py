"""When a batch is closed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.warehouse.story import Record
from warehouse.loader.batching import BatchBuilder
from warehouse.loader.config import BatchLimits

LIMITS = BatchLimits(rows=10, size=100, idle=0.1, age=0.25)


def builder() -> BatchBuilder:
    return BatchBuilder("events", LIMITS, max_age=0.25)


def records(number: int, size: int = 1) -> list[Record]:
    return [Record("events", b"", b"x" * size) for _ in range(number)]


def test_an_empty_batch_is_never_due() -> None:
    assert builder().due_at() is None
    empty = builder()
    empty.add(0, [], 5, now=1.0)
    assert (empty.due_at(), len(empty)) == (None, 0)


def test_silence_closes_a_batch_and_a_trickle_does_not_hold_it_open() -> None:
    batch = builder()
    batch.add(0, records(1), 1, now=10.0)
    assert batch.due_at() == 10.1
    batch.add(0, records(1), 2, now=10.08)
    assert batch.due_at() == 10.18
    for tick in range(1, 5):
        batch.add(0, records(1), 2 + tick, now=10.08 + tick / 20)
    assert batch.due_at() == 10.25


def test_a_full_batch_is_due_at_once_and_takes_no_more() -> None:
    by_rows, by_size = builder(), builder()
    by_rows.add(0, records(10), 10, now=10.0)
    by_size.add(0, records(2, size=60), 2, now=10.0)
    assert (by_rows.room, by_size.room) == (0, 0)
    assert (by_rows.due_at(), by_size.due_at()) == (10.0, 10.0)


def test_in_a_rush_a_batch_may_grow_older() -> None:
    batch = BatchBuilder("events", replace(LIMITS, busy_rows=5, busy_age=1.0, idle=9.0), max_age=0.25)

    def due_after(rows: int) -> float | None:
        batch.take()
        batch.add(0, records(1), rows, now=20.0)
        due = batch.due_at()
        batch.add(0, records(rows - 1), rows, now=20.0)
        return due

    assert due_after(5) == 20.25
    assert due_after(4) == 21.0, "after a large one"
    assert due_after(1) == 20.25, "until a small one"


def test_large_rows_leave_room_for_few_more_of_their_size() -> None:
    batch = builder()
    batch.add(0, records(1, size=30), 1, now=10.0)
    assert batch.room == 2
    batch.add(0, records(2, size=30), 3, now=10.0)
    assert batch.room == 1
    batch.take()
    assert batch.room == 3
    for _ in range(30):
        batch.add(0, records(1), 4, now=10.0)
        batch.take()
    assert batch.room == LIMITS.rows


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4))))
def test_a_batch_has_what_was_added_and_commits_behind_it(steps: list[tuple[int, int]]) -> None:
    batch, position = builder(), dict.fromkeys(range(4), 0)
    added: list[Record] = []
    for partition, number in steps:
        news = records(number)
        position[partition] += number
        batch.add(partition, news, position[partition], now=1.0)
        added += news
    closed = batch.take()
    assert list(closed.messages) == added
    assert closed.offsets == {part: at for part, at in position.items() if at}
    assert (len(batch), batch.due_at(), batch.room) == (0, None, LIMITS.rows)
