from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from streams.fetch_budget import FetchBudget


@dataclass(frozen=True)
class Fetched:
    value: bytes | None
    offset: int = 0
    timestamp: int = 0
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()


def test_small_records_are_bounded_by_number_and_large_ones_by_bytes() -> None:
    budget = FetchBudget(8000, 16_000_000)
    assert budget.records == 8000
    budget.learn([[Fetched(b"x" * 100)] * 50, [Fetched(None)]])
    assert budget.records == 8000
    budget.learn([[Fetched(b"x" * 64_000)] * 10])
    assert budget.records == 250


def test_large_records_are_forgotten_when_no_more_come() -> None:
    budget = FetchBudget(8000, 16_000_000)
    budget.learn([[Fetched(b"x" * 64_000)]])
    for _ in range(60):
        budget.learn([[Fetched(b"x" * 100)]])
    assert budget.records == 8000


@given(
    st.integers(1, 100), st.lists(st.lists(st.integers(0, 5000), min_size=1, max_size=5), max_size=20)
)
def test_a_fetch_like_the_last_one_stays_within_the_budget(most: int, fetches: list[list[int]]) -> None:
    budget = FetchBudget(most, 10_000)
    for sizes in fetches:
        budget.learn([[Fetched(b"x" * size) for size in sizes]])
        assert 1 <= budget.records <= most
        mean = sum(sizes) / len(sizes)
        assert budget.records == 1 or budget.records * mean <= 10_000
