"""How far a long piece of work is: a bar in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TaskID, TextColumn

LINE_SECONDS = 10.0


class ProgressView:
    """Shows how far a piece of work is. Use it in a ``with`` block.

    Args:
        console: where to; a terminal gets a bar, a file a line now and then.
        title: what is worked on.
        columns: what a terminal gets behind the bar; ``{task.fields[told]}`` is what ``show`` is told.
        clock: monotonic, seconds.
    """

    def __init__(
        self,
        console: Console,
        title: str,
        columns: Sequence[ProgressColumn],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console = console
        self._title = title
        self._clock = clock
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            *columns,
            console=console,
            disable=not console.is_terminal,
        )
        self._task: TaskID | None = None
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

    def show(self, done: int, total: int, percent: int, told: str = "") -> None:
        """Show that ``done`` of ``total`` are done, and what else is told of it."""
        if self._console.is_terminal:
            if self._task is None:
                self._task = self._progress.add_task(self._title, total=total, told="")
            self._progress.update(self._task, completed=done, total=total, told=told)
        elif self._clock() >= self._line_at:
            self._line_at = self._clock() + LINE_SECONDS
            further = f", {told}" if told else ""
            self.line(f"{self._title}: {done:,} of {total:,} ({percent} %){further}")
