"""Finds the loop that stands still with work in hand. Pure: the clock comes in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from domain.vitals import Outside
from wijkbeeld.health.progress import LoopReport
from wijkbeeld.health.readiness import Limits

LONGEST_GAP_SECONDS = 3.0
"""More time than this between two looks is not counted: then the whole process stood still."""


@dataclass(frozen=True, slots=True)
class Stall:
    """A loop that made no step, and for how many seconds it was seen doing so."""

    loop: str
    waiting_for: Outside | None
    seconds: float


class Watchdog:
    """Judges, look by look, whether a loop has stalled.

    Time counts against a loop only while it is seen to have work in hand and to make no step, so that a
    process that was stopped or a machine that slept is not taken for a stall.

    Args:
        limits: how long a loop may stand still on its own work, and on one try at something outside.
        monotonic: seconds of a clock that never goes back.
    """

    def __init__(self, limits: Limits, monotonic: Callable[[], float]) -> None:
        self._limits = limits
        self._monotonic = monotonic
        self._looked = monotonic()
        self._standing: dict[str, tuple[int, float]] = {}

    def look(self, reports: Iterable[LoopReport]) -> Stall | None:
        """Return the loop that has stalled, if one has."""
        now = self._monotonic()
        passed, self._looked = min(now - self._looked, LONGEST_GAP_SECONDS), now
        standing = {}
        stalled = None
        for report in reports:
            if not report.busy:
                continue
            step, seconds = self._standing.get(report.name, (report.step, 0.0))
            seconds = seconds + passed if step == report.step else 0.0
            standing[report.name] = (report.step, seconds)
            if stalled is None and seconds > self._limit(report):
                stalled = Stall(report.name, report.waiting_for, seconds)
        self._standing = standing
        return stalled

    def _limit(self, report: LoopReport) -> float:
        limits = self._limits
        return limits.stall_seconds if report.waiting_for is None else limits.wait_seconds
