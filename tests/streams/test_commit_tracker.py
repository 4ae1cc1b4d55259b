"""The tracker against a model that knows every record: never commit past one that is not finished."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from streams.commit_tracker import CommitTracker, Ticket
from tests.support.examples import examples


def test_commit_waits_for_the_head() -> None:
    tracker: CommitTracker[str] = CommitTracker()
    first, second = tracker.deliver("p", 10, 19), tracker.deliver("p", 20, 29)
    assert tracker.finish(second)
    assert tracker.committable() == {}
    assert tracker.finish(first)
    assert tracker.committable() == {"p": 30}


def test_it_knows_where_reading_began_after_the_last_seek() -> None:
    tracker: CommitTracker[str] = CommitTracker()
    tracker.seek("p", 10, committed=10)
    tracker.seek("q", None)
    assert tracker.begins() == {"p": 10}
    tracker.finish(tracker.deliver("p", 12, 19))
    tracker.deliver("q", 3, 4)
    assert tracker.begins() == {"p": 10, "q": 3}
    tracker.seek("p", 15)
    tracker.revoke(["q"])
    assert tracker.begins() == {"p": 15}


def test_a_message_in_flight_behind_a_hole_is_not_passed() -> None:
    # Hole 10..19, 20 in flight, 21 finished: Faust 0.15.3 commits 22.
    tracker: CommitTracker[str] = CommitTracker()
    tracker.seek("p", 10, committed=10)
    flying, done = tracker.deliver("p", 20, 20), tracker.deliver("p", 21, 21)
    tracker.finish(done)
    assert tracker.committable() == {}
    tracker.finish(flying)
    assert tracker.committable() == {"p": 22}


def test_trailing_holes_are_committed_once_all_is_finished() -> None:
    tracker: CommitTracker[str] = CommitTracker()
    ticket = tracker.deliver("p", 0, 4)
    tracker.read_to("p", 7)
    assert tracker.committable() == {}
    tracker.finish(ticket)
    assert tracker.committable() == {"p": 7}


def test_many_holes_need_one_round() -> None:
    tracker: CommitTracker[int] = CommitTracker()
    tickets = [tracker.deliver(0, start, start + 7) for start in range(0, 5200, 100)]
    for ticket in reversed(tickets):
        tracker.finish(ticket)
    assert tracker.committable() == {0: 5108}


def test_stale_tickets_change_nothing() -> None:
    tracker: CommitTracker[str] = CommitTracker()
    sought, revoked = tracker.deliver("a", 0, 9), tracker.deliver("b", 0, 9)
    tracker.seek("a", 0)
    tracker.revoke(["b"])
    again = tracker.deliver("b", 0, 9)
    assert not tracker.finish(sought)
    assert not tracker.finish(revoked)
    assert not tracker.is_current(revoked)
    assert tracker.is_current(again)
    assert tracker.committable() == {}


def test_an_offset_is_offered_until_it_is_stored_and_never_lowered() -> None:
    tracker: CommitTracker[str] = CommitTracker()
    tracker.finish(tracker.deliver("p", 0, 9))
    assert tracker.committable() == {"p": 10}
    assert tracker.committable() == {"p": 10}
    tracker.committed("p", 10)
    tracker.committed("p", 4)
    assert tracker.committable() == {}


def test_going_back_needs_a_seek() -> None:
    tracker: CommitTracker[str] = CommitTracker()
    tracker.deliver("p", 5, 9)
    with pytest.raises(ValueError, match="below the position 10"):
        tracker.deliver("p", 9, 12)
    tracker.seek("p", 0)
    tracker.deliver("p", 0, 3)
    with pytest.raises(ValueError, match="before it starts"):
        tracker.deliver("p", 9, 8)


def test_finishing_twice_is_once() -> None:
    tracker: CommitTracker[str] = CommitTracker()
    tracker.deliver("p", 0, 0)
    second = tracker.deliver("p", 1, 1)
    assert tracker.finish(second)
    assert not tracker.finish(second)
    assert tracker.unfinished() == 1


class Model(RuleBasedStateMachine):
    """One partition's log with holes, a reader, workers that finish in any order, seeks, revocations.

    The model keeps the set of offsets whose work is done for the group as a whole (done stays done over
    seeks); a commit is right when every record below it is done.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tracker: CommitTracker[str] = CommitTracker()
        self.records: set[int] = set()
        self.end = 0
        self.position = 0
        self.done: set[int] = set()
        self.flying: list[tuple[Ticket[str], set[int], int]] = []
        self.committed = 0
        self.generation = 0

    @rule(count=st.integers(1, 6), hole=st.integers(0, 4))
    def write(self, count: int, hole: int) -> None:
        self.records.update(range(self.end, self.end + count))
        self.end += count + hole

    @rule(limit=st.integers(1, 8))
    def fetch(self, limit: int) -> None:
        batch = sorted(r for r in self.records if r >= self.position)[:limit]
        if batch:
            ticket = self.tracker.deliver("p", batch[0], batch[-1])
            self.flying.append((ticket, set(batch), self.generation))
            self.position = batch[-1] + 1
        if not any(r >= self.position for r in self.records):
            self.position = self.end
        self.tracker.read_to("p", self.position)

    @precondition(lambda self: self.flying)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(self.flying) - 1))
        ticket, offsets, generation = self.flying.pop(index)
        self.done |= offsets
        assert self.tracker.finish(ticket) == (generation == self.generation)

    @precondition(lambda self: self.flying)
    @rule(data=st.data())
    def abandon(self, data: st.DataObject) -> None:
        """A worker drops a chunk: only a seek brings those records back."""
        self.flying.pop(data.draw(st.integers(0, len(self.flying) - 1)))

    @rule()
    def commit(self) -> None:
        for partition, offset in self.tracker.committable().items():
            self.committed = offset
            self.tracker.committed(partition, offset)

    @rule()
    def seek_to_committed(self) -> None:
        self.generation += 1
        self.position = self.committed
        self.tracker.seek("p", self.committed, self.committed)

    @rule()
    def rebalance(self) -> None:
        self.generation += 1
        self.tracker.revoke(["p"])
        self.position = self.committed
        self.tracker.seek("p", self.committed, self.committed)

    @invariant()
    def nothing_undone_is_passed(self) -> None:
        offered = max([self.committed, *self.tracker.committable().values()])
        assert {r for r in self.records if r < offered} <= self.done

    @invariant()
    def quiet_means_log_end(self) -> None:
        if self.tracker.unfinished() == 0 and self.position == self.end:
            assert max([self.committed, *self.tracker.committable().values()]) == self.end


