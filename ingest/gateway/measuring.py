"""What the gateway tells of itself: requests and what came of them, and how the outbox takes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.metrics import (
    GATEWAY_COMMIT_RECORDS,
    GATEWAY_COMMIT_SECONDS,
    GATEWAY_REQUESTS,
    GATEWAY_WAITING,
    INGEST_DUPLICATES,
    INGEST_LAST_POLL,
    INGEST_RECORDS,
)
from domain.vitals import Vitals
from ingest.outbox.shared import LANE, Push
from ingest.outbox.writing import Written

TAKEN = "taken"


class RequestMeter:
    """Counts requests by what came of them.

    Args:
        vitals: who is told.
    """

    def __init__(self, vitals: Vitals) -> None:
        self._recorder = vitals.recorder

    def answered(self, reason: str) -> None:
        """Count a request: ``TAKEN``, or the kind of its problem."""
        self._recorder.count(GATEWAY_REQUESTS, reason=reason)


class DoorMeter:
    """Tells how writing to the outbox goes.

    Args:
        vitals: who is told.
    """

    def __init__(self, vitals: Vitals) -> None:
        self._recorder = vitals.recorder
        self._loop = vitals.progress.loop("door")
        self._writes = 0

    def writing(self) -> None:
        """Note that a transaction begins."""
        self._writes += 1
        self._loop.at(self._writes, "write")

    def written(
        self, pushes: Sequence[Push], written: Sequence[Written], now: datetime, seconds: float
    ) -> None:
        """Measure a transaction that is durable."""
        self._recorder.observe(GATEWAY_COMMIT_SECONDS, [seconds])
        self._recorder.observe(GATEWAY_COMMIT_RECORDS, [sum(len(push.drafts) for push in pushes)])
        lane = str(LANE)
        for push, each in zip(pushes, written, strict=True):
            received = each.issued + each.duplicates
            self._recorder.count(INGEST_RECORDS, received, source=push.source, lane=lane)
            self._recorder.count(INGEST_DUPLICATES, each.duplicates, source=push.source, lane=lane)
            self._recorder.set(INGEST_LAST_POLL, now.timestamp(), source=push.source, lane=lane)

    def idle(self, waiting: int) -> None:
        """Note that nothing is being written, and how many events wait."""
        self._recorder.set(GATEWAY_WAITING, waiting)
        if not waiting:
            self._loop.idle()
