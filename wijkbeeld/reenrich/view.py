"""What a re-enrichment shows: a bar with the time left, and what has changed at the end."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import TextColumn, TimeRemainingColumn
from rich.table import Table

from warehouse.reenriched import Reenriched
from wijkbeeld.progress_view import ProgressView


def reenrich_view(console: Console, clock: Callable[[], float] = time.monotonic) -> ProgressView:
    """Return what shows how far a re-enrichment is.

    Args:
        console: where to; a terminal gets a bar, a file a line now and then.
        clock: monotonic, seconds.
    """
    return ProgressView(console, "re-enrich", [TimeRemainingColumn(), TextColumn("left")], clock)


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
