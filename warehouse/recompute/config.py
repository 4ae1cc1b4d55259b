"""What the recompute is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class RecomputeConfig:
    """Where and how often cells are recomputed.

    Attributes:
        url, user, password: ClickHouse, with the right to insert and to delete from ``dirty``.
        clustered: the tables are spread over a cluster.
        interval: seconds between two looks at ``dirty``: at most so often is recomputed.
        rest: after a step, at least so many times its duration passes before the next: where an hour
            holds millions of events, counting it again without a pause would take all of the machine.
        longest_rest: seconds; no rest is longer.
        max_marks: at most so many touched cells and ids per step; one batch is always taken.
        history_marks: the same for a step of history, which live batches wait for.
        takeover: age after which the lease of somebody who no longer renews it is taken over.
        renewal: how often the lease is renewed.
        keep_done: age at which marks that are done are deleted.
        housekeeping: how often that is looked at.
    """

    url: str
    user: str
    password: str = field(repr=False)
    interval: float = 0.1
    rest: float = 3.0
    longest_rest: float = 3.0
    max_marks: int = 100_000
    history_marks: int = 20_000
    takeover: timedelta = timedelta(seconds=10)
    renewal: timedelta = timedelta(seconds=3)
    keep_done: timedelta = timedelta(minutes=10)
    housekeeping: timedelta = timedelta(minutes=1)
    clustered: bool = False

    def pause(self, took: float) -> float:
        """Return how long to wait after a step that took so many seconds."""
        return max(self.interval - took, min(self.rest * took, self.longest_rest))
