"""The demo city: everything its sources emit in any window of time.

What is emitted is a pure function of seed, municipality and time: each UTC hour has random numbers of
its own, and everything that is said about a happening is said within ``REACH_HOURS``, so a window is
answered from its own hours and that many before it, whatever was asked earlier.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from domain.areas import Municipality
from ingest.demo.drafts import Drafter
from ingest.demo.draws import Draws
from ingest.demo.happenings import Happenings
from ingest.demo.hours import HOUR_MS, from_ms, to_ms
from ingest.demo.pulses import pulses_of
from ingest.demo.reports import REACH_HOURS, Report, Reporter
from ingest.protocol import Draft, Unreadable

# Of some eleven records an hour, one in a thousand is unreadable.
_GARBLED_PER_HOUR = 0.011
_HOURS_KEPT = 2 * REACH_HOURS


@dataclass(frozen=True, slots=True)
class Emission:
    """What a source emits at a moment: a draft or a record that cannot be read.

    Attributes:
        at: when, aware, UTC, to the millisecond.
        pulse: it only shows that the source is alive (see ``pulses``).
    """

    at: datetime
    finding: Draft | Unreadable
    pulse: bool = False


class City:
    """A synthetic city.

    Args:
        seed: any whole number; another seed is another city.
        municipality: whose wijken it has.
        escalations: False leaves out the escalations and nothing else.
    """

    def __init__(self, seed: int, municipality: Municipality, *, escalations: bool = True) -> None:
        self.seed = seed
        self.happenings = Happenings(seed, municipality)
        self._escalations = escalations
        self._reporter = Reporter(seed, self.happenings.themes, self.happenings.places)
        self._drafter = Drafter(seed, municipality, self.happenings.places)
        # Windows follow each other: the hours before a window are mostly those of the last one.
        self._reports = lru_cache(maxsize=_HOURS_KEPT)(self._reports_of)
        self._pulses = lru_cache(maxsize=8)(lambda hour: pulses_of(seed, hour, self.happenings.places))

    def emissions(self, start: datetime, end: datetime, *, pulses: bool = False) -> list[Emission]:
        """Return what is emitted from ``start`` up to but not including ``end``, in order.

        Args:
            start, end: aware.
            pulses: with the pulses too.
        """
        first, last = to_ms(start), to_ms(end)
        if last <= first:
            return []
        found = sorted(self._in_window(first, last), key=_order)
        emitted = [Emission(from_ms(r.at_ms), self._drafter.draft(r)) for r in found]
        emitted += self._garbled(first, last)
        if pulses:
            emitted += self._pulses_between(first, last)
        emitted.sort(key=lambda emission: emission.at)
        return emitted

    def _in_window(self, first: int, last: int) -> Iterator[Report]:
        for hour in range(first // HOUR_MS - REACH_HOURS, (last - 1) // HOUR_MS + 1):
            for report in self._reports(hour):
                if first <= report.at_ms < last:
                    yield report

    def _reports_of(self, hour: int) -> list[Report]:
        happenings = self.happenings.ordinary(hour)
        if self._escalations:
            happenings += self.happenings.injected(hour)
        return [report for one in happenings for report in self._reporter.reports(one)]

    def _garbled(self, first: int, last: int) -> Iterator[Emission]:
        for hour in range(first // HOUR_MS, (last - 1) // HOUR_MS + 1):
            draws = Draws(self.seed, "garbled", hour)
            if draws.chance(_GARBLED_PER_HOUR):
                at = hour * HOUR_MS + draws.below(HOUR_MS)
                if first <= at < last:
                    yield Emission(from_ms(at), self._drafter.unreadable(hour))

    def _pulses_between(self, first: int, last: int) -> Iterator[Emission]:
        for hour in range(first // HOUR_MS, (last - 1) // HOUR_MS + 1):
            for report in self._pulses(hour):
                if first <= report.at_ms < last:
                    yield Emission(from_ms(report.at_ms), self._drafter.draft(report), pulse=True)


def _order(report: Report) -> tuple[int, str, int, int]:
    return report.at_ms, report.event_id, report.revision, report.copy
