"""What a replay shows: a bar in a terminal, a line now and then elsewhere, the counts at the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from warehouse.replay.jobs import Job

LINE_SECONDS = 10.0
RATE_SECONDS = 30.0


class ReplayView:
    """Shows how far a replay is. Use it in a ``with`` block.

    Args:
        console: where to.
        clock: monotonic, seconds.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("{task.fields[told]}"),
            console=console,
            disable=not console.is_terminal,
        )
        self._task: TaskID | None = None
        self._marks: list[tuple[float, int]] = []
        self._line_at = clock() + LINE_SECONDS

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def line(self, text: str) -> None:
        """Print a line of its own."""
        self._progress.console.print(text)

    def show(self, job: Job, in_flight: int) -> None:
        """Show a job; ``in_flight`` events are published and not yet loaded."""
        now = self._clock()
        if not self._marks or job.read != self._marks[-1][1]:
            self._marks.append((now, job.read))
        while now - self._marks[0][0] > RATE_SECONDS and len(self._marks) > 2:
            self._marks.pop(0)
        told = f"{self.rate:,.0f}/s, {_eta(job, self.rate)}, {in_flight:,} on their way"
        if self._console.is_terminal:
            if self._task is None:
                self._task = self._progress.add_task("replay", total=job.total, told="")
            self._progress.update(self._task, completed=job.read, total=job.total, told=told)
        elif now >= self._line_at:
            self._line_at = now + LINE_SECONDS
            self.line(f"replay: {job.read:,} of {job.total:,} ({percent(job)} %), {told}")

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
