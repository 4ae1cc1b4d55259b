"""What a re-enrichment shows: a bar with the time left, and what has changed at the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table

from streams.catching_up import Progress
from warehouse.reenriched import Reenriched

LINE_SECONDS = 10.0


class ReenrichView:
    """Shows how far a re-enrichment is. Use it in a ``with`` block.

    Args:
        console: where to; a terminal gets a bar, a file a line now and then.
        clock: monotonic, seconds.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=console,
            disable=not console.is_terminal,
        )
        self._task: TaskID | None = None
        self._line_at = clock() + LINE_SECONDS

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def line(self, text: str) -> None:
        """Print a line of its own."""
        self._bar.console.print(text)

    def show(self, progress: Progress) -> None:
        """Show how far it is."""
        if not progress.total:
            return
        if self._console.is_terminal:
            if self._task is None:
                self._task = self._bar.add_task("re-enrich", total=progress.total)
            self._bar.update(self._task, completed=progress.read, total=progress.total)
        elif self._clock() >= self._line_at:
            self._line_at = self._clock() + LINE_SECONDS
            self.line(f"re-enrich: {progress.read:,} of {progress.total:,} ({progress.percent} %)")


def print_changes(console: Console, changes: Reenriched) -> None:
    """Print what has changed, within 80 columns."""
    events = max(changes.events, 1)
    before, after = changes.placed_before, changes.placed_after
    console.print(
        f"{changes.events:,} events were located again; {changes.moved:,} have another area now\n"
        f"with a wijk: {before:,} ({before / events:.1%}) before, {after:,} ({after / events:.1%}) after"
    )
    if changes.moves:
        table = Table(box=None, pad_edge=False)
        for title in ("matched before", "after"):
            table.add_column(title)
        for title in ("events", "another area"):
            table.add_column(title, justify="right")
        for move in changes.moves:
            table.add_row(move.before, move.after, f"{move.events:,}", f"{move.moved:,}")
        console.print(table)
    if changes.older:
        console.print(
            f"{changes.older:,} events stay as older tables located them: their raw records are gone"
        )
