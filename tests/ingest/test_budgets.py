"""A budget is exceeded exactly when enough of successive receipts are rejects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import SettingsError
from domain.rejects import RejectReason
from ingest.budgets import Breach, Budget, parse_budgets

budgets = st.builds(
    Budget,
    share=st.none() | st.floats(0.01, 1),
    among=st.integers(1, 12),
    run=st.none() | st.integers(1, 6),
)
receipts = st.sets(st.integers(1, 40)).map(sorted)


def most_among(rejected: list[int], among: int) -> int:
    """The most rejects that any window of ``among`` successive receipts holds, counted one by one."""
    held = set(rejected)
    return max(sum(first + n in held for n in range(among)) for first in range(1 - among, 42))


@given(budgets, receipts)
def test_never_below_the_budget_and_always_at_or_above_it(budget: Budget, rejected: list[int]) -> None:
    runs = budget.run is not None and most_among(rejected, budget.run) >= budget.run
    shares = (
        budget.share is not None
        and most_among(rejected, budget.among) >= budget.share * budget.among - 1e-9
    )
    assert (budget.breach(rejected) is not None) == (runs or shares)


@given(budgets, receipts, st.integers(1, 1000))
def test_only_the_distance_of_receipts_matters(budget: Budget, rejected: list[int], by: int) -> None:
    assert budget.breach(rejected) == budget.breach([receipt + by for receipt in rejected])


@given(budgets, receipts, st.integers(1, 40))
def test_one_more_reject_never_mends_a_breach(budget: Budget, rejected: list[int], more: int) -> None:
    if budget.breach(rejected) is not None:
        assert budget.breach(sorted({*rejected, more})) is not None


@given(budgets, receipts, st.integers(1, 40))
def test_a_reject_matters_for_nothing_beyond_its_reach(
    budget: Budget, rejected: list[int], new: int
) -> None:
    before = [receipt for receipt in rejected if receipt != new]
    if budget.breach(before) is None:
        near = [receipt for receipt in before if abs(receipt - new) <= budget.reach]
        assert (budget.breach(sorted([*before, new])) is None) == (
            budget.breach(sorted([*near, new])) is None
        )


def test_how_it_was_exceeded_is_told() -> None:
    budget = Budget(share=0.07, among=100, run=3)
    assert budget.most == 7
    assert budget.breach([1, 2, 4, 5]) is None
    assert budget.breach([1, 2, 3]) == Breach(3, 3)
    assert budget.breach([1, 3, 5, 7, 9, 11, 100]) == Breach(7, 100)
    assert budget.breach([1, 3, 5, 7, 9, 11, 101]) is None


def test_the_file_of_a_municipality_goes_before_what_is_usual() -> None:
    read = parse_budgets(
        "[usual]\nshare = 0.5\n[reasons.unparsed]\nrun = 7\n[sources.p2000.unparsed]\nrun = 'off'\n"
    )
    assert read.of("demo", RejectReason.INVALID) == Budget(share=0.5)
    assert read.of("demo", RejectReason.UNPARSED) == Budget(run=7)
    assert read.of("p2000", RejectReason.UNPARSED) == Budget(run=None)
    assert read.of("p2000", RejectReason.PRIVACY) == parse_budgets("").of("demo", RejectReason.PRIVACY)
    assert parse_budgets("").of("demo", RejectReason.PRIVACY) != Budget()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("share =", "rejects.toml"),
        ("[usual]\nshare = 2", "usual.share"),
        ("[usual]\namong = 'off'", "usual.among"),
        ("[usual]\nrun = 0", "usual.run"),
        ("[reasons.strange]\nrun = 3", "reasons.strange"),
        ("[sources.'Not A Name'.invalid]\nrun = 3", "sources.Not A Name"),
        ("[sources.demo.invalid]\nruns = 3", "sources.demo.invalid.runs"),
        ("[budget]\nrun = 3", "budget"),
    ],
)
def test_a_wrong_file_says_where(text: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says) as caught:
        parse_budgets(text)
    assert "\n" not in str(caught.value)
