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
        max_marks: at most so many touched cells and ids per step; one batch is always taken.
        takeover: age after which the lease of somebody who no longer renews it is taken over.
        renewal: how often the lease is renewed.
        keep_done: age at which marks that are done are deleted.
        housekeeping: how often that is looked at.
    """

    url: str
    user: str
    password: str = field(repr=False)
    interval: float = 0.1
    max_marks: int = 100_000
    takeover: timedelta = timedelta(seconds=10)
    renewal: timedelta = timedelta(seconds=3)
    keep_done: timedelta = timedelta(minutes=10)
    housekeeping: timedelta = timedelta(minutes=1)
    clustered: bool = False
