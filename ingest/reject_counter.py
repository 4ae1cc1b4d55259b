"""Rejects that are made behind the broker count for their source's budget: what topic ``rejected`` says.

Ingest's own rejects pass here too, and after a restart all of them once more: they are known by their
receipt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import orjson
import structlog

from domain.clock import Clock
from domain.rejects import RejectReason
from ingest.feed_runner import log_pause
from ingest.outbox.store import Outbox


class RejectCounter:
    """Takes note of rejects, and with them pauses sources that have too many.

    Args:
        outbox: that takes note.
        clock: gives the time of a pause.
    """

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock
        self._log = structlog.get_logger(__name__)

    def apply(self, values: Iterable[bytes]) -> None:
        """Take note of the rows of some rejects; what is no such row is counted and passed over."""
        found: dict[str, list[tuple[int, RejectReason]]] = defaultdict(list)
        unreadable = 0
        for value in values:
            try:
                row = orjson.loads(value)
                source, receipt, reason = row["source"], row["receipt"], RejectReason(row["reason"])
            except (ValueError, KeyError, TypeError):
                unreadable += 1
                continue
            if type(source) is str and type(receipt) is int:
                found[source].append((receipt, reason))
            else:
                unreadable += 1
        if unreadable:
            self._log.warning("rejects_unreadable", count=unreadable)
        for source, rejects in found.items():
            pause = self._outbox.note_rejects(source, rejects, self._clock.now())
            if pause is not None:
                log_pause(source, pause)
