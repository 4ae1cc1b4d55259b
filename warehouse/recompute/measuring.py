"""What the recompute tells of itself, step by step."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, datetime

from domain.metrics import (
    ACCEPTED_TO_VISIBLE,
    RECOMPUTE_LAG,
    RECOMPUTE_LEASE,
    RECOMPUTE_OLDEST,
    RECOMPUTE_STEP_CELLS,
    RECOMPUTE_STEP_SECONDS,
    RECOMPUTE_WAITING,
)
from domain.topics import Lane
from domain.vitals import Outside, Vitals


class StepMeter:
    """Tells how the recompute does.

    Args:
        vitals: who is told.
        monotonic: seconds of a clock that never goes back.
        now: the time, aware, in UTC.
    """

    def __init__(
        self,
        vitals: Vitals,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._recorder = vitals.recorder
        self._progress = vitals.progress
        self._monotonic = monotonic
        self._now = now
        self._steps = vitals.progress.loop("steps")
        self._connection = vitals.progress.loop("clickhouse")
        self._number = 0
        self._began = 0.0
        self.in_hand = 0
        """Batches of the step that was begun and is not ended."""

    def reaching(self, attempt: int) -> None:
        """Note a try to reach ClickHouse and to take the lease."""
        self._connection.at("reaching", attempt, Outside.WAREHOUSE)

    def holding(self, held: bool) -> None:
        """Note whether the lease is ours; without it the recompute stands by, which is all right."""
        self._connection.idle()
        self._recorder.set(RECOMPUTE_LEASE, float(held))

    def begin(self) -> None:
        """Note that a step begins."""
        self._number += 1
        self._began = self._monotonic()
        self.doing("begin")

    def doing(self, part: Hashable, waiting_for: Outside | None = None) -> None:
        """Note what the step in hand does."""
        self._steps.at(self._number, part, waiting_for)

    def found(self, batches: int, oldest_seconds: float) -> None:
        """Note how many batches wait, and the age of the oldest."""
        self._recorder.set(RECOMPUTE_WAITING, batches)
        self._recorder.set(RECOMPUTE_OLDEST, oldest_seconds)

    def taken(self, batches: int) -> None:
        """Note how many batches the step works on."""
        self.in_hand = batches

    def done(self, marks: int, batches: Iterable[tuple[Lane, float, Sequence[datetime]]]) -> None:
        """Measure a step whose cells are written.

        Args:
            marks: marked cells and ids.
            batches: per batch its lane, the age of its marks when they were listed (seconds), and when
                some of its live events were received.
        """
        seconds = self._monotonic() - self._began
        now = self._now()
        self._recorder.observe(RECOMPUTE_STEP_SECONDS, (seconds,))
        self._recorder.observe(RECOMPUTE_STEP_CELLS, (marks,))
        for lane, age, received in batches:
            self._recorder.observe(RECOMPUTE_LAG, (age + seconds,), lane=str(lane))
            if received:
                ages = [max(0.0, (now - moment).total_seconds()) for moment in received]
                self._recorder.observe(ACCEPTED_TO_VISIBLE, ages)
                self._progress.live_age(max(ages))

    def idle(self) -> None:
        """Note that nothing is in hand."""
        self._steps.idle()
        self.in_hand = 0
