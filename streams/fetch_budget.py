"""How many records a fetch may bring, so that what is in hand stays within a number of bytes.

The client library bounds a fetch by records and by compressed bytes, not by what records weigh when
they are unpacked. So their size is learnt from the last fetches: up at once, down slowly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from streams.chunk import FetchedRecord


class FetchBudget:
    """Bounds fetches by bytes.

    Args:
        most_records: most records of a fetch, however small.
        size: bytes of values that a fetch should bring at most.
    """

    def __init__(self, most_records: int, size: int) -> None:
        self._most_records = most_records
        self._size = size
        self._mean = size / most_records

    @property
    def records(self) -> int:
        """How many records to ask for."""
        return max(1, min(self._most_records, int(self._size / self._mean)))

    def learn(self, found: Iterable[Sequence[FetchedRecord]]) -> None:
        """Take note of what a fetch brought, by partition."""
        records = size = 0
        for part in found:
            records += len(part)
            size += sum(len(record.value or b"") for record in part)
        if records:
            mean = max(size / records, 1.0)
            self._mean = max(mean, (7 * self._mean + mean) / 8)
