"""When a page of a recording plays, and which time its event gets.

An anchor ties one moment of the recording to one on the clock. At speed N a page plays at ``wall +
(page time - anchor page) / N``; as fast as it can, every page is due. Without *as live* an event
keeps its page's own time. With it, it occurs when it plays; as fast as it can, a constant shift
puts the last page at the start. So no event ever occurs in the future.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Anchor:
    """``page`` in the recording is ``wall`` on the clock (both UTC); speed None: as fast as it can."""

    wall: datetime
    page: datetime
    speed: float | None

    def on_clock(self, moment: datetime) -> datetime:
        """Return the time on the clock at which a page of ``moment`` plays."""
        return self.wall + (moment - self.page) / (self.speed or 1)

    def until(self, moment: datetime, now: datetime) -> timedelta:
        """Return how long a page of ``moment`` must still wait; zero when it is due.

        A page from after ``now`` itself has a wrong time: it does not hold up the rest.
        """
        if self.speed is None or moment > now:
            return timedelta(0)
        return max(self.on_clock(moment) - now, timedelta(0))
