"""Escalations injected on purpose: what, where, when, how much, fixed by the seed.

Each comes on top of the ordinary happenings and never changes them, so that what was injected is exactly
the difference between the city with and without it. At most one starts in a week of 168 UTC hours.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate

from domain.themes import Theme
from ingest.demo.catalogue import ThemeModel
from ingest.demo.draws import Draws, short_id
from ingest.demo.hours import HOUR_MS, local_hour
from ingest.demo.levels import Character, Place

WEEK_HOURS = 168
LONGEST_WEEKS = 4
"""Weeks after its own in which an escalation may still run."""
_CHANCE_PER_WEEK = 0.75
_HOURS_PER_YEAR = 365.25 * 24

THEMES: tuple[Theme, ...] = (
    Theme.JONGERENOVERLAST,
    Theme.WONINGINBRAAK,
    Theme.VERNIELING,
    Theme.DIEFSTAL,
    Theme.DRUGS,
    Theme.PERSONENOVERLAST,
    Theme.GELUIDSOVERLAST,
    Theme.GEWELD,
    Theme.BRAND,
)
"""Themes that escalate."""

_SIZES = (3.0, 5.0, 8.0)
_SPREAD_SHARES = (0.45, 0.30, 0.25)
_SPREAD_DELAY_HOURS = (48, 96)


class Shape(StrEnum):
    """How an escalation runs: rises slowly and falls off, is there at once, or moves to neighbours."""

    GRADUAL = "gradual"
    SUDDEN = "sudden"
    SPREAD = "spread"


_DURATION_DAYS: Mapping[Shape, tuple[int, int]] = {
    Shape.GRADUAL: (14, 28),
    Shape.SUDDEN: (1, 4),
    Shape.SPREAD: (8, 15),
}


@dataclass(frozen=True, slots=True)
class Front:
    """An escalation in one wijk.

    Attributes:
        place: position of the wijk.
        hours: numbers of its UTC hours.
        baseline: expected number of ordinary happenings of the theme there in those hours, by the
            yearly mean.
        expected: expected number of injected happenings.
    """

    place: int
    hours: range
    baseline: float
    expected: float


@dataclass(frozen=True, slots=True)
class Injected:
    """One injected happening: its id, time (ms since 1970), place and theme (positions)."""

    event_id: str
    occurred_ms: int
    place: int
    theme: int


@dataclass(frozen=True, slots=True)
class Escalation:
    """An escalation with everything that it injects.

    Attributes:
        theme: position in the catalogue.
        size: how many standard deviations of the ordinary number it adds, 3, 5 or 8.
    """

    id: str
    shape: Shape
    theme: int
    size: float
    fronts: tuple[Front, ...]
    injected: tuple[Injected, ...]

    @property
    def hours(self) -> range:
        """The UTC hours from its first to its last front."""
        return range(min(f.hours.start for f in self.fronts), max(f.hours.stop for f in self.fronts))


class Schedule:
    """The escalations of a city.

    Args:
        seed: seed of the city.
        themes: the catalogue.
        places: the wijken.
        profiles: hour-of-week profiles by name.
    """

    def __init__(
        self,
        seed: int,
        themes: Sequence[ThemeModel],
        places: Sequence[Place],
        profiles: Mapping[str, tuple[float, ...]],
    ) -> None:
        self._seed = seed
        self._themes = themes
        self._places = places
        self._profiles = profiles
        self._candidates = tuple(i for i, t in enumerate(themes) if t.theme in THEMES)
        self.starting_in = lru_cache(maxsize=128)(self._starting_in)
        """Return the escalation that starts in a week (numbered from 1970), or None."""
        self._by_hour = lru_cache(maxsize=128)(self._injected_by_hour)

    def overlapping(self, hours: range) -> list[Escalation]:
        """Return the escalations that have an hour in ``hours``, by start."""
        first = hours.start // WEEK_HOURS - LONGEST_WEEKS
        weeks = range(first, (hours.stop - 1) // WEEK_HOURS + 1)
        found = (self.starting_in(week) for week in weeks)
        return [e for e in found if e and e.hours.start < hours.stop and hours.start < e.hours.stop]

    def injected(self, hour: int) -> list[Injected]:
        """Return what is injected in a UTC hour."""
        last = hour // WEEK_HOURS
        weeks = range(last - LONGEST_WEEKS, last + 1)
        return [one for week in weeks for one in self._by_hour(week).get(hour, ())]

    def _injected_by_hour(self, week: int) -> Mapping[int, list[Injected]]:
        hours: dict[int, list[Injected]] = {}
        escalation = self.starting_in(week)
        for one in escalation.injected if escalation else ():
            hours.setdefault(one.occurred_ms // HOUR_MS, []).append(one)
        return hours

    def _starting_in(self, week: int) -> Escalation | None:
        draws = Draws(self._seed, "escalation", week)
        if not draws.chance(_CHANCE_PER_WEEK):
            return None
        shape = tuple(Shape)[draws.below(len(Shape))]
        theme = self._candidates[draws.below(len(self._candidates))]
        size = _SIZES[draws.below(len(_SIZES))]
        weights = tuple(accumulate(place.share(self._themes[theme]) for place in self._places))
        origin = draws.index(weights)
        start = week * WEEK_HOURS + draws.below(WEEK_HOURS)
        low, high = _DURATION_DAYS[shape]
        hours = range(start, start + 24 * (low + draws.below(high - low)))
        fronts = tuple(self._fronts(shape, theme, size, origin, hours, draws))
        escalation_id = short_id("e", self._seed, week)
        injected = [
            one
            for number, front in enumerate(fronts)
            for one in self._inject(f"{escalation_id}/{number}", shape, theme, front, draws)
        ]
        injected.sort(key=lambda one: (one.occurred_ms, one.event_id))
        return Escalation(escalation_id, shape, theme, size, fronts, tuple(injected))

    def _fronts(
        self, shape: Shape, theme: int, size: float, origin: int, hours: range, draws: Draws
    ) -> list[Front]:
        if shape is not Shape.SPREAD:
            return [self._front(theme, size, 1.0, origin, hours)]
        neighbours = list(self._places[origin].neighbours)
        fronts = [self._front(theme, size, _SPREAD_SHARES[0], origin, hours)]
        for share, delay in zip(_SPREAD_SHARES[1:], _SPREAD_DELAY_HOURS, strict=True):
            if neighbours:
                place = neighbours.pop(draws.below(len(neighbours)))
                later = range(hours.start + delay, hours.stop)
                fronts.append(self._front(theme, size, share, place, later))
        return fronts

    def _front(self, theme: int, size: float, share: float, place: int, hours: range) -> Front:
        model = self._themes[theme]
        baseline = model.per_year * self._places[place].share(model) * len(hours) / _HOURS_PER_YEAR
        # Six standard deviations of almost nothing are still less than one event, hence the floor.
        expected = (4.0 + size * math.sqrt(max(baseline, 1.0))) * math.sqrt(share)
        return Front(place, hours, baseline, expected)

    def _inject(self, key: str, shape: Shape, theme: int, front: Front, draws: Draws) -> list[Injected]:
        weights = self._hour_weights(shape, theme, front)
        injected = []
        for number in range(draws.poisson(front.expected)):
            hour = front.hours[draws.index(weights)]
            # Whole seconds, like every happening.
            occurred = hour * HOUR_MS + draws.below(3600) * 1000
            event_id = short_id("d", self._seed, key, number)
            injected.append(Injected(event_id, occurred, front.place, theme))
        return injected

    def _hour_weights(self, shape: Shape, theme: int, front: Front) -> tuple[float, ...]:
        """Return running totals over the front's hours: the theme's own rhythm times the shape."""
        model = self._themes[theme]
        centre = self._places[front.place].character is Character.CENTRE
        profile = self._profiles[model.centre_profile if centre else model.profile]
        count = len(front.hours)
        weights = []
        for position, hour in enumerate(front.hours):
            local = local_hour(hour)
            done = (position + 0.5) / count
            # Gradual: a straight rise over three quarters of the time, then a straight fall.
            course = min(done / 0.75, (1.0 - done) / 0.25) if shape is Shape.GRADUAL else 1.0
            weights.append(profile[local.weekday * 24 + local.hour] * course)
        return tuple(accumulate(weights))
