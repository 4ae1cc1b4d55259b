"""What the streams worker tells of itself: each finished chunk, and now and then where it stands."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from domain.metrics import (
    CONSUMER_LAG,
    CONSUMER_UNCOMMITTED,
    REJECTS,
    STREAMS_CHUNK_RECORDS,
    STREAMS_CHUNK_SECONDS,
    STREAMS_RECORDS,
    STREAMS_UNFINISHED,
)
from domain.rejects import RejectReason
from domain.topics import lane_of, source_of
from domain.vitals import Loop, Outside, Vitals
from streams.chunk import Chunk
from streams.commit_tracker import CommitTracker, Ticket

PART = "streams"
Partition = tuple[str, int]

SAMPLE_SECONDS = 0.25
SILENT_SECONDS = 5.0
"""The broker answers a fetch within a fraction of a second; when it has not for so long, it is away."""


class ChunkMeter:
    """Tells how chunks do. All but ``rejected`` is called in the worker's event loop.

    Args:
        vitals: who is told.
        monotonic: seconds of a clock that never goes back.
        wall: seconds since 1970 UTC.
    """

    def __init__(
        self,
        vitals: Vitals,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._time = wall
        self._recorder = vitals.recorder
        self._progress = vitals.progress
        self._monotonic = monotonic
        self._turning: Loop = vitals.progress.loop("event loop")
        self._session: Loop = vitals.progress.loop("consumer")
        self._publishing: dict[Ticket[Partition], int] = {}
        self._known: set[Partition] = set()
        self._sampled = 0.0
        self._turns = 0
        self._failed_tries = 0
        self._joined = 0.0

    def now(self) -> float:
        """Return the time, in seconds of some clock."""
        return self._monotonic()

    def joining(self, attempt: int) -> None:
        """Note a try to join the group."""
        self._session.at("joining", attempt, Outside.BROKER)

    def joined(self) -> None:
        """Note that the worker is a member of the group."""
        self._joined = self._time()
        self._session.idle()

    def publishing(self, ticket: Ticket[Partition], attempt: int) -> None:
        """Note that a chunk is with the broker, at this try."""
        self._publishing[ticket] = attempt
        self._failed_tries += attempt > 0

    def left(self, ticket: Ticket[Partition]) -> None:
        """Note that a chunk is not with the broker any more."""
        self._publishing.pop(ticket, None)

    def finished(self, chunk: Chunk, began: float) -> None:
        """Measure a chunk that is done; work on it began at ``began``."""
        lane = str(lane_of(chunk.topic))
        self._recorder.count(STREAMS_RECORDS, len(chunk), source=source_of(chunk.topic), lane=lane)
        self._recorder.observe(STREAMS_CHUNK_RECORDS, (len(chunk),), lane=lane)
        self._recorder.observe(STREAMS_CHUNK_SECONDS, (self._monotonic() - began,), lane=lane)

    def rejected(self, source: str, reasons: Iterable[RejectReason]) -> None:
        """Count records of a source that are rejected."""
        for reason, n in Counter(reasons).items():
            self._recorder.count(REJECTS, n, part=PART, source=source, reason=str(reason))

    def sample(
        self,
        tracker: CommitTracker[Partition],
        ends: Mapping[Partition, int],
        answered: float,
        commits: int,
    ) -> None:
        """Tell where the worker stands, if it is time again.

        Args:
            tracker: of what is in hand.
            ends: per partition, the end of the log as the last fetch told it.
            answered: when the broker last answered a fetch, seconds since 1970 UTC; 0.0 if not known.
            commits: number of commits tried so far.
        """
        now = self._monotonic()
        if now - self._sampled < SAMPLE_SECONDS:
            return
        self._sampled = now
        self._turns += 1
        # Another head at each turn: if the event loop stands still, this is the one that tells.
        self._turning.at(self._turns)
        unfinished = tracker.unfinished()
        answered = max(answered, self._joined)
        if answered and not unfinished and self._time() - answered > SILENT_SECONDS:
            # The client asks again by itself; each look is a new try.
            self._session.at("silent", self._turns, Outside.BROKER)
        elif answered:
            self._session.idle()
        heads, standing = tracker.heads(), tracker.standing()
        for partition, (done, committed) in standing.items():
            self._tell(partition, heads.get(partition), done, committed, commits)
            if partition in ends:
                self._set_lag(partition, ends[partition] - (committed or 0))
        self._forget(self._known - standing.keys())
        self._known = {*standing}
        self._recorder.set(STREAMS_UNFINISHED, unfinished)

    def _tell(
        self,
        partition: Partition,
        head: Ticket[Partition] | None,
        done: int | None,
        committed: int | None,
        commits: int,
    ) -> None:
        topic, number = partition
        chunks, committing = (self._progress.loop(name) for name in _loop_names(partition))
        if head is None:
            chunks.idle()
        else:
            # While the broker is away, a chunk may have to wait for those before it to get through.
            at_broker = head in self._publishing
            doing = self._publishing[head] if at_broker else ("queued", self._failed_tries)
            chunks.at(head, doing, Outside.BROKER if at_broker or self._publishing else None)
        uncommitted = max(0, (done or 0) - (committed or 0)) if done else 0
        if uncommitted:
            committing.at((committed,), commits, Outside.BROKER)
        else:
            committing.idle()
        self._recorder.set(
            CONSUMER_UNCOMMITTED, uncommitted, part=PART, topic=topic, partition=str(number)
        )

    def _set_lag(self, partition: Partition, lag: int) -> None:
        topic, number = partition
        self._recorder.set(CONSUMER_LAG, max(0, lag), part=PART, topic=topic, partition=str(number))

    def _forget(self, partitions: Iterable[Partition]) -> None:
        for topic, number in partitions:
            for name in _loop_names((topic, number)):
                self._progress.end(name)
            for metric in (CONSUMER_LAG, CONSUMER_UNCOMMITTED):
                self._recorder.forget(metric, part=PART, topic=topic, partition=str(number))

    def ended(self) -> None:
        """Note that the session is over: nothing is in hand any more."""
        self._forget(self._known)
        self._known = set()
        self._publishing.clear()
        self._turning.idle()
        self._session.idle()
        self._joined = 0.0


def _loop_names(partition: Partition) -> tuple[str, str]:
    return f"chunks {partition[0]}/{partition[1]}", f"commit {partition[0]}/{partition[1]}"