TestModel = Model.TestCase
TestModel.settings = settings(max_examples=examples(60), stateful_step_count=50, deadline=None)


@given(order=st.permutations(range(12)), width=st.integers(1, 5), hole=st.integers(0, 3))
def test_any_order_ends_at_the_last_record(order: list[int], width: int, hole: int) -> None:
    tracker: CommitTracker[int] = CommitTracker()
    tickets = [tracker.deliver(0, n * (width + hole), n * (width + hole) + width - 1) for n in range(12)]
    finished: set[int] = set()
    for index in order:
        tracker.finish(tickets[index])
        finished.add(index)
        head = next((n for n in range(12) if n not in finished), 12)
        expected = {0: (head - 1) * (width + hole) + width} if head else {}
        assert tracker.committable() == expected


def test_the_head_of_a_partition_is_its_oldest_unfinished_delivery() -> None:
    tracker: CommitTracker[str] = CommitTracker()
    first, second = tracker.deliver("p", 0, 4), tracker.deliver("p", 5, 9)
    tracker.deliver("q", 0, 0)
    tracker.finish(second)
    assert tracker.heads()["p"] == first
    assert tracker.standing()["p"] == (None, None)
    tracker.finish(first)
    assert set(tracker.heads()) == {"q"}
    assert tracker.standing()["p"] == (10, None)
    tracker.committed("p", 10)
    tracker.revoke(["q"])
    assert tracker.heads() == {}
    assert tracker.standing() == {"p": (10, 10)}
