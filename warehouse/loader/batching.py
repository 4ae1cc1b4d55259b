"""Batches: records of one topic, closed by number, bytes, silence or age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from warehouse.loader.config import BatchLimits
from warehouse.loader.decoding import Message


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one topic, in the order in which they were read.

    Attributes:
        topic: where they came from.
        messages: the records.
        offsets: per partition, the offset to commit when they are durable.
        size: bytes of their values.
    """

    topic: str
    messages: Sequence[Message]
    offsets: dict[int, int]
    size: int = 0


@dataclass(slots=True)
class BatchBuilder:
    """Collects the next batch of a topic. Times are seconds of one monotonic clock."""

    topic: str
    limits: BatchLimits
    max_age: float
    _messages: list[Message] = field(default_factory=list)
    _offsets: dict[int, int] = field(default_factory=dict)
    _size: int = 0
    _row_size: float = 0.0
    _first: float = 0.0
    _last: float = 0.0
    _is_rush: bool = False

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def room(self) -> int:
        """How many records may still be added, as far as their size is known beforehand."""
        left = self.limits.size - self._size
        if left <= 0:
            return 0
        row_size = self._row_size or self.limits.size / self.limits.rows
        return min(self.limits.rows - len(self._messages), max(1, int(left / row_size)))

    @property
    def oldest(self) -> float | None:
        """When the first of its records was added; None when it is empty."""
        return self._first if self._messages else None

    def add(self, partition: int, messages: Sequence[Message], next_offset: int, now: float) -> None:
        """Add records of a partition; ``next_offset`` is where reading goes on after them."""
        if not messages:
            return
        if not self._messages:
            self._first = now
        self._last = now
        self._messages.extend(messages)
        self._offsets[partition] = next_offset
        size = sum(len(message.value or b"") for message in messages)
        self._size += size
        # Up at once, down slowly: what comes next may be as large as what just came.
        row_size = max(size / len(messages), 1.0)
        self._row_size = max(row_size, (7 * self._row_size + row_size) / 8)

    def due_at(self) -> float | None:
        """Return when the batch is to be closed if no more news comes; None when it is empty."""
        if not self._messages:
            return None
        if self.room <= 0:
            return self._first
        age = max(self.max_age, self.limits.busy_age) if self._is_rush else self.max_age
        return min(self._last + self.limits.idle, self._first + age)

    def take(self) -> Batch:
        """Return the batch and begin the next one."""
        batch = Batch(self.topic, self._messages, self._offsets, self._size)
        self._is_rush = len(batch.messages) >= self.limits.busy_rows
        self.clear()
        return batch

    def clear(self) -> None:
        """Forget what was collected."""
        self._messages, self._offsets, self._size = [], {}, 0
