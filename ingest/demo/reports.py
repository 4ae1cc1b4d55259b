"""How what happens is reported: late, twice, wrongly at first, taken back, closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from domain.events import Kind
from ingest.demo.catalogue import Category, ThemeModel
from ingest.demo.draws import Draws
from ingest.demo.happenings import Form, Happening, priority_of
from ingest.demo.hours import HOUR_MS
from ingest.demo.levels import Place

REACH_HOURS = 240
"""Hours after it happened within which everything is said about a happening."""

LATE_MS = HOUR_MS
"""A report counts as late when it comes this long after it happened, or later."""

_DUPLICATED = 0.035
_DUPLICATED_AGAIN = 0.15
_CORRECTED = 0.04
_CLOSED = 0.25
_RETRACTED = 0.015
_MINUTE_MS = 60_000

# The longest delays, in hours; their sum stays below REACH_HOURS.
_LATEST, _LATEST_CORRECTION, _LATEST_CLOSING, _LATEST_RETRACTION = 120.0, 30.0, 60.0, 24.0


class Report(NamedTuple):
    """Something that a source says about a happening.

    Attributes:
        at_ms: when it is said, ms since 1970.
        copy: 0, or which repetition of the same content it is.
    """

    at_ms: int
    event_id: str
    revision: int
    copy: int
    state: Happening
    deleted: bool
    closed: bool


class Reporter:
    """Turns a happening into everything that is said about it.

    Args:
        seed: seed of the city.
        themes: the catalogue.
        places: the wijken.
    """

    def __init__(self, seed: int, themes: tuple[ThemeModel, ...], places: tuple[Place, ...]) -> None:
        self._seed = seed
        self._places = places
        self._categories: tuple[Category, ...] = tuple(c for t in themes for c in t.categories)

    def reports(self, happening: Happening) -> Iterator[Report]:
        """Yield every report of a happening, within ``REACH_HOURS`` after it.

        The last one that is not a retraction says what truly happened. What an escalation added is
        never retracted, so that its truth can be counted.
        """
        draws = Draws(self._seed, "reports", happening.event_id)
        at = happening.occurred_ms + _first_delay(happening, draws)
        corrected = draws.chance(_CORRECTED)
        first = self._mistaken(happening, draws) if corrected else happening
        yield Report(at, happening.event_id, 1, 0, first, False, False)
        yield from _repetitions(at, first, draws)
        revision = 1
        if corrected:
            revision += 1
            at += _hours(draws, 2.0, 0.25, _LATEST_CORRECTION)
            yield Report(at, happening.event_id, revision, 0, happening, False, False)
        fate = draws.unit()
        if fate < _RETRACTED and not happening.injected:
            at += _hours(draws, 1.5, 0.2, _LATEST_RETRACTION)
            yield Report(at, happening.event_id, revision + 1, 0, happening, True, False)
        elif happening.category.kind is Kind.SIGNAL and fate > 1.0 - _CLOSED:
            at += _hours(draws, 16.0, 0.5, _LATEST_CLOSING)
            yield Report(at, happening.event_id, revision + 1, 0, happening, False, True)

    def _mistaken(self, true: Happening, draws: Draws) -> Happening:
        """Return what was said at first: another wijk, an earlier hour, or another category."""
        kind = draws.unit()
        if kind < 0.5 and true.form in (Form.CODE, Form.CODE_AND_POINT, Form.NAME):
            neighbours = self._places[true.place].neighbours
            if neighbours:
                return replace(true, place=neighbours[draws.below(len(neighbours))])
        if kind < 0.75:
            others = tuple(
                c
                for c in self._categories
                if c.kind is true.category.kind and c.theme is not true.category.theme
            )
            if others:
                other = others[draws.below(len(others))]
                urgent = priority_of(other, other.severity) if true.priority else None
                return replace(true, category=other, severity=other.severity, priority=urgent)
        return replace(true, occurred_ms=true.occurred_ms - (1 + draws.below(3)) * HOUR_MS)


def _first_delay(happening: Happening, draws: Draws) -> int:
    if draws.chance(happening.late):
        return _hours(draws, 10.0, 1.0, _LATEST)
    if happening.category.kind is Kind.INCIDENT:
        return 5_000 + draws.below(115_000)
    if happening.category.kind is Kind.INSPECTION:
        return (5 + draws.below(45)) * _MINUTE_MS
    return round(min(55.0, draws.lognormal(9.0, 0.8)) * _MINUTE_MS)


def _hours(draws: Draws, median: float, least: float, most: float) -> int:
    """Draw a delay in ms from a lognormal distribution, cut at ``least`` and ``most`` hours."""
    return round(min(most, max(least, draws.lognormal(median, 1.0))) * HOUR_MS)


def _repetitions(at: int, state: Happening, draws: Draws) -> Iterator[Report]:
    if not draws.chance(_DUPLICATED):
        return
    for copy in range(1, 3 if draws.chance(_DUPLICATED_AGAIN) else 2):
        at += _MINUTE_MS + draws.below(9 * _MINUTE_MS)
        yield Report(at, state.event_id, 1, copy, state, False, False)
