"""Whether a part does its work now, judged from what it says itself. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wijkbeeld.health.progress import LoopReport


@dataclass(frozen=True, slots=True)
class Limits:
    """When a part is not ready, and when it is ended.

    Attributes:
        stale_seconds: work in hand for so long, whatever it waits for: not ready.
        fresh_seconds: live events that are older than this when they are dealt with: not ready.
        stall_seconds: own work without a step for so long: the part has stalled.
        wait_seconds: one try at the broker, ClickHouse or a source for so long: it has stalled too, as
            every such call has a shorter limit of its own.
    """

    stale_seconds: float = 15.0
    fresh_seconds: float = 60.0
    stall_seconds: float = 120.0
    wait_seconds: float = 600.0


FRESHNESS_COUNTS_SECONDS = 30.0
"""A part that had no live event for so long is not said to be behind."""


def reasons_not_ready(
    started: bool, loops: Sequence[LoopReport], live_age: float | None, limits: Limits
) -> tuple[str, ...]:
    """Return why a part is not ready, one line each; empty when it is.

    Args:
        started: it has said that it does its work.
        loops: what its loops have in hand.
        live_age: age in seconds of the live event that it dealt with last; None without one lately.
        limits: what is bearable.
    """
    reasons = [] if started else ["starting"]
    for loop in loops:
        if loop.head_seconds > limits.stale_seconds:
            what = f"waits for the {loop.waiting_for}" if loop.waiting_for else "is not finished"
            reasons.append(f"{loop.name} {what} for {loop.head_seconds:.0f} s")
    if live_age is not None and live_age > limits.fresh_seconds:
        reasons.append(f"live events are {live_age:.0f} s old")
    return tuple(reasons)
