"""How parts ended, in words."""

from __future__ import annotations

from collections.abc import Mapping

from domain.vitals import Drained
from wijkbeeld.health.monitor import EXIT_STALLED
from wijkbeeld.supervisor.plan import INGEST, LOADER, RECOMPUTE, STREAMS

DRAINING = (INGEST, STREAMS, LOADER, RECOMPUTE)
"""Parts that may have something in hand when they are told to end."""


def how_it_ended(status: int) -> str:
    """Return what an exit status of a part means."""
    if status == EXIT_STALLED:
        return f"stood still and ended itself (status {status}, stacks in its log)"
    return f"ended with status {status}"


def drain_line(drains: Mapping[str, Drained | None]) -> str:
    """Return one line about what the parts that ended left behind for their next start."""
    left = [
        _left(part, drains[part]) for part in DRAINING if part in drains and not _is_clean(drains[part])
    ]
    return "; ".join(left) if left else "in flight 0, committed = flushed"


def _is_clean(drained: Drained | None) -> bool:
    return drained is not None and drained.is_clean


def _left(part: str, drained: Drained | None) -> str:
    if drained is None:
        return f"{part} was ended without a drain"
    parts = [f"{part} in flight {drained.in_flight}"]
    if drained.uncommitted:
        parts.append(f"{drained.uncommitted} partitions not committed")
    return ", ".join(parts)
