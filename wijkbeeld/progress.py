"""What ``up`` shows the person who started it."""

from __future__ import annotations

import time

from rich.console import Console
from rich.markup import escape

from domain.errors import Transient
from domain.topics import Lane
from ingest.outbox.feeds import FeedState
from ingest.status import FeedStatus, SourceStatus, read_status
from wijkbeeld.supervisor.plan import Plan

SHOW_SECONDS = 1.0
STEP_PERCENT = 10


class Progress:
    """Prints one line per step, then how far history and archives are.

    Args:
        console: where to print; a terminal gets colours, a file plain lines.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = time.monotonic()
        self._shown_at = 0.0
        self._percent: dict[tuple[str, Lane], int] = {}
        self._states: dict[tuple[str, Lane], tuple[FeedState, str | None]] = {}

    def line(self, text: str) -> None:
        """Print one line with the seconds since the start."""
        self._console.print(f"[dim]{time.monotonic() - self._started:6.1f} s[/dim]  {text}")

    def address(self, url: str) -> None:
        """Print where the page is."""
        self.line(f"[bold green]Wijkbeeld is at {url}[/bold green]  (Ctrl-C drains and ends)")

    def show(self, plan: Plan) -> None:
        """Print what moved in feeds that have an end; looks at most once a second."""
        now = time.monotonic()
        if now - self._shown_at < SHOW_SECONDS:
            return
        self._shown_at = now
        try:
            sources = read_status(plan.data_dir.outbox).sources
        except Transient:  # the outbox is busy; the next look will do
            return
        for source in sources:
            for feed in source.feeds:
                self._show_feed(source, feed)

    def _show_feed(self, source: SourceStatus, feed: FeedStatus) -> None:
        key = (source.name, feed.lane)
        what = "history" if feed.lane is Lane.BACKFILL else "archive"
        state = (feed.state, feed.error)
        if state != self._states.get(key):
            self._states[key] = state
            if feed.state is FeedState.DONE:
                self.line(f"{source.name}: {what} read to its end ({source.received} received so far)")
            elif feed.error is not None:
                self.line(f"[yellow]{source.name}: {feed.state}: {escape(feed.error)}[/yellow]")
        if feed.progress is not None and feed.state is not FeedState.DONE:
            percent = int(feed.progress * 100) // STEP_PERCENT * STEP_PERCENT
            if percent > self._percent.get(key, -1):
                self._percent[key] = percent
                self.line(f"{source.name}: {what} {percent} %")
