"""What the streams worker says of itself: its heads, its lag, its commits, and what it rejected."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import BrokerUnavailable
from domain.metrics import (
    CONSUMER_LAG,
    CONSUMER_UNCOMMITTED,
    REJECTS,
    STREAMS_CHUNK_RECORDS,
    STREAMS_CHUNK_SECONDS,
    STREAMS_RECORDS,
    STREAMS_UNFINISHED,
)
from domain.vitals import Outside
from streams.chunk_worker import Backoff, ChunkWorker, Delivery, Partition
from streams.commit_tracker import CommitTracker
from streams.measuring import SAMPLE_SECONDS, ChunkMeter
from streams.pipeline import Pipeline
from streams.tables import build_tables
from tests.streams.samples import chunk_of, municipality
from tests.support.vitals import Heard

TP: Partition = ("raw.demo", 2)
CHUNKS, COMMIT = "chunks raw.demo/2", "commit raw.demo/2"
ENDS = {TP: 100}


class Scene:
    def __init__(self) -> None:
        self.heard = Heard()
        self.tracker: CommitTracker[Partition] = CommitTracker()
        self.meter = ChunkMeter(self.heard.vitals, self.heard.clock, self.heard.clock)
        self.commits = 0
        self.answered = 0.0
        self.tracker.seek(TP, 10, committed=10)

    def sample(self, after: float = SAMPLE_SECONDS) -> None:
        self.heard.clock.now += after
        self.meter.sample(self.tracker, ENDS, self.answered, self.commits)


def test_lag_is_the_end_of_the_log_less_what_is_committed() -> None:
    scene = Scene()
    scene.sample()
    assert scene.heard.gauge(CONSUMER_LAG, "streams", "raw.demo", "2") == 90
    ticket = scene.tracker.deliver(TP, 10, 59)
    scene.tracker.finish(ticket)
    scene.sample()
    assert scene.heard.gauge(CONSUMER_LAG, "streams", "raw.demo", "2") == 90
    assert scene.heard.gauge(CONSUMER_UNCOMMITTED, "streams", "raw.demo", "2") == 50
    scene.tracker.committed(TP, 60)
    scene.sample()
    assert scene.heard.gauge(CONSUMER_LAG, "streams", "raw.demo", "2") == 40
    assert scene.heard.gauge(CONSUMER_UNCOMMITTED, "streams", "raw.demo", "2") == 0


def test_a_head_ages_until_it_is_finished() -> None:
    scene = Scene()
    first = scene.tracker.deliver(TP, 10, 19)
    second = scene.tracker.deliver(TP, 20, 29)
    scene.sample()
    scene.tracker.finish(second)
    scene.sample(after=30)
    head = scene.heard.loop(CHUNKS)
    assert (head.busy, head.waiting_for, head.head_seconds) == (True, None, 30)
    assert scene.heard.gauge(STREAMS_UNFINISHED) == 1
    scene.tracker.finish(first)
    scene.sample()
    assert not scene.heard.loop(CHUNKS).busy


def test_a_commit_that_does_not_come_is_seen_and_each_try_is_a_step() -> None:
    scene = Scene()
    scene.tracker.finish(scene.tracker.deliver(TP, 10, 19))
    scene.sample()
    before = scene.heard.loop(COMMIT)
    scene.sample(after=20)
    same = scene.heard.loop(COMMIT)
    assert (same.waiting_for, same.head_seconds, same.step) == (Outside.BROKER, 20, before.step)
    scene.commits += 1
    scene.sample()
    assert scene.heard.loop(COMMIT).step != same.step
    scene.tracker.committed(TP, 20)
    scene.sample()
    assert not scene.heard.loop(COMMIT).busy


def test_a_chunk_behind_others_that_the_broker_does_not_take_is_waiting() -> None:
    scene = Scene()
    scene.tracker.deliver(TP, 10, 19)
    other = scene.tracker.deliver(("raw.demo", 3), 0, 9)
    scene.meter.publishing(other, 0)
    scene.sample()
    before = scene.heard.loop(CHUNKS)
    assert before.waiting_for is Outside.BROKER
    scene.meter.publishing(other, 1)
    scene.sample()
    assert scene.heard.loop(CHUNKS).step != before.step


def test_a_chunk_that_got_lost_is_not_excused_by_others_that_come_through() -> None:
    scene = Scene()
    scene.tracker.deliver(TP, 10, 19)
    steps = set()
    for offset in range(0, 100, 10):
        other = scene.tracker.deliver(("raw.demo", 3), offset, offset + 9)
        scene.meter.publishing(other, 0)
        scene.sample()
        steps.add(scene.heard.loop(CHUNKS).step)
        scene.meter.left(other)
        scene.tracker.finish(other)
        scene.sample()
    lost = scene.heard.loop(CHUNKS)
    assert steps == {lost.step}
    assert lost.waiting_for is None


def test_the_event_loop_is_a_loop_that_turns() -> None:
    scene = Scene()
    scene.sample()
    scene.heard.clock.now += 40
    assert scene.heard.loop("event loop").head_seconds == 40
    scene.sample()
    assert scene.heard.loop("event loop").head_seconds == 0
    scene.meter.ended()
    assert scene.heard.busy() == []


def test_partitions_of_somebody_else_are_forgotten() -> None:
    scene = Scene()
    scene.tracker.deliver(TP, 10, 19)
    scene.sample()
    scene.tracker.revoke([TP])
    scene.sample()
    assert scene.heard.busy() == ["event loop"]
    assert scene.heard.gauge(CONSUMER_LAG, "streams", "raw.demo", "2") is None


def test_joining_is_waiting_for_the_broker() -> None:
    scene = Scene()
    scene.meter.joining(0)
    scene.heard.clock.now += 20
    scene.meter.joining(1)
    joining = scene.heard.loop("consumer")
    assert (joining.waiting_for, joining.head_seconds) == (Outside.BROKER, 20)
    scene.meter.joined()
    assert scene.heard.busy() == []


def test_a_broker_that_answers_no_fetch_is_waited_for() -> None:
    scene = Scene()
    scene.answered = scene.heard.clock.now
    for _ in range(20):
        scene.sample(after=1)
    silent = scene.heard.loop("consumer")
    assert (silent.busy, silent.waiting_for) == (True, Outside.BROKER)
    assert silent.head_seconds > 10
    scene.answered = scene.heard.clock.now
    scene.sample()
    assert not scene.heard.loop("consumer").busy


def test_a_broker_that_never_answered_is_waited_for_since_the_group_was_joined() -> None:
    scene = Scene()
    scene.meter.joined()
    scene.sample(after=4)
    assert not scene.heard.loop("consumer").busy
    scene.sample(after=2)
    assert scene.heard.loop("consumer").busy


def test_with_work_in_hand_no_fetch_is_expected() -> None:
    scene = Scene()
    scene.answered = scene.heard.clock.now
    scene.tracker.deliver(TP, 10, 19)
    scene.sample(after=20)
    assert not scene.heard.loop("consumer").busy


@pytest.mark.parametrize("away", [0, 3])
def test_a_chunk_is_measured_once_when_it_is_done(away: int) -> None:
    scene = Scene()
    answers = [BrokerUnavailable("away")] * away

    async def publish(_outgoing: object) -> None:
        if answers:
            raise answers.pop()

    async def play() -> None:
        worker = ChunkWorker(
            lambda chunk: [],
            publish,
            scene.tracker,
            fail=lambda error: None,
            meter=scene.meter,
            backoff=Backoff(0.001, 0.002),
        )
        ticket = scene.tracker.deliver(TP, 10, 11)
        await worker.take(Delivery(chunk_of([b"a", b"b"]), ticket))
        while scene.tracker.unfinished():
            await asyncio.sleep(0)
        assert await worker.drain(5)

    asyncio.run(play())
    scene.sample()
    assert scene.heard.counted(STREAMS_RECORDS, "demo", "live") == 2
    assert scene.heard.observed(STREAMS_CHUNK_RECORDS, "live") == [2]
    assert len(scene.heard.observed(STREAMS_CHUNK_SECONDS, "live")) == 1
    assert not scene.heard.loop(CHUNKS).busy


def test_rejects_are_counted_by_reason() -> None:
    scene = Scene()
    pipeline = Pipeline(build_tables(municipality(), 1), scene.meter.rejected)
    pipeline(chunk_of([b"no json", b"{}", None]))
    assert scene.heard.counted(REJECTS, "streams", "demo", "invalid") == 3
