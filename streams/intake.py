"""From what was fetched to deliveries: chunks that are entered in the commit tracker, without a gap.

A fetch moves the reader; if its records were lost on the way (a cancelled call), the next fetch starts
further on and a commit would pass what nobody saw. So every fetch says where the reader stood before it,
and that must be where the last one left it. Where it is not, the records are put aside and the reader is
sent back, as often as that happens. Only the log itself can say that it has no more there (retention):
it is asked where it begins, and what lies before is reported as loss.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from domain.vitals import Drained
from streams.chunk import FetchedRecord, cut
from streams.chunk_worker import Delivery, Partition
from streams.commit_tracker import CommitTracker

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Fetched:
    """Records by partition, and where the reader stood before and stands after (next offset to read).

    ``ends`` is where the log of each partition ended, as the broker told with the last fetch of it, and
    ``answered`` when it last answered a fetch, seconds since 1970 UTC; 0.0 when that is not known.
    """

    records: Mapping[Partition, Sequence[FetchedRecord]] = field(default_factory=dict)
    before: Mapping[Partition, int] = field(default_factory=dict)
    after: Mapping[Partition, int] = field(default_factory=dict)
    ends: Mapping[Partition, int] = field(default_factory=dict)
    answered: float = 0.0


class Intake:
    """Enters what was fetched in ``tracker``.

    Args:
        max_records, max_bytes: bounds of a chunk.
    """

    def __init__(self, tracker: CommitTracker[Partition], max_records: int, max_bytes: int) -> None:
        self._tracker = tracker
        self._max_records = max_records
        self._max_bytes = max_bytes
        self.ends: dict[Partition, int] = {}
        """Where the log of each partition that is ours ended when it was last fetched."""
        self.answered = 0.0
        """When the broker last answered a fetch, seconds since 1970 UTC; 0.0 before it has."""

    def sought(
        self, committed: Mapping[Partition, int | None], earliest: Mapping[Partition, int]
    ) -> None:
        """Note that reading starts again at the committed offsets.

        Args:
            committed: None for a partition without one, which is read from its earliest record.
            earliest: where the log of such a partition begins. Without it the loss of the very first
                fetch could not be told from a log that begins later.
        """
        for partition, offset in committed.items():
            start = offset or earliest.get(partition)
            self._tracker.seek(partition, start, committed=offset or None)

    def revoked(self, partitions: Sequence[Partition]) -> None:
        """Forget partitions that belong to somebody else now."""
        self._tracker.revoke(partitions)
        for partition in partitions:
            self.ends.pop(partition, None)

    def left(self) -> Drained:
        """Return how many chunks are unfinished, and how many partitions not committed to what is."""
        return Drained(self._tracker.unfinished(), len(self._tracker.committable()))

    def committable(self) -> dict[Partition, int]:
        """Return the offsets that may be committed and are not yet."""
        return self._tracker.committable()

    def committed(self, offsets: Mapping[Partition, int]) -> None:
        """Note that the broker has stored these offsets for the group."""
        for partition, offset in offsets.items():
            self._tracker.committed(partition, offset)

    def take_in(self, fetched: Fetched) -> tuple[dict[Partition, list[Delivery]], dict[Partition, int]]:
        """Return the deliveries by partition, and where the readers of others should have started.

        Those must be sent back: to where ``go_back`` says.
        """
        deliveries: dict[Partition, list[Delivery]] = {}
        missed: dict[Partition, int] = {}
        self.ends.update(fetched.ends)
        self.answered = max(self.answered, fetched.answered)
        for partition in fetched.records.keys() | fetched.after.keys():
            records = fetched.records.get(partition, ())
            expected = self._gap(partition, fetched.before.get(partition))
            if expected is not None:
                missed[partition] = expected
                continue
            if records:
                deliveries[partition] = self._deliver(partition, records)
            if partition in fetched.after:
                self._tracker.read_to(partition, fetched.after[partition])
        return deliveries, missed

    def go_back(
        self, missed: Mapping[Partition, int], earliest: Mapping[Partition, int]
    ) -> dict[Partition, int]:
        """Return the offsets to which readers are to be sent back.

        Args:
            missed: where they should have started, from ``take_in``.
            earliest: where the logs of these partitions begin now.
        """
        for partition, expected in missed.items():
            if earliest[partition] > expected:
                gone = earliest[partition] - expected
                _log.error("records_gone", topic=partition[0], partition=partition[1], n=gone)
                self._tracker.read_to(partition, earliest[partition])
        return {partition: max(expected, earliest[partition]) for partition, expected in missed.items()}

    def _gap(self, partition: Partition, start: int | None) -> int | None:
        """Return where the reader should have started, if it started further on."""
        expected = self._tracker.position(partition)
        if start is None or expected is None or start == expected:
            return None
        if start < expected:
            _log.warning("log_went_back", topic=partition[0], partition=partition[1])
            self._tracker.seek(partition, start)
            return None
        return expected

    def _deliver(self, partition: Partition, records: Sequence[FetchedRecord]) -> list[Delivery]:
        position = self._tracker.position(partition)
        if position is not None and records[0].offset < position:
            self._tracker.seek(partition, records[0].offset)
        return [
            Delivery(chunk, self._tracker.deliver(partition, chunk.first_offset, chunk.last_offset))
            for chunk in cut(
                *partition, records, max_records=self._max_records, max_bytes=self._max_bytes
            )
        ]
