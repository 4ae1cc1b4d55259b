"""Local time and UTC, on both nights of 2026 on which the clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clock import SystemClock, from_local, to_local
from tests.support.strategies import utc_times

SPRING = date(2026, 3, 29)
AUTUMN = date(2026, 10, 25)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]  # year, month, day, hour, minute


def local(day: date, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001 - a wall clock has no zone


def hours_of(day: date) -> float:
    length = from_local(local(day + timedelta(days=1))) - from_local(local(day))
    return length / timedelta(hours=1)


def test_the_day_of_the_spring_change_has_23_hours() -> None:
    assert hours_of(SPRING) == 23


def test_the_day_of_the_autumn_change_has_25_hours() -> None:
    assert hours_of(AUTUMN) == 25


def test_every_other_day_of_2026_has_24_hours() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [day for day in days if hours_of(day) != 24] == [SPRING, AUTUMN]


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        (local(SPRING, 1, 59), utc(2026, 3, 29, 0, 59)),
        (local(SPRING, 3, 0), utc(2026, 3, 29, 1, 0)),
        (local(AUTUMN, 1, 59), utc(2026, 10, 24, 23, 59)),
        (local(AUTUMN, 3, 0), utc(2026, 10, 25, 2, 0)),
    ],
)
def test_around_the_change_the_offset_is_the_right_one(wall: datetime, expected: datetime) -> None:
    assert from_local(wall) == expected


def test_the_hour_that_is_skipped_is_read_on_the_clock_from_before() -> None:
    moment = from_local(local(SPRING, 2, 30))
    assert moment == utc(2026, 3, 29, 1, 30)
    assert to_local(moment).replace(tzinfo=None) == local(SPRING, 3, 30)


def test_the_hour_that_is_repeated_has_two_meanings() -> None:
    assert from_local(local(AUTUMN, 2, 30)) == utc(2026, 10, 25, 0, 30)
    assert from_local(local(AUTUMN, 2, 30), fold=1) == utc(2026, 10, 25, 1, 30)


def test_all_hours_of_both_days_are_shown_once() -> None:
    for day, count in ((SPRING, 23), (AUTUMN, 25)):
        start = from_local(local(day))
        shown = [to_local(start + timedelta(hours=n)) for n in range(count)]
        assert {moment.date() for moment in shown} == {day}
        assert len({(moment.hour, moment.fold) for moment in shown}) == count


@given(utc_times())
def test_utc_makes_the_round_trip_through_local_time(moment: datetime) -> None:
    shown = to_local(moment)
    assert from_local(shown.replace(tzinfo=None), fold=shown.fold) == moment


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))  # noqa: DTZ001 - wall clock times
def test_a_local_time_that_exists_makes_the_round_trip_through_utc(wall: datetime) -> None:
    shown = to_local(from_local(wall)).replace(tzinfo=None)
    skipped = local(SPRING, 2) <= wall < local(SPRING, 3)
    assert shown == (wall + timedelta(hours=1) if skipped else wall)


def test_a_time_with_a_zone_is_no_wall_clock_time() -> None:
    with pytest.raises(ValueError, match="naive"):
        from_local(utc(2026, 1, 1))


def test_the_zone_of_the_input_does_not_matter_for_display() -> None:
    moment = utc(2026, 7, 1, 12)
    elsewhere = moment.astimezone(timezone(timedelta(hours=-5)))
    assert to_local(elsewhere) == to_local(moment)
    assert to_local(elsewhere).hour == 14


def test_the_system_clock_is_aware_and_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert now.utcoffset() == timedelta(0)
    assert before <= now <= datetime.now(UTC)
