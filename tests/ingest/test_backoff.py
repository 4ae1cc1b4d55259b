"""Waits grow, stay within bounds, and never undercut what the other side asked for."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.backoff import Backoff

draws = st.floats(0, 1, exclude_max=True)


@given(st.integers(1, 10_000), draws)
def test_a_wait_lies_between_half_a_step_and_the_whole_of_it(failures: int, drawn: float) -> None:
    backoff = Backoff(timedelta(seconds=1), timedelta(seconds=60), lambda: drawn)
    step = timedelta(seconds=min(60, 2 ** min(failures - 1, 9)))
    assert step / 2 <= backoff.delay(failures) <= step


@given(st.integers(0, 86_400), draws)
def test_a_wait_that_was_asked_for_is_never_cut_short(asked: int, drawn: float) -> None:
    wait = Backoff(draw=lambda: drawn).delay(9, timedelta(seconds=asked))
    assert timedelta(seconds=asked) <= wait <= timedelta(seconds=asked) * 1.1
