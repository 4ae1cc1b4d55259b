"""The intake against a model of a log: no commit passes what was not seen, whatever is lost."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from streams.chunk_worker import Delivery, Partition
from streams.commit_tracker import CommitTracker
from streams.intake import Fetched, Intake
from tests.streams.test_chunk import Record
from tests.support.examples import examples

PARTITIONS: tuple[Partition, ...] = (("raw.demo", 0), ("raw.demo", 1))
ONE = st.sampled_from(PARTITIONS)


class Model(RuleBasedStateMachine):
    """Two partitions with holes, a reader whose fetches may be lost, retention, seeks, revocations.

    ``done`` are the offsets that were worked on, ``gone`` those that the log dropped before they were;
    a commit is right when every record below it is one of them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tracker: CommitTracker[Partition] = CommitTracker()
        self.intake = Intake(self.tracker, max_records=3, max_bytes=1_000)
        self.records: dict[Partition, set[int]] = {p: set() for p in PARTITIONS}
        self.ends = dict.fromkeys(PARTITIONS, 0)
        self.begins = dict.fromkeys(PARTITIONS, 0)
        self.done: dict[Partition, set[int]] = {p: set() for p in PARTITIONS}
        self.gone: dict[Partition, set[int]] = {p: set() for p in PARTITIONS}
        self.committed: dict[Partition, int | None] = dict.fromkeys(PARTITIONS)
        self.positions: dict[Partition, int] = {}
        self.flying: list[tuple[Partition, Delivery, set[int]]] = []

    @initialize()
    def begin(self) -> None:
        self.reassign()

    @rule(partition=ONE, count=st.integers(1, 5), hole=st.integers(0, 3))
    def write(self, partition: Partition, count: int, hole: int) -> None:
        end = self.ends[partition] + hole
        self.records[partition].update(range(end, end + count))
        self.ends[partition] = end + count

    @rule(partition=ONE, share=st.floats(0, 1))
    def retain(self, partition: Partition, share: float) -> None:
        """The log drops its oldest records; a reader that stood before them stands at its new begin."""
        begin = self.begins[partition]
        begin += int(share * (self.ends[partition] - begin))
        self.begins[partition] = begin
        self.gone[partition] |= {r for r in self.records[partition] if r < begin} - self.done[partition]
        self.positions[partition] = max(self.positions[partition], begin)

    @rule(limit=st.integers(1, 6), lost=st.booleans())
    def fetch(self, limit: int, lost: bool) -> None:
        before = dict(self.positions)
        records: dict[Partition, list[Record]] = {}
        for partition, position in before.items():
            readable = sorted(r for r in self.records[partition] if r >= position)
            found = readable[:limit]
            whole = len(found) == len(readable)
            self.positions[partition] = self.ends[partition] if whole else found[-1] + 1
            if found:
                records[partition] = [Record(offset, b"x") for offset in found]
        if lost:
            return
        deliveries, missed = self.intake.take_in(Fetched(records, before, dict(self.positions)))
        self.positions |= self.intake.go_back(missed, {p: self.begins[p] for p in missed})
        for partition, found_deliveries in deliveries.items():
            for delivery in found_deliveries:
                first, last = delivery.chunk.first_offset, delivery.chunk.last_offset
                offsets = {r for r in self.records[partition] if first <= r <= last}
                self.flying.append((partition, delivery, offsets))

    @precondition(lambda self: self.flying)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(self.flying) - 1))
        partition, delivery, offsets = self.flying.pop(index)
        self.done[partition] |= offsets
        self.tracker.finish(delivery.ticket)

    @rule(told=st.booleans())
    def commit(self, told: bool) -> None:
        offsets = self.intake.committable()
        self.committed |= offsets
        if told:
            self.intake.committed(offsets)

    @rule()
    def reassign(self) -> None:
        """Lose all partitions and get them again: reading starts at what is committed."""
        self.intake.revoked(PARTITIONS)
        self.intake.sought(self.committed, self.begins)
        self.positions = {
            p: max(at or 0, self.begins[p]) if at else self.begins[p] for p, at in self.committed.items()
        }

    @invariant()
    def nothing_unseen_is_passed(self) -> None:
        for partition, offset in self.intake.committable().items():
            passed = {r for r in self.records[partition] if r < offset}
            assert passed <= self.done[partition] | self.gone[partition]


TestModel = Model.TestCase
TestModel.settings = settings(max_examples=examples(100), stateful_step_count=40, deadline=None)
