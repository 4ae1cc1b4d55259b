"""Where a replay reads from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from warehouse.replay.records import ByPartition

Position = Mapping[str, object]
"""How far an origin was read, as JSON; only the origin knows what it means."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Records to publish.

    Attributes:
        records: by partition.
        events: how many they are.
        read: how many records were read for them, the unwanted ones among them.
        position: where to go on when these are done.
    """

    records: ByPartition
    events: int
    read: int
    position: Position


class Origin(Protocol):
    """What can be replayed."""

    def total(self, after: Position | None) -> int:
        """Return how many records there are to read, from the beginning.

        Args:
            after: where reading will go on; None at the beginning.
        """
        ...

    def batches(self, after: Position | None) -> Iterator[Batch]:
        """Yield what is there, or what comes after a position, in bounded memory."""
        ...
