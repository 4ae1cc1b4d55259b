"""What truly happens in an hour: where, what, how grave. How it is reported is in ``reports``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from itertools import accumulate

from domain.areas import Municipality
from domain.events import Kind
from domain.themes import THEMES, Severity, Theme
from ingest.demo.catalogue import Category, ThemeModel, load_themes
from ingest.demo.draws import Draws, short_id
from ingest.demo.escalations import Injected, Schedule
from ingest.demo.hours import HOUR_MS, local_hour
from ingest.demo.levels import Character, Group, groups_of, places_of
from ingest.demo.peaks import Peak, calendar_peaks, storm_starting_in
from ingest.demo.rhythm import HOURS_OF_WEEK, Rhythm, load_profiles
from ingest.public_days import PublicDays

_HOURS_PER_YEAR = 365.25 * 24
_WEEK = HOURS_OF_WEEK
_GRAVER = 0.12
_MOST_UNITS = 5


class Form(Enum):
    """In which form a source says where."""

    CODE = auto()
    CODE_AND_POINT = auto()
    NAME = auto()
    POINT = auto()
    STADSDEEL = auto()
    GEMEENTE = auto()


_FORMS = (Form.CODE, Form.CODE_AND_POINT, Form.NAME, Form.POINT, Form.STADSDEEL, Form.GEMEENTE)
_FORM_WEIGHTS = tuple(accumulate((0.62, 0.24, 0.05, 0.035, 0.015, 0.04)))
# About 120 m; a point of a small wijk may lie just outside of it, as in real sources.
_POINT_SPREAD_LAT, _POINT_SPREAD_LON = 0.0011, 0.0017


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happens, as it truly is.

    Attributes:
        event_id: its identity.
        occurred_ms: when, ms since 1970, on a whole second.
        place: position of the wijk.
        form: in which form its source says where; ``offset`` is the point's distance from the
            representative point, in degrees of latitude and longitude.
        severity: 1-5, or None to leave it to the theme.
        priority, units: for an incident.
        late: part of such happenings that is reported hours or days later.
        injected: part of an escalation.
        counts: False for a pulse.
    """

    event_id: str
    occurred_ms: int
    category: Category
    place: int
    form: Form
    offset: tuple[float, float]
    severity: int | None
    priority: str | None
    units: int
    late: float
    injected: bool = False
    counts: bool = True


