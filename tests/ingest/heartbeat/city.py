"""Sources as they live, by the hour, from a seed: busy by day, quiet at night, slower on holidays."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from domain.clock import to_local
from ingest.heartbeat.judging import judge
from ingest.heartbeat.lateness import class_of
from ingest.heartbeat.verdict import Trouble, Verdict
from ingest.outbox.beats import Beat, Beats
from ingest.public_days import PublicDays
from ingest.rhythm import Rhythm

HOUR = timedelta(hours=1)
# Monday, so that the autumn change of the clock (25 October) and no holiday lie in the past of it.
START = datetime(2026, 9, 7, tzinfo=UTC)
DAYS = PublicDays()


@dataclass(frozen=True)
class Habit:
    """How a source lives: records on a working day, and how late they are."""

    name: str
    per_day: float
    office: bool = False
    late: float = 60.0
    spread: float = 1.5

    def rate(self, start: datetime) -> float:
        local = to_local(start)
        free = local.weekday() >= 5 or DAYS.is_holiday(local.date())
        if self.office:
            by_hour = 1.0 if 8 <= local.hour < 18 else 0.05
            return self.per_day / 11 * by_hour * (0.15 if free else 1.0)
        by_hour = 1.0 + 0.8 * math.sin((local.hour - 9) * math.pi / 12)
        return self.per_day / 24 * by_hour * (0.8 if free else 1.0)


CONTROL_ROOM = Habit("control room", 150.0)
REPORTS = Habit("reports", 90.0, office=True, late=2 * 3600.0)
RARE = Habit("rare", 12.0)
HABITS = (CONTROL_ROOM, REPORTS, RARE)


class Life:
    """A source in simulated time; ``change`` says from when on it is another."""

    def __init__(self, habit: Habit, seed: int) -> None:
        self.habit = habit
        self._draw = random.Random(f"{habit.name} {seed}")
        self.now = START
        self.beats = Beats({}, START)
        self.answers = True
        self.share = 1.0
        self.extra_late = 0.0
        self.took = 0.2

    def live(self, until: datetime) -> None:
        """Live hour by hour."""
        while self.now < until:
            self._hour()

    def _hour(self) -> None:
        end = self.now + HOUR
        n = self._count(self.habit.rate(self.now) * self.share) if self.answers else 0
        moments = sorted(self.now + HOUR * self._draw.random() for _ in range(n))
        late: dict[int, int] = {}
        for _ in range(n):
            number = class_of(self._draw.expovariate(1 / self.habit.late) + self.extra_late)
            late[number] = late.get(number, 0) + 1
        self.beats = replace(
            self.beats,
            hours={**self.beats.hours, self.now: Beat(n, late)},
            new_at=moments[-1] if moments else self.beats.new_at,
            caught_up_at=end if self.answers else self.beats.caught_up_at,
            took=(*self.beats.took, self.took)[-5:],
        )
        self.now = end

    def _count(self, rate: float) -> int:
        # Negative binomial: more spread than Poisson, as real counts are.
        extra = self.habit.spread - 1
        mean = self._draw.gammavariate(rate / extra, extra) if rate > 0 else 0.0
        limit, n, product = math.exp(-min(mean, 500.0)), 0, self._draw.random()
        while product > limit:
            n += 1
            product *= self._draw.random()
        return n

    def verdict(self, rhythm: Rhythm) -> Verdict:
        return judge(self.beats, rhythm, self.now, DAYS, due_at=self.now if self.answers else None)

    def first(self, trouble: Trouble, rhythm: Rhythm, most: timedelta) -> timedelta | None:
        """Live on until the trouble is seen; return how long that took; None: not within ``most``."""
        began = self.now
        while self.now < began + most:
            self._hour()
            if trouble in self.verdict(rhythm).troubles:
                return self.now - began
        return None


Change = Callable[[Life], None]
