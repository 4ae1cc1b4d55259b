"""Laws of the insert token, of receipt ranges and of acknowledgements."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from warehouse.loader.decoding import RejectedRow, Row
from warehouse.loader.tokens import acks, batch_token, to_ranges

KEYS = st.tuples(st.sampled_from(["demo", "p2000"]), st.integers(1, 50), st.integers(1, 3))


def rows(keys: list[tuple[str, int, int]]) -> list[Row]:
    return [Row(b"{}", source, receipt, version, "2026-01-01") for source, receipt, version in keys]


@given(st.lists(KEYS), st.randoms())
def test_order_does_not_change_a_token(keys: list[tuple[str, int, int]], dice: object) -> None:
    shuffled = sorted(keys, key=lambda _: dice.random())  # type: ignore[attr-defined] # random.Random
    assert batch_token(rows(keys)) == batch_token(rows(shuffled))


@given(st.lists(KEYS), st.lists(KEYS))
def test_other_rows_have_another_token(
    one: list[tuple[str, int, int]], other: list[tuple[str, int, int]]
) -> None:
    assert (batch_token(rows(one)) == batch_token(rows(other))) == (sorted(one) == sorted(other))


def test_a_token_does_not_depend_on_the_bytes_or_where_numbers_end() -> None:
    assert batch_token(rows([("a", 1, 12)])) != batch_token(rows([("a", 11, 2)]))
    same = [Row(b"1", "a", 1, 1, "2026-01-01"), Row(b"2", "a", 1, 1, "2026-02-01")]
    assert batch_token(same[:1]) == batch_token(same[1:])


@given(st.lists(st.integers(1, 200)))
def test_ranges_hold_exactly_the_receipts_and_no_two_touch(receipts: list[int]) -> None:
    ranges = to_ranges(receipts)
    held = [number for first, last in ranges for number in range(first, last + 1)]
    assert held == sorted(set(receipts))
    assert all(left[1] + 1 < right[0] for left, right in itertools.pairwise(ranges))


@given(st.lists(KEYS), st.integers(1, 5))
def test_acks_name_every_receipt_once_in_messages_of_bounded_size(
    keys: list[tuple[str, int, int]], size: int
) -> None:
    told: dict[str, list[int]] = {}
    for ack in acks(rows(keys), size):
        assert 1 <= len(ack["ranges"]) <= size
        for first, last in ack["ranges"]:
            told.setdefault(ack["source"], []).extend(range(first, last + 1))
    assert {source: sorted(numbers) for source, numbers in told.items()} == {
        source: sorted({receipt for name, receipt, _ in keys if name == source})
        for source in {name for name, _, _ in keys}
    }


def test_a_record_without_a_receipt_is_not_acknowledged() -> None:
    assert list(acks(rows([("demo", 0, 1), ("demo", 3, 1)]))) == [{"source": "demo", "ranges": [[3, 3]]}]


def test_rejects_are_acknowledged_apart_from_what_is_stored() -> None:
    stored = rows([("demo", 1, 1), ("demo", 3, 1)])
    rejects = [RejectedRow(b"{}", "demo", receipt, 1, "2026-01-01") for receipt in (2, 4)]
    assert list(acks([*stored, *rejects])) == [
        {"source": "demo", "ranges": [[1, 1], [3, 3]]},
        {"source": "demo", "ranges": [[2, 2], [4, 4]], "rejected": True},
    ]
