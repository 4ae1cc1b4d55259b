"""The two feeds: no gap and no overlap between them, and nothing lost or added by a crash or a pause."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.areas import Municipality
from domain.errors import SettingsError, SourceRefused
from ingest.demo.connector import boundary_of, demo_history, demo_live
from ingest.demo.generator import City
from ingest.protocol import Connector, Cursor, Draft, Finding, Poll
from tests.ingest.demo.conftest import SEED, happened
from tests.support.examples import examples

pytestmark = pytest.mark.slow

FIRST_START = datetime(2026, 5, 12, 9, 41, 17, 123456, tzinfo=UTC)
ZERO = timedelta(0)


def committed(poll: Poll) -> Cursor:
    """Return the cursor as it comes back from where it is kept: through JSON."""
    cursor: Cursor = json.loads(json.dumps(dict(poll.cursor)))
    return cursor


def drain(connector: Connector, cursor: Cursor | None, now: datetime) -> tuple[list[Finding], Cursor]:
    """Poll until there is nothing more at ``now``."""
    findings: list[Finding] = []
    while True:
        poll = connector.poll(cursor, now)
        findings += poll.findings
        cursor = committed(poll)
        if poll.wait > ZERO or poll.done:
            return findings, cursor


@pytest.fixture(scope="module")
def live(nijmegen: Municipality) -> Connector:
    return demo_live(SEED, nijmegen, FIRST_START)


@pytest.fixture(scope="module")
def restarted(nijmegen: Municipality) -> Connector:
    """The same feed in another process."""
    return demo_live(SEED, nijmegen, FIRST_START)


def test_the_first_poll_has_events_at_once(live: Connector) -> None:
    poll = live.poll(None, FIRST_START)
    counted = [f for f in poll.findings if isinstance(f, Draft) and happened(f).counts]
    assert len(counted) > 3
    assert not poll.done
    assert poll.progress is None
    assert ZERO < poll.wait <= timedelta(seconds=31)


def test_the_wait_ends_at_the_next_emission(live: Connector) -> None:
    now, cursor = FIRST_START, None
    for _ in range(20):
        poll = live.poll(cursor, now)
        cursor, now = committed(poll), now + poll.wait
        assert poll.findings
        assert poll.wait <= timedelta(seconds=31)


def test_live_takes_up_where_history_ends(city: City, nijmegen: Municipality) -> None:
    history, _ = drain(demo_history(SEED, nijmegen, FIRST_START, days=12), None, FIRST_START)
    now = FIRST_START + timedelta(hours=20)
    live, _ = drain(demo_live(SEED, nijmegen, FIRST_START, pulses=False), None, now)
    start = boundary_of(FIRST_START) - timedelta(days=12)
    whole = [emission.finding for emission in city.emissions(start, now)]
    assert len(whole) == len(history) + len(live)
    assert sorted(map(repr, history + live)) == sorted(map(repr, whole))


@settings(max_examples=examples(12))
@given(steps=st.lists(st.tuples(st.integers(1, 3 * 3600), st.booleans()), min_size=1, max_size=6))
def test_a_crash_before_the_commit_changes_nothing(
    city: City, live: Connector, restarted: Connector, steps: list[tuple[int, bool]]
) -> None:
    """Polls at any times, some of them lost with their cursor, give what one run would have given."""
    now, cursor, kept = FIRST_START, None, list[Finding]()
    for seconds, lost in steps:
        now += timedelta(seconds=seconds)
        poll = live.poll(cursor, now)
        if lost:
            live, restarted = restarted, live
            continue
        kept += poll.findings
        cursor = committed(poll)
    rest, _ = drain(live, cursor, now)
    whole = city.emissions(boundary_of(FIRST_START), now, pulses=True)
    assert kept + rest == [emission.finding for emission in whole]


def test_time_that_passed_while_off_is_filled_in_by_chunks(city: City, live: Connector) -> None:
    _, cursor = drain(live, None, FIRST_START)
    later = FIRST_START + timedelta(days=3)
    sizes = []
    while True:
        poll = live.poll(cursor, later)
        cursor = committed(poll)
        sizes.append(len(poll.findings))
        if poll.wait > ZERO:
            break
    missed = city.emissions(FIRST_START, later, pulses=True)
    assert sum(sizes) == len(missed)
    assert len(sizes) == 12
    assert max(sizes) < 2_000


def test_a_clock_that_was_set_back_emits_nothing_twice(live: Connector) -> None:
    _, cursor = drain(live, None, FIRST_START)
    poll = live.poll(cursor, FIRST_START - timedelta(hours=1))
    assert poll.findings == []
    assert committed(poll) == cursor
    assert ZERO < poll.wait <= timedelta(seconds=31)


def test_history_is_newest_first_with_progress(nijmegen: Municipality) -> None:
    history = demo_history(SEED, nijmegen, FIRST_START, days=22)
    polls = [history.poll(None, FIRST_START)]
    while not polls[-1].done:
        polls.append(history.poll(committed(polls[-1]), FIRST_START))
    assert all(poll.wait == ZERO for poll in polls)
    progress = [poll.progress or 0.0 for poll in polls]
    assert progress == sorted(set(progress))
    assert progress[-1] == 1.0
    assert max(len(poll.findings) for poll in polls) < 3_000
    tops = [_latest(poll) for poll in polls]
    assert tops == sorted(tops, reverse=True)


def test_history_resumes_at_every_crash_with_the_boundary_it_began_with(nijmegen: Municipality) -> None:
    whole, _ = drain(demo_history(SEED, nijmegen, FIRST_START, days=11), None, FIRST_START)
    history = demo_history(SEED, nijmegen, FIRST_START, days=11)
    cursor: Cursor | None = None
    kept: list[Finding] = []
    done = False
    while not done:
        lost = history.poll(cursor, FIRST_START)
        # Once a cursor is kept, even another first start does not move the boundary.
        start = FIRST_START if cursor is None else FIRST_START + timedelta(days=3)
        history = demo_history(SEED, nijmegen, start, days=11)
        poll = history.poll(cursor, FIRST_START + timedelta(hours=1))
        assert poll == lost
        kept += poll.findings
        cursor, done = committed(poll), poll.done
    assert kept == whole


def test_a_finished_history_stays_finished(nijmegen: Municipality) -> None:
    history = demo_history(SEED, nijmegen, FIRST_START, days=5)
    _, cursor = drain(history, None, FIRST_START)
    again = history.poll(cursor, FIRST_START)
    assert (again.done, again.progress, list(again.findings)) == (True, 1.0, [])
    assert committed(again) == cursor


def test_the_boundary_is_a_full_hour_in_utc() -> None:
    local = FIRST_START.astimezone(tz=datetime.now().astimezone().tzinfo)
    assert boundary_of(FIRST_START) == datetime(2026, 5, 12, 7, tzinfo=UTC)
    assert boundary_of(local) == boundary_of(FIRST_START)


def test_another_seed_on_the_same_data_is_refused(live: Connector, nijmegen: Municipality) -> None:
    _, cursor = drain(live, None, FIRST_START)
    other = demo_live(SEED + 1, nijmegen, FIRST_START)
    with pytest.raises(SettingsError, match=f"seed {SEED}"):
        other.poll(cursor, FIRST_START)


@pytest.mark.parametrize("at", [{}, {"at": "soon"}, {"at": None}])
def test_a_cursor_of_something_else_is_refused(live: Connector, at: Cursor) -> None:
    with pytest.raises(SourceRefused):
        live.poll({"seed": SEED, **at}, FIRST_START)


def test_a_history_of_no_days_is_refused(nijmegen: Municipality) -> None:
    with pytest.raises(SettingsError):
        demo_history(SEED, nijmegen, FIRST_START, days=0)


def _latest(poll: Poll) -> datetime:
    return max(happened(f).occurred_at for f in poll.findings if isinstance(f, Draft))