class Happenings:
    """The course of events in a city.

    Args:
        seed: seed of the city.
        municipality: its areas.
    """

    def __init__(self, seed: int, municipality: Municipality) -> None:
        self.seed = seed
        self.themes: tuple[ThemeModel, ...] = load_themes()
        self.places = places_of(municipality)
        profiles = load_profiles()
        self._groups = groups_of(self.themes, self.places)
        self._base = _base_rates(self._groups, self.themes, profiles)
        self._public_days = PublicDays()
        self._rhythm = Rhythm(seed, self.themes, self._public_days)
        self._peaks_of_year = lru_cache(maxsize=8)(self._index_peaks)
        self._storm = lru_cache(maxsize=64)(lambda week: storm_starting_in(seed, week))
        self.schedule = Schedule(seed, self.themes, self.places, profiles)

    def rates(self, hour: int) -> list[float]:
        """Return the expected number of ordinary happenings of each group in a UTC hour."""
        local = local_hour(hour)
        days = self._rhythm.day_factors(local.day)
        base = self._base[self._rhythm.hour_of_week(local)]
        peaks = self.peaks(hour, local.day.year)
        if not peaks:
            return [rate * days[g.theme] for rate, g in zip(base, self._groups, strict=True)]
        return [
            rate * days[g.theme] * _peak_factor(peaks, self.themes[g.theme].theme, g.character)
            for rate, g in zip(base, self._groups, strict=True)
        ]

    def peaks(self, hour: int, local_year: int) -> list[Peak]:
        """Return the peaks and storms of a UTC hour, given the year that the local clock shows."""
        week = hour // _WEEK
        storms = (self._storm(week - 1), self._storm(week))
        calendar = self._peaks_of_year(local_year).get(hour, [])
        return [*calendar, *(s for s in storms if s and hour in s.hours)]

    def ordinary(self, hour: int) -> list[Happening]:
        """Return what happens in a UTC hour without any escalation."""
        draws = Draws(self.seed, "hour", hour)
        totals = list(accumulate(self.rates(hour)))
        happenings = []
        for number in range(draws.poisson(totals[-1])):
            group = self._groups[draws.index(totals)]
            place = group.places[draws.index(group.weights)]
            occurred = hour * HOUR_MS + draws.below(3600) * 1000
            event_id = short_id("d", self.seed, hour, number)
            happenings.append(self._happening(draws, event_id, occurred, group.theme, place))
        return happenings

    def injected(self, hour: int) -> list[Happening]:
        """Return what the escalations add in a UTC hour."""
        return [self._from_injected(one) for one in self.schedule.injected(hour)]

    def _from_injected(self, one: Injected) -> Happening:
        draws = Draws(self.seed, "injected", one.event_id)
        return self._happening(draws, one.event_id, one.occurred_ms, one.theme, one.place, injected=True)

    def _happening(
        self, draws: Draws, event_id: str, occurred: int, theme: int, place: int, injected: bool = False
    ) -> Happening:
        model = self.themes[theme]
        category = model.categories[draws.index(model.weights)]
        incident = category.kind is Kind.INCIDENT
        form = _FORMS[draws.index(_FORM_WEIGHTS)]
        points = form in (Form.POINT, Form.CODE_AND_POINT)
        severity = _severity(category, draws)
        return Happening(
            event_id=event_id,
            occurred_ms=occurred,
            category=category,
            place=place,
            form=form,
            offset=(_POINT_SPREAD_LAT * draws.normal(), _POINT_SPREAD_LON * draws.normal())
            if points
            else (0.0, 0.0),
            severity=severity,
            priority=priority_of(category, severity) if incident else None,
            units=min(_MOST_UNITS, 1 + draws.poisson(0.3)) if incident else 0,
            late=model.late,
            injected=injected,
        )

    def _index_peaks(self, year: int) -> Mapping[int, list[Peak]]:
        # New Year's Eve reaches into the next year.
        index: dict[int, list[Peak]] = {}
        for begun in (year - 1, year):
            for peak in calendar_peaks(begun, self._public_days):
                for hour in peak.hours:
                    index.setdefault(hour, []).append(peak)
        return index


def priority_of(category: Category, severity: int | None) -> str:
    """Return the alerting service's priority term for how grave an incident is."""
    grave = severity or THEMES[category.theme].severity
    if category.service in ("ambulance", "traumaheli"):
        if category.slug == "ambulance-besteld":
            return "b1"
        return "a2" if category.slug == "ambulance-dringend" else "a1"
    if grave >= Severity.SERIOUS:
        return "p1"
    return "p2" if grave >= Severity.MODERATE else "p3"


def _severity(category: Category, draws: Draws) -> int | None:
    graver = draws.chance(_GRAVER)
    if not graver:
        return category.severity
    usual = category.severity or THEMES[category.theme].severity
    return min(Severity.CRITICAL, usual + 1)


def _base_rates(
    groups: Sequence[Group], themes: Sequence[ThemeModel], profiles: Mapping[str, tuple[float, ...]]
) -> list[list[float]]:
    """Return the hourly rate of each group for each hour of the week, outside seasons and peaks."""
    curves = [
        profiles[
            themes[g.theme].centre_profile
            if g.character is Character.CENTRE
            else themes[g.theme].profile
        ]
        for g in groups
    ]
    return [
        [g.per_year / _HOURS_PER_YEAR * curve[how] for g, curve in zip(groups, curves, strict=True)]
        for how in range(HOURS_OF_WEEK)
    ]


def _peak_factor(peaks: Sequence[Peak], theme: Theme, character: Character) -> float:
    factor = 1.0
    for peak in peaks:
        if character in peak.characters:
            factor *= peak.factors.get(theme, 1.0)
    return factor
