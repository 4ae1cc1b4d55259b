"""The rhythm: hour of the week by the local clock, season, holidays, days of 23 and 25 hours."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.clock import to_local
from domain.themes import Theme
from ingest.demo.catalogue import load_themes
from ingest.demo.generator import City, Emission
from ingest.demo.hours import HOUR_MS, from_ms, local_hour, to_ms
from ingest.demo.rhythm import HOURS_OF_WEEK, Rhythm, load_profiles, season
from ingest.protocol import Draft
from ingest.public_days import PublicDays
from tests.ingest.demo.conftest import happened, local_hour_number

NIGHTLIFE = {Theme.GEWELD, Theme.PERSONENOVERLAST, Theme.GELUIDSOVERLAST}
CENTRE = {"BU02680100", "BU02680101"}


def hours_of_day(day: date) -> list[int]:
    """Return the numbers of the UTC hours of a local day."""
    return list(range(local_hour_number(day), local_hour_number(day + timedelta(days=1))))


def test_profiles_have_mean_one() -> None:
    for profile in load_profiles().values():
        assert len(profile) == HOURS_OF_WEEK
        assert sum(profile) / HOURS_OF_WEEK == pytest.approx(1.0)
        assert min(profile) > 0.0


def test_seasons_have_mean_one_and_their_top_where_the_table_says() -> None:
    days = [date(2025, 1, 1) + timedelta(days=i) for i in range(365)]
    for theme in load_themes():
        factors = [season(theme, day) for day in days]
        assert sum(factors) / len(factors) == pytest.approx(1.0, abs=0.005)
        if theme.season:
            assert days[factors.index(max(factors))].timetuple().tm_yday == theme.peak_day


def test_a_holiday_is_a_sunday_and_its_eve_a_friday() -> None:
    rhythm = Rhythm(1, load_themes(), PublicDays())
    ascension = date(2026, 5, 14)  # always a Thursday

    def at(days: int, hour: int) -> int:
        number = local_hour_number(ascension + timedelta(days=days), hour)
        return rhythm.hour_of_week(local_hour(number))

    assert ascension.weekday() == 3
    assert at(0, 10) == 6 * 24 + 10
    assert at(-1, 22) == 4 * 24 + 22
    assert at(-1, 10) == 2 * 24 + 10
    assert at(1, 10) == 4 * 24 + 10


def test_weekend_nights_are_the_peak_of_the_centre(summer: list[Emission]) -> None:
    nights: Counter[str] = Counter()
    for emission in summer:
        draft = emission.finding
        if not isinstance(draft, Draft) or draft.revision != 1:
            continue
        data = happened(draft)
        local = to_local(data.occurred_at)
        if data.theme in NIGHTLIFE and data.location.wijk in CENTRE and local.hour < 4:
            nights["weekend" if local.weekday() in (5, 6) else "week"] += 1
    # Two nights against five.
    assert nights["weekend"] / 2 > 4 * nights["week"] / 5


def test_the_night_is_quiet_for_reports(summer: list[Emission]) -> None:
    hours: Counter[int] = Counter()
    for emission in summer:
        draft = emission.finding
        if isinstance(draft, Draft) and happened(draft).theme == Theme.MILIEU:
            hours[to_local(happened(draft).occurred_at).hour] += 1
    assert sum(hours[h] for h in (1, 2, 3, 4)) < 0.1 * sum(hours[h] for h in (9, 10, 11, 12))


@pytest.mark.parametrize(
    ("day", "hours", "skipped", "repeated"),
    [(date(2026, 3, 29), 23, 2, None), (date(2026, 10, 25), 25, None, 2)],
)
def test_a_day_of_the_clock_change_has_its_own_length(
    city: City, day: date, hours: int, skipped: int | None, repeated: int | None
) -> None:
    numbers = hours_of_day(day)
    assert len(numbers) == hours
    clock = Counter(local_hour(number).hour for number in numbers)
    assert clock[2] == (0 if skipped else 2)
    # Each hour that the clock shows twice is as busy as one such hour, not as two.
    if repeated is not None:
        first, second = (n for n in numbers if local_hour(n).hour == repeated)
        assert city.happenings.rates(first) == city.happenings.rates(second)
        ids = [h.event_id for n in (first, second) for h in city.happenings.ordinary(n)]
        assert len(set(ids)) == len(ids)


def test_the_local_hour_moves_with_the_clock(city: City) -> None:
    """Noon of a winter Tuesday and of a summer Tuesday are the same hour of the week."""
    rhythm = Rhythm(1, load_themes(), PublicDays())
    winter = datetime(2026, 1, 13, 11, tzinfo=UTC)
    summer = datetime(2026, 7, 7, 10, tzinfo=UTC)
    weeks = {rhythm.hour_of_week(local_hour(to_ms(m) // HOUR_MS)) for m in (winter, summer)}
    assert weeks == {1 * 24 + 12}


def test_days_differ_by_chance_around_the_season() -> None:
    themes = load_themes()
    rhythm = Rhythm(5, themes, PublicDays())
    days = [date(2025, 1, 1) + timedelta(days=i) for i in range(365)]
    for position, theme in enumerate(themes):
        ratios = [rhythm.day_factors(day)[position] / season(theme, day) for day in days]
        assert sum(ratios) / len(ratios) == pytest.approx(1.0, abs=0.06)
        assert max(ratios) > 1.0 + theme.noise


def test_moments_survive_milliseconds() -> None:
    moment = datetime(2026, 3, 29, 1, 59, 59, 999000, tzinfo=UTC)
    assert from_ms(to_ms(moment)) == moment
    assert to_ms(datetime(1970, 1, 1, tzinfo=UTC)) == 0
