"""Draws depend on their name alone and have the distributions that they are named for."""

from __future__ import annotations

import math
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.demo.draws import Draws, short_id

N = 20_000


def test_the_sequence_of_a_name_is_fixed() -> None:
    """These numbers may never change: a data directory's city would become another one."""
    draws = Draws(1, "name")
    assert [draws.below(1000) for _ in range(5)] == FIRST_FIVE
    assert short_id("d", 1, 2, 3) == FIRST_ID


FIRST_FIVE = [761, 914, 306, 438, 526]
FIRST_ID = "d-bf7302638f726ca3"


@pytest.mark.parametrize("mean", [0.0, 0.3, 4.0, 19.9, 75.0])
def test_poisson_has_its_mean_and_variance(mean: float) -> None:
    draws = Draws("poisson", str(mean))
    counts = [draws.poisson(mean) for _ in range(N)]
    average = sum(counts) / N
    variance = sum((n - average) ** 2 for n in counts) / N
    # Five standard errors of a mean and of a variance of a Poisson count.
    assert average == pytest.approx(mean, abs=5 * math.sqrt(mean / N))
    assert variance == pytest.approx(mean, abs=5 * math.sqrt((mean + 2 * mean**2) / N))


def test_normal_has_mean_zero_and_variance_one() -> None:
    draws = Draws("normal")
    values = [draws.normal() for _ in range(N)]
    assert sum(values) / N == pytest.approx(0.0, abs=5 / math.sqrt(N))
    assert sum(v * v for v in values) / N == pytest.approx(1.0, abs=5 * math.sqrt(2 / N))


@given(weights=st.lists(st.floats(0.0, 10.0), min_size=1, max_size=6).filter(lambda w: sum(w) > 0.1))
def test_an_index_of_no_weight_is_never_drawn(weights: list[float]) -> None:
    totals = list(accumulate(weights))
    draws = Draws("index", *(str(w) for w in weights))
    assert all(weights[draws.index(totals)] > 0.0 for _ in range(50))
