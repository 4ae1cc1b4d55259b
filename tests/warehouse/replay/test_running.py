"""Whatever stops a replay and whenever: what it takes for done is loaded, and nothing is left out."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BrokerUnavailable
from domain.topics import PARTITIONS
from warehouse.replay import running
from warehouse.replay.jobs import Job, Order
from warehouse.replay.origin import Batch, Position
from warehouse.replay.records import ByPartition, Columns
from warehouse.replay.running import Outside, Replay


class Numbers:
    """An origin of numbered events in batches of given sizes; empty batches are all unwanted."""

    def __init__(self, sizes: list[int]) -> None:
        self._sizes = sizes
        self.events = sum(sizes)

    def total(self, after: Position | None) -> int:
        return self.events

    def batches(self, after: Position | None) -> Iterator[Batch]:
        done = int(str(after["done"])) if after else 0
        number = sum(self._sizes[:done])
        for index, size in enumerate(self._sizes[done:], done + 1):
            records: ByPartition = {}
            for event in range(number, number + size):
                part = records.setdefault(event % PARTITIONS, Columns())
                part.add(None, str(event).encode(), [])
            number += size
            yield Batch(records, size, size + 1, {"done": index})


class Broker:
    """A log that dies after some calls, with a loader that is behind by some records."""

    def __init__(self, lives: Iterator[int], behind: int) -> None:
        self._lives = lives
        self._behind = behind
        self.loaded: set[int] = set()
        self.most_under_way = 0
        self.begin()

    def begin(self) -> None:
        """Forget everything, as the embedded broker does."""
        self._calls_left = next(self._lives, 10**9)
        self._log: list[list[int]] = [[] for _ in range(PARTITIONS)]
        self._committed = [0] * PARTITIONS

    def publish(self, records: ByPartition) -> Mapping[int, int]:
        self._live()
        for partition, part in records.items():
            self._log[partition] += [int(value) for value in part.values]
        waiting = sum(map(len, self._log)) - sum(self._committed)
        self.most_under_way = max(self.most_under_way, waiting)
        return {partition: len(self._log[partition]) for partition in records}

    def offsets(self) -> Mapping[int, int]:
        self._live()
        for partition, log in enumerate(self._log):
            # It lags, and catches up when nothing new comes.
            at = self._committed[partition]
            step = max(1, (len(log) - at) // (1 + self._behind))
            self._committed[partition] = min(len(log), at + step)
            self.loaded |= set(log[: self._committed[partition]])
        return dict(enumerate(self._committed))

    def _live(self) -> None:
        self._calls_left -= 1
        if self._calls_left < 0:
            raise BrokerUnavailable("gone")


def outside(broker: Broker, window: int, saved: list[Job]) -> Outside:
    return Outside(
        publish=broker.publish,
        loader=broker,
        window=lambda: window,
        check=lambda: None,
        remember=saved.append,
        tell=lambda _job, _under_way: None,
    )


@pytest.fixture(autouse=True, scope="module")
def _quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "_TICK_SECONDS", 0.0)
        patch.setattr(running, "_SETTLE_SECONDS", 0.0)
        yield


@given(
    sizes=st.lists(st.integers(0, 6), max_size=25),
    lives=st.lists(st.integers(0, 40), max_size=6),
    behind=st.integers(0, 5),
    window=st.integers(1, 20),
)
def test_nothing_is_left_out_however_often_the_broker_dies(
    sizes: list[int], lives: list[int], behind: int, window: int
) -> None:
    origin, broker = Numbers(sizes), Broker(iter(lives), behind)
    job = Job(Order("archive"), "2026-01-01")
    for _ in range(len(lives) + 1):
        try:
            assert Replay(origin, job, outside(broker, window, [])).run(threading.Event())
            break
        except BrokerUnavailable:
            # What the job takes for done was loaded before the broker forgot it.
            assert broker.loaded >= set(range(job.events))
            broker.begin()
    assert broker.loaded == set(range(origin.events))
    assert job.events == origin.events
    assert job.read == origin.events + len(sizes)
    assert broker.most_under_way <= max([window, *sizes])


@given(st.integers(1, 60))
def test_a_stop_leaves_a_position_from_which_the_rest_follows(calls: int) -> None:
    origin, broker = Numbers([3] * 20), Broker(iter(()), behind=2)
    job, stop = Job(Order("archive"), "2026-01-01"), threading.Event()
    left = [calls]

    def check() -> None:
        left[0] -= 1
        if not left[0]:
            stop.set()

    first = outside(broker, 9, [])
    done = Replay(
        origin,
        job,
        Outside(first.publish, first.loader, first.window, check, first.remember, first.tell),
    ).run(stop)
    # It may be stopped after the last record and before it knows that this one is loaded.
    assert not done or job.events == origin.events
    assert broker.loaded >= set(range(job.events))

    assert done or Replay(origin, job, outside(broker, 9, [])).run(threading.Event())
    assert broker.loaded == set(range(60))
    assert job.events == 60


def test_it_waits_while_there_is_no_window() -> None:
    origin, broker = Numbers([2] * 3), Broker(iter(()), behind=0)
    windows = iter([0, 0, 5, 0, 0, 5, 5, 5])
    asked: list[int] = []

    def window() -> int:
        asked.append(next(windows, 5))
        return asked[-1]

    base = outside(broker, 0, [])
    job = Job(Order("archive"), "2026-01-01")
    replay = Replay(
        origin, job, Outside(base.publish, base.loader, window, base.check, base.remember, base.tell)
    )
    assert replay.run(threading.Event())
    assert asked[:3] == [0, 0, 5]
    assert broker.loaded == set(range(6))
