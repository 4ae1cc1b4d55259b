"""Ranges of receipts are sets."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from warehouse.audit.ranges import Range, merged, size, without

RANGES = st.lists(
    st.tuples(st.integers(1, 60), st.integers(0, 12)).map(lambda pair: (pair[0], pair[0] + pair[1])),
    max_size=8,
)


def members(ranges: list[Range]) -> set[int]:
    return {receipt for first, last in ranges for receipt in range(first, last + 1)}


@given(RANGES)
def test_merged_ranges_are_the_same_set_in_order_and_apart(ranges: list[Range]) -> None:
    out = merged(ranges)
    assert members(out) == members(ranges)
    assert all(one[1] + 1 < other[0] for one, other in itertools.pairwise(out))
    assert size(out) == len(members(ranges))


@given(RANGES, RANGES)
def test_without_is_the_difference_of_the_sets(ranges: list[Range], taken: list[Range]) -> None:
    out = without(ranges, taken)
    assert members(out) == members(ranges) - members(taken)
    assert size(out) == len(members(out))
