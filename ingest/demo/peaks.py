"""Days that are not like others: the calendar of the city, and storms.

The days are those of Nijmegen; how much busier it then gets is our own estimate. A holiday of the whole
country is as busy in another municipality, the Vierdaagse is not, but a demo city is allowed its feast.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.themes import Theme
from ingest.demo.draws import Draws
from ingest.demo.hours import HOUR_MS, from_ms, hours_between
from ingest.demo.levels import Character
from ingest.public_days import PublicDays

_EVERYWHERE = frozenset(Character)
_CENTRE = frozenset({Character.CENTRE})
_INNER = frozenset({Character.INNER})

_TUESDAY, _MONDAY = 1, 0
_WEEK_HOURS = 168
_WINTER_MONTHS = (10, 11, 12, 1, 2, 3)


@dataclass(frozen=True, slots=True)
class Peak:
    """Hours in which some themes are busier or quieter than the rhythm says.

    Attributes:
        name: what it is, for people.
        hours: numbers of the UTC hours.
        factors: by how much, per theme.
        characters: in wijken of which character.
    """

    name: str
    hours: range
    factors: Mapping[Theme, float]
    characters: frozenset[Character]


def _revelry(factor: float) -> dict[Theme, float]:
    """Return what a street feast does to each theme that it touches."""
    milder = 1.0 + (factor - 1.0) * 0.5
    return {
        Theme.PERSONENOVERLAST: factor,
        Theme.GELUIDSOVERLAST: factor,
        Theme.GEWELD: factor,
        Theme.MEDISCHE_HULP: milder,
        Theme.DIEFSTAL: milder,
        Theme.VERNIELING: milder,
        Theme.DRUGS: milder,
        Theme.JONGERENOVERLAST: milder,
        Theme.MILIEU: milder,
        Theme.VERKEERSOVERLAST: milder,
    }


_NEW_YEAR: Mapping[Theme, float] = {
    Theme.VUURWERK: 350.0,
    Theme.BRAND: 14.0,
    Theme.VERNIELING: 7.0,
    Theme.GEWELD: 3.0,
    Theme.JONGERENOVERLAST: 5.0,
    Theme.GELUIDSOVERLAST: 3.0,
    Theme.MEDISCHE_HULP: 2.0,
    Theme.AUTOMATISCH_ALARM: 3.0,
    Theme.PERSONENOVERLAST: 2.0,
}
_STORM: Mapping[Theme, float] = {
    Theme.WEER_EN_WATER: 45.0,
    Theme.HULPVERLENING: 3.0,
    Theme.AUTOMATISCH_ALARM: 2.5,
    Theme.VERKEERSONGEVAL: 1.5,
    Theme.JONGERENOVERLAST: 0.3,
    Theme.GELUIDSOVERLAST: 0.5,
}


def vierdaagse_tuesday(year: int) -> date:
    """Return the first of the four walking days: the third Tuesday of July."""
    first = date(year, 7, 1)
    return first + timedelta(days=(_TUESDAY - first.weekday()) % 7 + 14)


def calendar_peaks(year: int, public_days: PublicDays) -> Iterator[Peak]:
    """Yield the peaks that begin in a year."""
    yield _stretch("Oud en nieuw", date(year, 12, 31), 18, 12, _NEW_YEAR, _EVERYWHERE)
    for day in _days(date(year, 12, 10), 21):
        yield _stretch("Vuurwerk vooraf", day, 14, 10, {Theme.VUURWERK: 14.0}, _EVERYWHERE)
    for day in _days(vierdaagse_tuesday(year) - timedelta(days=3), 7):
        yield _stretch("Vierdaagse", day, 12, 16, _revelry(9.0), _CENTRE)
        yield _stretch("Vierdaagse", day, 12, 16, _revelry(2.2), _INNER)
    for day in _days(public_days.easter(year) - timedelta(days=50), 4):
        yield _stretch("Carnaval", day, 14, 13, _revelry(2.5), _CENTRE)
    koningsdag = public_days.koningsdag(year)
    yield _stretch("Koningsnacht", koningsdag - timedelta(days=1), 19, 9, _revelry(3.0), _CENTRE)
    yield _stretch("Koningsdag", koningsdag, 9, 14, _revelry(5.0), _CENTRE)
    yield _stretch("Koningsdag", koningsdag, 9, 14, _revelry(1.6), _INNER)
    for day in _days(_third_monday_of_august(year), 5):
        yield _stretch("Introductieweek", day, 16, 12, _revelry(1.9), _CENTRE | _INNER)
    for day in _days(date(year, 11, 20), 33):
        yield _stretch("Feestdagen", day, 10, 10, {Theme.DIEFSTAL: 1.35}, _CENTRE)
    pakjesavond = {Theme.VERKEERSOVERLAST: 0.6, Theme.JONGERENOVERLAST: 0.5, Theme.GEWELD: 0.6}
    yield _stretch("Pakjesavond", date(year, 12, 5), 17, 6, pakjesavond, _EVERYWHERE)


def storm_starting_in(seed: int, week: int) -> Peak | None:
    """Return the storm of a week of 168 UTC hours, counted from 1970; most weeks have none."""
    draws = Draws(seed, "storm", week)
    start = week * _WEEK_HOURS + draws.below(_WEEK_HOURS)
    length = 4 + draws.below(11)
    winter = from_ms(week * _WEEK_HOURS * HOUR_MS).month in _WINTER_MONTHS
    if not draws.chance(0.14 if winter else 0.06):
        return None
    return Peak("Storm", range(start, start + length), _STORM, _EVERYWHERE)


def _days(first: date, count: int) -> Iterator[date]:
    return (first + timedelta(days=i) for i in range(count))


def _third_monday_of_august(year: int) -> date:
    first = date(year, 8, 1)
    return first + timedelta(days=(_MONDAY - first.weekday()) % 7 + 14)


def _stretch(
    name: str,
    day: date,
    from_hour: int,
    hours: int,
    factors: Mapping[Theme, float],
    characters: frozenset[Character],
) -> Peak:
    """Return a peak from ``from_hour`` local time on ``day``, so many hours by the clock."""
    start = datetime.combine(day, time(from_hour))
    return Peak(name, hours_between(start, start + timedelta(hours=hours)), factors, characters)
