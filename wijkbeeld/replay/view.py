"""What a replay shows while it runs: how far it is, how fast, and how long it will take."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import TextColumn

from warehouse.replay.jobs import Job
from wijkbeeld.progress_view import ProgressView

RATE_SECONDS = 30.0


class ReplayView:
    """Shows how far a replay is, in ``progress``; use that in a ``with`` block.

    Args:
        console: where to; a terminal gets a bar, a file a line now and then.
        clock: monotonic, seconds.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._marks: list[tuple[float, int]] = []
        self.progress = ProgressView(console, "replay", [TextColumn("{task.fields[told]}")], clock)

    def show(self, job: Job, in_flight: int) -> None:
        """Show a job; ``in_flight`` events are published and not yet loaded."""
        now = self._clock()
        if not self._marks or job.read != self._marks[-1][1]:
            self._marks.append((now, job.read))
        while now - self._marks[0][0] > RATE_SECONDS and len(self._marks) > 2:
            self._marks.pop(0)
        told = f"{self.rate:,.0f}/s, {_eta(job, self.rate)}, {in_flight:,} on their way"
        self.progress.show(job.read, job.total, percent(job), told)

    @property
    def rate(self) -> float:
        """Records per second, over the last half minute."""
        if not self._marks:
            return 0.0
        (began, first), (_, last) = self._marks[0], self._marks[-1]
        return (last - first) / max(self._clock() - began, 0.001)


def percent(job: Job) -> int:
    """Return how much of a job is done, 0-100."""
    return 100 if not job.total else min(100, job.read * 100 // job.total)


def _eta(job: Job, rate: float) -> str:
    if rate <= 0:
        return "time left unknown"
    left = round(max(0, job.total - job.read) / rate)
    hours, rest = divmod(left, 3600)
    return f"{hours:d}:{rest // 60:02d}:{rest % 60:02d} left"
