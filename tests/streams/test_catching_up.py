"""A log that goes on growing has an end: the one that it had when it was first heard of."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.catching_up import CatchingUp, Partition, Progress

FIRST, SECOND = ("raw.a", 0), ("raw.a", 1)


def test_nothing_is_done_before_every_partition_was_heard_of() -> None:
    catching = CatchingUp([FIRST, SECOND])
    assert catching.look({}, {}, {}) == Progress()
    assert catching.look({FIRST: 0}, {FIRST: 5}, {FIRST: 5}) == Progress(5, 5)
    assert not catching.look({FIRST: 0, SECOND: 3}, {FIRST: 5}, {FIRST: 5, SECOND: 3}).done
    assert catching.look({FIRST: 0, SECOND: 3}, {FIRST: 5, SECOND: 3}, {FIRST: 5, SECOND: 3}).done


def test_what_comes_later_does_not_count() -> None:
    catching = CatchingUp([FIRST])
    assert catching.look({FIRST: 10}, {FIRST: 30}, {FIRST: 10}) == Progress(0, 20)
    assert catching.look({FIRST: 10}, {FIRST: 90}, {FIRST: 25}) == Progress(15, 20)
    assert catching.look({FIRST: 10}, {FIRST: 95}, {FIRST: 60}) == Progress(20, 20, done=True)


def test_what_is_read_and_not_yet_finished_does_not_count() -> None:
    catching = CatchingUp([FIRST])
    assert not catching.look({FIRST: 0}, {FIRST: 8}, {FIRST: None}).done
    assert catching.look({FIRST: 0}, {FIRST: 8}, {FIRST: 8}).done


def test_an_empty_log_is_done_at_once() -> None:
    assert CatchingUp([FIRST]).look({FIRST: 0}, {FIRST: 0}, {FIRST: 0}) == Progress(0, 0, done=True)


def test_a_reader_that_joins_again_keeps_what_was_done() -> None:
    catching = CatchingUp([FIRST])
    catching.look({FIRST: 0}, {FIRST: 100}, {FIRST: 60})
    assert catching.look({}, {}, {}) == Progress(60, 100)
    assert catching.look({FIRST: 40}, {FIRST: 120}, {FIRST: 40}) == Progress(60, 100)


def test_percent_is_a_hundred_only_at_the_end() -> None:
    assert [Progress().percent, Progress(1, 3).percent, Progress(3, 3).percent] == [0, 33, 99]
    assert Progress(3, 3, done=True).percent == Progress(done=True).percent == 100


@given(
    st.dictionaries(
        st.tuples(st.just("raw.a"), st.integers(0, 5)),
        st.tuples(st.integers(0, 50), st.integers(0, 50)),
        min_size=1,
    ),
    st.data(),
)
def test_progress_never_falls_and_ends_with_everything(
    logs: dict[Partition, tuple[int, int]], data: st.DataObject
) -> None:
    begins = {partition: begin for partition, (begin, _) in logs.items()}
    ends = {partition: begin + length for partition, (begin, length) in logs.items()}
    catching, finished, before = CatchingUp(list(logs)), dict(begins), Progress()
    while finished != ends:
        each = data.draw(st.sampled_from([p for p in logs if finished[p] < ends[p]]))
        progress = catching.look(begins, ends, finished)
        assert (progress.done, progress.total) == (False, sum(n for _, n in logs.values()))
        assert progress.read >= before.read
        before = progress
        finished[each] = data.draw(st.integers(finished[each] + 1, ends[each]))
    last = catching.look(begins, ends, finished)
    assert last.done
    assert last.read == last.total
