"""Which offset may be committed: the end of the contiguous finished prefix of what was delivered.

Faust's own bookkeeping counts offsets one by one, fills holes by guessing and can commit past a message
that is still being worked on (faust-streaming issue 606). Here a *delivery* is a range of offsets that
was handed to us, and nothing else exists: the numbers between two deliveries (transaction markers,
records that compaction removed, empty batches) never had a record to wait for and need no filling.

Rules, per topic-partition:

1. Deliveries are numbered in the order in which they came.
2. They may finish in any order; the offset to commit moves only over the finished head.
3. When all are finished, the offset to commit is where the reader stands, behind trailing holes.
4. A seek or a revocation forgets the deliveries before it. A ticket from before that is *stale*:
   finishing it changes nothing, since its records will be, or were, delivered to somebody again.

Pure: no Kafka, no clock, no threads. One event loop owns an instance.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

P = TypeVar("P", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Ticket(Generic[P]):
    """Names one delivery: its partition, the epoch of that partition, its number within the epoch."""

    partition: P
    epoch: int
    number: int


@dataclass(slots=True)
class _Delivery:
    next_offset: int
    finished: bool = False


@dataclass(slots=True)
class _PartitionState:
    epoch: int
    open: OrderedDict[int, _Delivery] = field(default_factory=OrderedDict)
    count: int = 0
    safe: int | None = None
    """Everything below is finished; None while nothing was."""
    position: int | None = None
    """Where the reader stands: everything below was delivered or does not exist."""
    committed: int | None = None
    began: int | None = None
    """Where reading began after the last seek."""


class CommitTracker(Generic[P]):
    """Deliveries and what of them is finished, for any number of partitions of type ``P``."""

    def __init__(self) -> None:
        self._partitions: dict[P, _PartitionState] = {}
        self._epochs = 0

    def deliver(self, partition: P, first: int, last: int) -> Ticket[P]:
        """Note that the records from offset ``first`` to ``last`` (inclusive) were handed to us.

        Raises:
            ValueError: the range is empty, or lies below what was already delivered since the last
                seek; a reader that goes back must seek.
        """
        state = self._state(partition)
        if last < first:
            raise ValueError(f"delivery ends at {last}, before it starts at {first}")
        if state.position is not None and first < state.position:
            raise ValueError(f"delivery starts at {first}, below the position {state.position}")
        if state.began is None:
            state.began = first
        number = state.count
        state.count += 1
        state.position = last + 1
        state.open[number] = _Delivery(next_offset=last + 1)
        return Ticket(partition, state.epoch, number)

    def read_to(self, partition: P, position: int) -> None:
        """Note that the reader stands at ``position``: below it there is nothing left to deliver.

        A position below the one known is ignored: only a seek moves back.
        """
        state = self._state(partition)
        if state.position is None or position > state.position:
            state.position = position

    def position(self, partition: P) -> int | None:
        """Return the offset at which the reader stands, None while that is not known."""
        state = self._partitions.get(partition)
        return None if state is None else state.position

    def is_current(self, ticket: Ticket[P]) -> bool:
        """Return whether this delivery still counts and is not finished."""
        state = self._partitions.get(ticket.partition)
        if state is None or state.epoch != ticket.epoch:
            return False
        delivery = state.open.get(ticket.number)
        return delivery is not None and not delivery.finished

    def finish(self, ticket: Ticket[P]) -> bool:
        """Note that the work on a delivery is done; its effects are durable.

        Returns:
            False when the ticket is stale or was finished before; nothing has changed then.
        """
        if not self.is_current(ticket):
            return False
        state = self._partitions[ticket.partition]
        state.open[ticket.number].finished = True
        while state.open:
            number, head = next(iter(state.open.items()))
            if not head.finished:
                break
            del state.open[number]
            state.safe = head.next_offset
        return True

    def committable(self) -> dict[P, int]:
        """Return the offsets that may be committed and are not yet, by partition; never 0."""
        offsets = {}
        for partition, state in self._partitions.items():
            safe = state.safe if state.open else state.position
            if safe and (state.committed is None or safe > state.committed):
                offsets[partition] = safe
        return offsets

    def committed(self, partition: P, offset: int) -> None:
        """Note that the broker has stored ``offset`` for this partition's group."""
        state = self._partitions.get(partition)
        if state is not None and (state.committed is None or offset > state.committed):
            state.committed = offset

    def unfinished(self, partition: P | None = None) -> int:
        """Return how many deliveries are not finished, of one partition or of all."""
        states = self._partitions.values() if partition is None else (self._state(partition),)
        return sum(not delivery.finished for state in states for delivery in state.open.values())

    def heads(self) -> dict[P, Ticket[P]]:
        """Return the oldest unfinished delivery of each partition that has one."""
        return {
            partition: Ticket(partition, state.epoch, next(iter(state.open)))
            for partition, state in self._partitions.items()
            if state.open
        }

    def standing(self) -> dict[P, tuple[int | None, int | None]]:
        """Return per partition up to which offset all is finished, and up to which it is committed."""
        return {
            partition: (state.safe if state.open else state.position, state.committed)
            for partition, state in self._partitions.items()
        }

    def begins(self) -> dict[P, int]:
        """Return per partition where reading began after the last seek, as far as that is known."""
        return {
            partition: state.began
            for partition, state in self._partitions.items()
            if state.began is not None
        }

    def seek(self, partition: P, position: int | None, committed: int | None = None) -> None:
        """Note that reading goes on from ``position`` and that the group has ``committed``.

        Args:
            position: None when it is not known yet.
            committed: None when the group has no offset for this partition.
        """
        self._epochs += 1
        self._partitions[partition] = _PartitionState(
            epoch=self._epochs, position=position, committed=committed, began=position
        )

    def revoke(self, partitions: Iterable[P]) -> None:
        """Forget partitions that belong to somebody else now."""
        for partition in partitions:
            self._partitions.pop(partition, None)

    def _state(self, partition: P) -> _PartitionState:
        state = self._partitions.get(partition)
        if state is None:
            # Never reuse an epoch: a ticket from before a revocation must stay stale.
            self._epochs += 1
            state = self._partitions[partition] = _PartitionState(epoch=self._epochs)
        return state
