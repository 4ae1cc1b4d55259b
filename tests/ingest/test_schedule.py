"""How often, and in which part of the day, on the clock of Amsterdam and over its changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clock import to_local
from ingest.schedule import Schedule

HOUR = timedelta(hours=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # 13:00 in Amsterdam


def schedule(**said: str) -> Schedule:
    return Schedule.model_validate(said)


def test_without_a_word_the_connector_decides() -> None:
    plain = schedule()
    assert plain.wait(timedelta(seconds=7), NOON) == timedelta(seconds=7)
    assert plain.first(NOON - timedelta(seconds=1), NOON) == NOON


def test_an_interval_takes_the_place_of_what_the_connector_proposes() -> None:
    often = schedule(every="5m")
    assert often.wait(timedelta(seconds=7), NOON) == timedelta(minutes=5)
    assert often.wait(HOUR, NOON) == timedelta(minutes=5)


def test_what_is_there_at_once_is_read_at_once() -> None:
    assert schedule(every="5m").wait(timedelta(0), NOON) == timedelta(0)


def test_a_restart_does_not_ask_earlier_than_the_schedule() -> None:
    daily = schedule(every="1d")
    assert daily.first(None, NOON) == NOON
    assert daily.first(NOON - 3 * HOUR, NOON) == NOON + 21 * HOUR
    assert daily.first(NOON - 30 * HOUR, NOON) == NOON
    # A clock that was wrong before must not silence the source for long.
    assert daily.first(NOON + timedelta(days=900), NOON) == NOON + timedelta(days=1)


@pytest.mark.parametrize(
    ("window", "at", "due"),
    [
        ("06:30-22:00", "2026-03-02T12:00", "2026-03-02T12:00"),
        ("06:30-22:00", "2026-03-02T21:00", "2026-03-03T05:30"),
        ("06:30-22:00", "2026-03-02T05:29", "2026-03-02T05:30"),
        ("22:00-04:00", "2026-03-02T21:30", "2026-03-02T21:30"),
        ("22:00-04:00", "2026-03-02T12:00", "2026-03-02T21:00"),
        # Summer time begins on 29 March: the same opening is an hour earlier in UTC.
        ("06:30-22:00", "2026-03-28T21:00", "2026-03-29T04:30"),
        # 02:30 is skipped that night and is 03:30 on the clock.
        ("02:30-05:00", "2026-03-28T22:00", "2026-03-29T01:30"),
        # It ends on 25 October: 02:30 comes twice, and the window opens at the first.
        ("06:30-22:00", "2026-10-24T21:00", "2026-10-25T05:30"),
        ("02:30-05:00", "2026-10-24T22:00", "2026-10-25T00:30"),
    ],
)
def test_a_window_is_kept_over_the_changes_of_the_clock(window: str, at: str, due: str) -> None:
    moment = datetime.fromisoformat(at + "+00:00")
    assert schedule(between=window).due(moment) == datetime.fromisoformat(due + "+00:00")


@given(
    st.integers(0, 730 * 24 * 60).map(lambda n: NOON + timedelta(minutes=n)),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(1, 23),
)
def test_what_is_due_is_in_the_window_and_less_than_two_days_away(
    moment: datetime, hour: int, minute: int, length: int
) -> None:
    window = f"{hour:02}:{minute:02}-{(hour + length) % 24:02}:{minute:02}"
    found = schedule(between=window)
    due = found.due(moment)
    assert moment <= due < moment + timedelta(days=2)
    local = to_local(due)
    skipped = (local.date().month, local.date().day >= 25, local.hour) == (3, True, 3)
    assert found.between is not None
    assert found.between.holds(due) or skipped
