"""The output is a pure function of seed, municipality and time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.areas import Municipality
from ingest.demo.generator import City, Emission
from ingest.demo.reports import REACH_HOURS
from ingest.protocol import Draft
from tests.ingest.demo.conftest import SEED, happened
from tests.support.examples import examples

pytestmark = pytest.mark.slow

BASE = datetime(2026, 3, 28, 20, tzinfo=UTC)  # the clock changes in the night

# Cuts down to the millisecond, some on whole hours, where an off-by-one would show.
moments = st.one_of(
    st.integers(0, 14 * 3_600_000).map(lambda ms: BASE + timedelta(milliseconds=ms)),
    st.integers(0, 14).map(lambda hour: BASE + timedelta(hours=hour)),
)


@settings(max_examples=examples(25))
@given(cuts=st.lists(moments, min_size=2, max_size=8), pulses=st.booleans(), data=st.data())
def test_the_windows_asked_for_do_not_matter(
    city: City, cuts: list[datetime], pulses: bool, data: st.DataObject
) -> None:
    cuts.sort()
    whole = city.emissions(cuts[0], cuts[-1], pulses=pulses)
    windows = list(pairwise(cuts))
    order = data.draw(st.permutations(range(len(windows))))
    parts = {i: city.emissions(*windows[i], pulses=pulses) for i in order}
    assert [emission for i in range(len(windows)) for emission in parts[i]] == whole


@settings(max_examples=examples(5))
@given(
    start=st.integers(0, 35 * 8766).map(
        lambda hours: datetime(2005, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    ),
    hours=st.integers(1, 12),
)
def test_what_was_asked_before_does_not_matter(
    city: City, nijmegen: Municipality, start: datetime, hours: int
) -> None:
    window = (start, start + timedelta(hours=hours))
    fresh = City(SEED, nijmegen)
    assert fresh.emissions(*window, pulses=True) == city.emissions(*window, pulses=True)


def test_another_seed_is_another_city(city: City, nijmegen: Municipality) -> None:
    window = (BASE, BASE + timedelta(hours=12))
    other = City(SEED + 1, nijmegen)
    ours = {emission.finding.event_id for emission in city.emissions(*window, pulses=True)}
    theirs = {emission.finding.event_id for emission in other.emissions(*window, pulses=True)}
    assert ours
    assert theirs
    assert not ours & theirs


def test_an_empty_window_has_nothing(city: City) -> None:
    assert city.emissions(BASE, BASE) == []
    assert city.emissions(BASE, BASE - timedelta(hours=1)) == []


def test_emissions_lie_in_their_window_in_order(summer: list[Emission]) -> None:
    times = [emission.at for emission in summer]
    assert times == sorted(times)


def test_nothing_is_said_before_it_happens_or_after_the_reach(summer: list[Emission]) -> None:
    reach = timedelta(hours=REACH_HOURS)
    delays = [
        emission.at - happened(emission.finding).occurred_at
        for emission in summer
        if isinstance(emission.finding, Draft)
    ]
    assert min(delays) > timedelta(0)
    # A wrong first report may put it up to three hours early.
    assert max(delays) < reach + timedelta(hours=3)


def test_what_the_reach_cuts_off_is_nothing(city: City) -> None:
    """Every report of ten days' happenings lies within the reach, so no window misses one."""
    first = int(BASE.timestamp()) // 3600
    for hour in range(first, first + 10 * 24):
        for report in city._reports(hour):
            assert 0 <= report.at_ms // 3_600_000 - hour <= REACH_HOURS
