"""The rhythm of a source as its own past shows it: how many records an hour of the week brings.

The level is the median of whole weeks and the shape of the week a mean without outliers, so that one
bad week, a flood or an outage teaches nothing. The hours are those of Amsterdam's clock: a rush hour
stays one when the clock changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, median

from domain.clock import to_local
from ingest.public_days import PublicDays

LEAST_WEEKS = 3
"""Weeks that must have been watched before anything is learned."""

_HOUR = timedelta(hours=1)
_WEEK_HOURS = 7 * 24
_SUNDAY = 6
# A week counts as watched when at most a tenth of its hours is missing.
_ENOUGH = 0.9
_MAD = 1.4826


@dataclass(frozen=True, slots=True)
class Bounds:
    """Records that may be expected: as few as, usually, as many as. They differ on public holidays."""

    low: float
    usual: float
    high: float


class Learned:
    """What the past of a source says of any hour.

    Args:
        rates: records in each hour of the week, Monday 0:00 first.
        spread: variance of a day's count as a multiple of its mean, at least 1 (Poisson).
        days: knows the public holidays.
    """

    def __init__(self, rates: list[float], spread: float, days: PublicDays) -> None:
        self._rates = rates
        self.spread = spread
        self._days = days

    def hour(self, start: datetime) -> Bounds:
        """Return what the hour from an aware ``start`` may bring.

        A public holiday is like its weekday or like a Sunday, and may be half of the quieter one.
        """
        local = to_local(start)
        usual = self._rates[local.weekday() * 24 + local.hour]
        if not self._days.is_holiday(local.date()):
            return Bounds(usual, usual, usual)
        sunday = self._rates[_SUNDAY * 24 + local.hour]
        return Bounds(min(usual, sunday) / 2, usual, max(usual, sunday))

    def between(self, since: datetime, until: datetime) -> Bounds:
        """Return what the time from ``since`` to ``until`` (aware) may bring."""
        total = Bounds(0.0, 0.0, 0.0)
        at = since
        while at < until:
            hour = at.replace(minute=0, second=0, microsecond=0)
            end = min(hour + _HOUR, until)
            total = _added(total, self.hour(hour), (end - at) / _HOUR)
            at = end
        return total


def _added(total: Bounds, hour: Bounds, part: float) -> Bounds:
    return Bounds(
        total.low + hour.low * part, total.usual + hour.usual * part, total.high + hour.high * part
    )


def learn(counts: Mapping[datetime, int], now: datetime, days: PublicDays) -> Learned | None:
    """Return the rhythm in the past of a source; None where there is not enough of it.

    Args:
        counts: records by start of the hour (UTC) for each hour that was watched.
        now: aware; the running week and hour teach nothing yet.
        days: knows the public holidays, which teach nothing either.
    """
    weeks = _whole_weeks(counts, now)
    if len(weeks) < LEAST_WEEKS:
        return None
    level = median(sum(week.values()) * _WEEK_HOURS / len(week) for week in weeks)
    by_slot: dict[int, list[int]] = defaultdict(list)
    for week in weeks:
        for start, n in week.items():
            local = to_local(start)
            if not days.is_holiday(local.date()):
                by_slot[local.weekday() * 24 + local.hour].append(n)
    shape = _smooth([_without_outliers(by_slot.get(slot, ())) for slot in range(_WEEK_HOURS)])
    total = sum(shape)
    if total <= 0 or level <= 0:
        return None
    learned = Learned([level * part / total for part in shape], 1.0, days)
    return Learned(learned._rates, _spread(weeks, learned), days)


def _whole_weeks(counts: Mapping[datetime, int], now: datetime) -> list[dict[datetime, int]]:
    """Return the hours of each of the last weeks, counted back from ``now``, that was watched."""
    end = now.replace(minute=0, second=0, microsecond=0)
    weeks: dict[int, dict[datetime, int]] = defaultdict(dict)
    for start, n in counts.items():
        if start < end:
            weeks[int((end - _HOUR - start) / _HOUR) // _WEEK_HOURS][start] = n
    # The last days are what is judged: they must not teach that they are normal.
    return [
        week for age, week in sorted(weeks.items()) if age > 0 and len(week) >= _ENOUGH * _WEEK_HOURS
    ]


def _without_outliers(values: Iterable[int]) -> float:
    found = sorted(values)
    if not found:
        return 0.0
    middle = median(found)
    mad = _MAD * median(abs(value - middle) for value in found)
    return fmean(min(value, middle + 4 * mad + 3) for value in found)


def _smooth(shape: list[float]) -> list[float]:
    return [(shape[i - 1] + 2 * shape[i] + shape[(i + 1) % len(shape)]) / 4 for i in range(len(shape))]


def _spread(weeks: list[dict[datetime, int]], learned: Learned) -> float:
    """Return by how much more days vary than chance: robust, from their distances to the expected."""
    found: dict[object, int] = defaultdict(int)
    expected: dict[object, float] = defaultdict(float)
    for week in weeks:
        for start, n in week.items():
            day = to_local(start).date()
            found[day] += n
            expected[day] += learned.hour(start).usual
    distances = [abs(found[day] - usual) / usual**0.5 for day, usual in expected.items() if usual > 1]
    return max(1.0, (_MAD * median(distances)) ** 2) if distances else 1.0
