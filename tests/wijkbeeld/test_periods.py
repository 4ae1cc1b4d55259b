"""Times on the command line: Amsterdam's clock, its two odd nights, and the days of the archive."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.errors import SettingsError
from warehouse.archive.rows import Selection
from wijkbeeld.periods import parse_period, parse_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-01", "2026-06-30T22:00"),
        ("2026-01-01", "2025-12-31T23:00"),
        ("2026-07-01T12:30", "2026-07-01T10:30"),
        ("2026-07-01 12:30:15.250", "2026-07-01T10:30:15.250"),
        ("2026-07-01T12:30Z", "2026-07-01T12:30"),
        ("2026-07-01T12:30+05:00", "2026-07-01T07:30"),
        ("2026-03-29T02:30", "2026-03-29T01:30"),  # the hour that is skipped
        ("2026-10-25T02:30", "2026-10-25T00:30"),  # the hour that comes twice: its first
    ],
)
def test_a_time_is_amsterdams_unless_it_says_otherwise(text: str, expected: str) -> None:
    assert parse_time(text, "--from") == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_a_period_within_the_hour_that_comes_twice_has_both_of_them() -> None:
    since, until = parse_period("2026-10-25T02:00", "2026-10-25T02:30")
    assert (since, until) == (
        datetime(2026, 10, 25, 0, 0, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("day", "following", "hours"),
    [
        ("2026-03-29", "2026-03-30", 23),
        ("2026-10-25", "2026-10-26", 25),
        ("2026-06-01", "2026-06-02", 24),
    ],
)
def test_a_day_is_as_long_as_it_was_and_lies_in_two_days_of_the_archive(
    day: str, following: str, hours: int
) -> None:
    since, until = parse_period(day, following)
    assert since is not None
    assert until is not None
    assert (until - since).total_seconds() == hours * 3600
    selection = Selection(since, until)
    year, month, number = map(int, day.split("-"))
    before = f"{year}-{month:02d}-{number - 1:02d}" if number > 1 else "2026-05-31"
    assert [d for d in (before, day, following) if selection.has_day(d)] == [before, day]
    last = (until.replace(microsecond=0)).strftime("%Y-%m-%d %H:%M:%S")
    assert not selection.wants("demo", f"{last}.000")
    assert selection.wants("demo", since.strftime("%Y-%m-%d %H:%M:%S.000"))


def test_the_first_moment_of_a_utc_day_needs_only_that_day() -> None:
    since, until = parse_period("2026-06-01T00:00Z", "2026-06-02T00:00Z")
    days = ("2026-05-31", "2026-06-01", "2026-06-02")
    assert [day for day in days if Selection(since, until).has_day(day)] == ["2026-06-01"]


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "25-10-2026", "", "0001-01-01"])
def test_what_is_no_time_is_said_with_its_option(text: str) -> None:
    with pytest.raises(SettingsError, match="--until: write a time") as caught:
        parse_time(text, "--until")
    assert "\n" not in str(caught.value)


def test_an_empty_period_is_refused() -> None:
    with pytest.raises(SettingsError, match="--until must be later"):
        parse_period("2026-06-02", "2026-06-02")
