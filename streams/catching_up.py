"""When a reader that is to read topics once has read what was there as it came, and how far it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

Partition = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reader is.

    Attributes:
        read: records that are done, of those that there were.
        total: records that there were, as far as is known: 0 before the first partition was heard of.
        done: all of them are done.
    """

    read: int = 0
    total: int = 0
    done: bool = False

    @property
    def percent(self) -> int:
        """How much is done, 0-100."""
        return 100 if self.done else min(99, self.read * 100 // self.total) if self.total else 0


class CatchingUp:
    """Notes for each partition where reading began and where its log ended when it was first heard of.

    What comes later does not count: a log that goes on growing has an end here.

    Args:
        partitions: all that are to be read; as long as one was not heard of, nothing is done.
    """

    def __init__(self, partitions: Collection[Partition]) -> None:
        self._partitions = frozenset(partitions)
        self._begins: dict[Partition, int] = {}
        self._ends: dict[Partition, int] = {}
        self._finished: dict[Partition, int] = {}

    def look(
        self,
        begins: Mapping[Partition, int],
        ends: Mapping[Partition, int],
        finished: Mapping[Partition, int | None],
    ) -> Progress:
        """Return how far it is.

        Args:
            begins: where reading began.
            ends: where logs ended when they were last fetched.
            finished: up to which offset all is done, None where that is not known yet.
        """
        for partition, offset in begins.items():
            self._begins.setdefault(partition, offset)
        for partition, end in ends.items():
            self._ends.setdefault(partition, end)
        for partition, done in finished.items():
            if done is not None:
                # A reader that joins again starts at what it has committed; what was done stays done.
                self._finished[partition] = max(done, self._finished.get(partition, 0))
        known = self._partitions & self._begins.keys() & self._ends.keys()
        return Progress(
            read=sum(self._read(partition) for partition in known),
            total=sum(max(0, self._ends[each] - self._begins[each]) for each in known),
            done=known == self._partitions
            and all(self._finished.get(each, 0) >= self._ends[each] for each in known),
        )

    def _read(self, partition: Partition) -> int:
        reached = min(self._finished.get(partition, 0), self._ends[partition])
        return max(0, reached - self._begins[partition])
