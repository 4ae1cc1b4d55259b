from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from domain.errors import BrokerUnavailable, SettingsError
from streams.chunk import Chunk, Outgoing
from streams.chunk_worker import Backoff, ChunkWorker, Delivery, Partition
from streams.commit_tracker import CommitTracker
from tests.streams.samples import chunk_of

TP: Partition = ("raw.demo", 2)
QUICK = Backoff(first=0.001, longest=0.002)


class Scene:
    """A worker with a publisher that does what a test tells it."""

    def __init__(self, *, slots: int = 4, backoff: Backoff = QUICK) -> None:
        self.tracker: CommitTracker[Partition] = CommitTracker()
        self.failures: list[Exception] = []
        self.answers: list[Exception | None] = []
        self.published: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.worker = ChunkWorker(
            self.process,
            self.publish,
            self.tracker,
            fail=self.failures.append,
            slots=slots,
            backoff=backoff,
        )
        self.offset = 0

    def process(self, chunk: Chunk) -> list[Outgoing]:
        if b"bug" in chunk.values:
            raise ZeroDivisionError
        return [Outgoing("events", chunk.partition, chunk.keys, [b""] * len(chunk), [[]] * len(chunk))]

    async def publish(self, outgoing: Sequence[Outgoing]) -> None:
        await self.gate.wait()
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.published += [part.topic for part in outgoing]

    def delivery(self, value: bytes = b"x") -> Delivery:
        ticket = self.tracker.deliver(TP, self.offset, self.offset + 9)
        self.offset += 10
        return Delivery(chunk_of([value]), ticket)


def test_published_then_finished() -> None:
    async def play() -> None:
        scene = Scene()
        await scene.worker.take(scene.delivery())
        assert await scene.worker.drain(5)
        assert scene.published == ["events"]
        assert scene.tracker.committable() == {TP: 10}

    asyncio.run(play())


def test_a_transient_failure_is_retried_and_not_finished_before() -> None:
    async def play() -> None:
        scene = Scene()
        scene.answers = [
            BrokerUnavailable("away"),
            BrokerUnavailable("away", timedelta(milliseconds=5)),
            None,
        ]
        await scene.worker.take(scene.delivery())
        while scene.answers:
            assert scene.tracker.committable() == {}
            await asyncio.sleep(0)
        assert await scene.worker.drain(5)
        assert scene.tracker.committable() == {TP: 10}
        assert scene.failures == []

    asyncio.run(play())


def test_a_drain_ends_the_wait_without_finishing() -> None:
    async def play() -> None:
        scene = Scene(backoff=Backoff(first=3600, longest=3600))
        scene.answers = [BrokerUnavailable("away")]
        await scene.worker.take(scene.delivery())
        while scene.answers:
            await asyncio.sleep(0)
        assert await scene.worker.drain(5)
        assert scene.tracker.committable() == {}
        assert scene.tracker.unfinished() == 1

    asyncio.run(play())


def test_a_revoked_chunk_is_dropped_even_if_its_publishing_succeeds_late() -> None:
    async def play() -> None:
        scene = Scene()
        scene.gate.clear()
        await scene.worker.take(scene.delivery())
        assert not await scene.worker.drain(0.01)
        scene.tracker.revoke([TP])
        scene.gate.set()
        assert await scene.worker.drain(5)
        assert scene.published == ["events"]
        assert scene.tracker.committable() == {}

    asyncio.run(play())


def test_a_stale_delivery_is_not_worked_on() -> None:
    async def play() -> None:
        scene = Scene()
        delivery = scene.delivery()
        scene.tracker.seek(TP, 0)
        await scene.worker.take(delivery)
        assert await scene.worker.drain(5)
        assert scene.published == []

    asyncio.run(play())


@pytest.mark.parametrize("failure", [SettingsError("refused"), RuntimeError("bug")])
def test_any_other_failure_is_reported_and_nothing_is_finished(failure: Exception) -> None:
    async def play() -> None:
        scene = Scene()
        scene.answers = [failure]
        await scene.worker.take(scene.delivery())
        assert await scene.worker.drain(5)
        assert scene.failures == [failure]
        assert scene.tracker.committable() == {}

    asyncio.run(play())


def test_an_exception_while_processing_is_reported_and_blocks_the_commit_of_what_follows() -> None:
    async def play() -> None:
        scene = Scene()
        await scene.worker.take(scene.delivery(b"bug"))
        await scene.worker.take(scene.delivery())
        assert await scene.worker.drain(5)
        assert [type(failure) for failure in scene.failures] == [ZeroDivisionError]
        assert scene.published == ["events"]
        assert scene.tracker.committable() == {}

    asyncio.run(play())


def test_no_more_than_its_slots_at_once() -> None:
    async def play() -> None:
        scene = Scene(slots=2)
        scene.gate.clear()
        await scene.worker.take(scene.delivery())
        await scene.worker.take(scene.delivery())
        third = asyncio.create_task(scene.worker.take(scene.delivery()))
        await asyncio.sleep(0.01)
        assert not third.done()
        scene.gate.set()
        await third
        assert await scene.worker.drain(5)
        assert len(scene.published) == 3

    asyncio.run(play())


def test_while_suspended_nothing_is_taken_until_resumed() -> None:
    async def play() -> None:
        scene = Scene()
        assert await scene.worker.drain(1)
        await scene.worker.take(scene.delivery())
        scene.worker.resume()
        await scene.worker.take(scene.delivery())
        assert await scene.worker.drain(5)
        assert scene.published == ["events"]
        assert scene.tracker.committable() == {}, "the one that was dropped comes back by a seek"

    asyncio.run(play())


def test_pauses_double_up_to_the_longest() -> None:
    backoff = Backoff(first=0.1, longest=5.0)
    assert [backoff.pause(n) for n in (1, 2, 3, 6, 7, 1000)] == [0.1, 0.2, 0.4, 3.2, 5.0, 5.0]
