"""The calendar of the city: the right days, local hours, and a city that is busier then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.clock import AMSTERDAM, to_local
from domain.themes import Theme
from ingest.demo.generator import City
from ingest.demo.hours import HOUR_MS, from_ms, to_ms
from ingest.demo.levels import Character
from ingest.demo.peaks import Peak, calendar_peaks, storm_starting_in, vierdaagse_tuesday
from ingest.public_days import PublicDays
from tests.ingest.demo.conftest import local_hour_number


def named(name: str, year: int) -> list[Peak]:
    return [peak for peak in calendar_peaks(year, PublicDays()) if peak.name == name]


def local_bounds(peak: Peak) -> tuple[datetime, datetime]:
    """Return the local times at which a peak begins and ends."""
    ends = (peak.hours.start, peak.hours.stop)
    start, end = (to_local(from_ms(hour * HOUR_MS)) for hour in ends)
    return start, end


def expected(city: City, start: date, hours: int) -> float:
    """Return the expected number of ordinary happenings in so many hours from local midnight."""
    first = local_hour_number(start)
    return sum(sum(city.happenings.rates(hour)) for hour in range(first, first + hours))


@pytest.mark.parametrize(
    ("year", "tuesday"),
    [
        (2022, date(2022, 7, 19)),
        (2023, date(2023, 7, 18)),
        (2024, date(2024, 7, 16)),
        (2025, date(2025, 7, 15)),
        (2026, date(2026, 7, 21)),
    ],
)
def test_the_vierdaagse_starts_on_the_third_tuesday_of_july(year: int, tuesday: date) -> None:
    assert vierdaagse_tuesday(year) == tuesday


def test_movable_days() -> None:
    days = PublicDays()
    assert days.easter(2026) == date(2026, 4, 5)
    assert days.koningsdag(2026) == date(2026, 4, 27)
    assert days.koningsdag(2025) == date(2025, 4, 26)  # the 27th was a Sunday
    carnival = {local_bounds(peak)[0].date() for peak in named("Carnaval", 2026)}
    assert carnival == {date(2026, 2, day) for day in (14, 15, 16, 17)}


def test_new_years_eve_runs_into_the_new_year(city: City) -> None:
    (peak,) = named("Oud en nieuw", 2025)
    assert local_bounds(peak) == (
        datetime(2025, 12, 31, 18, tzinfo=AMSTERDAM),
        datetime(2026, 1, 1, 6, tzinfo=AMSTERDAM),
    )
    hour = local_hour_number(date(2026, 1, 1), 1)
    assert peak in city.happenings.peaks(hour, 2026)
    assert city.happenings.peaks(hour + 5, 2026) == []


def test_a_peak_keeps_to_the_local_clock_in_summer() -> None:
    for peak in named("Vierdaagse", 2026):
        start, end = local_bounds(peak)
        assert (start.hour, end.hour) == (12, 4)


def test_the_vierdaagse_is_the_biggest_week_of_the_year(city: City) -> None:
    weeks = {
        day: expected(city, day, 168)
        for day in (date(2026, 1, 3) + timedelta(days=7 * i) for i in range(52))
    }
    feast = vierdaagse_tuesday(2026) - timedelta(days=3)
    assert max(weeks, key=lambda day: weeks[day]) == feast
    usual = sorted(weeks.values())[26]
    assert weeks[feast] > 1.4 * usual


def test_the_vierdaagse_is_felt_in_the_centre(city: City) -> None:
    places = city.happenings.places

    def in_centre(start: date) -> int:
        first = local_hour_number(start)
        return sum(
            places[one.place].character is Character.CENTRE
            for hour in range(first, first + 168)
            for one in city.happenings.ordinary(hour)
        )

    assert in_centre(date(2026, 7, 18)) > 2.5 * in_centre(date(2026, 6, 6))


def test_new_years_eve_has_more_fireworks_than_the_spring(city: City) -> None:
    def fireworks(start: date, hour: int, hours: int) -> int:
        first = local_hour_number(start, hour)
        return sum(
            one.category.theme is Theme.VUURWERK
            for number in range(first, first + hours)
            for one in city.happenings.ordinary(number)
        )

    assert fireworks(date(2025, 12, 31), 18, 12) > fireworks(date(2026, 2, 1), 0, 90 * 24)


def test_storms_come_and_bring_weather(city: City) -> None:
    week_now = to_ms(datetime(2026, 1, 1, tzinfo=UTC)) // HOUR_MS // 168
    storms = [s for s in (storm_starting_in(city.seed, week_now + i) for i in range(520)) if s]
    assert 20 < len(storms) < 90
    for storm in storms:
        assert 4 <= len(storm.hours) <= 14
        for hour in (storm.hours.start, storm.hours.stop - 1):
            assert storm in city.happenings.peaks(hour, to_local(from_ms(hour * HOUR_MS)).year)
