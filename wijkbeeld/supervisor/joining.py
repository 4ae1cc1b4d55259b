"""Whether the streams workers get into their consumer group."""

from __future__ import annotations

from collections.abc import Mapping

from wijkbeeld.supervisor.child import Child
from wijkbeeld.supervisor.plan import Plan

JOIN_SECONDS = 90.0
"""Longest time in which a worker joins; a group forms in half a session of six seconds."""


def kept_out(plan: Plan, children: Mapping[str, Child], seconds: float = JOIN_SECONDS) -> str | None:
    """Return a streams worker that runs and has not joined its group for so long; None without one.

    All that such a worker waits for is the broker: a worker that fails ends, and starts anew.
    """
    for name in plan.streams:
        child = children.get(name)
        if child is not None and not child.ready and child.uptime > seconds:
            return name
    return None
