"""The loader's loop against a broker in memory: order, lanes, revocation, back-pressure and draining."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any

import orjson
import pytest

from domain.errors import BrokerUnavailable
from domain.topics import ACKS, EVENTS, EVENTS_BACKFILL
from tests.warehouse.story import Record, Story
from tests.warehouse.test_storing import Table
from warehouse.loader.config import BatchLimits
from warehouse.loader.kafka import Fetched
from warehouse.loader.loading import Loading
from warehouse.loader.measuring import Standing
from warehouse.loader.storing import Hook, Step, Store, no_hook, targets

TOPICS = tuple(targets(1))
LIMITS = BatchLimits(rows=10, idle=0.01, age=0.02, backfill_age=0.02)


class MemoryBroker:
    """One partition per topic; remembers what happened in which order."""

    def __init__(self, records: dict[str, list[Record]]) -> None:
        self.records = records
        self.position = dict.fromkeys(records, 0)
        self.committed = dict.fromkeys(records, 0)
        self.acked: list[tuple[str, int]] = []
        self.log: list[str] = []
        self.ours = True
        self.fail_commit = False

    async def fetch(self, topics: Sequence[str], limit: int, wait: float) -> Fetched:
        for topic in topics:
            at = self.position.get(topic, 0)
            found = self.records.get(topic, [])[at : at + limit]
            if found:
                self.position[topic] = at + len(found)
                self.log.append(f"read {topic} {len(found)}")
                return [(topic, 0, found, at + len(found))]
        await asyncio.sleep(min(wait, 0.002))
        return []

    def standing(self) -> Standing:
        return {(topic, 0): (len(self.records[topic]), at) for topic, at in self.position.items()}, 0.0

    async def send(self, topic: str, key: bytes, value: bytes) -> None:
        assert topic == ACKS
        ack = orjson.loads(value)
        assert key.decode() == ack["source"]
        for first, last in ack["ranges"]:
            self.acked += [(ack["source"], number) for number in range(first, last + 1)]
        self.log.append("ack")

    async def commit(self, topic: str, offsets: dict[int, int]) -> bool:
        if self.fail_commit:
            raise BrokerUnavailable("away")
        if self.ours:
            self.committed[topic] = offsets[0]
            self.log.append(f"commit {topic} {offsets[0]}")
        return self.ours

    def all_committed(self) -> bool:
        return all(self.committed[topic] == len(found) for topic, found in self.records.items())


def run(
    broker: MemoryBroker,
    sink: Any,
    until: Callable[[], bool],
    *,
    hook: Hook = no_hook,
    drain: float = 5.0,
    on_loading: Callable[[Loading], None] = lambda _: None,
    loading: Loading | None = None,
) -> None:
    stop = threading.Event()
    store = Store(sink, targets(1), LIMITS, hook)
    loading = loading or Loading(store, TOPICS, LIMITS, hook, lambda _: None)
    on_loading(loading)

    async def session() -> None:
        task = asyncio.create_task(loading.run(broker, stop, drain))
        async with asyncio.timeout(30):
            while not until() and not task.done():
                await asyncio.sleep(0.002)
            stop.set()
            await task

    asyncio.run(session())


def lanes(events: int) -> dict[str, list[Record]]:
    records = Story(3, events).records()
    return {
        topic: [record for record in records if record.topic == topic]
        for topic in (EVENTS, EVENTS_BACKFILL)
    }


def test_acknowledged_is_what_is_stored_and_committed_is_what_is_acknowledged() -> None:
    broker, sink = MemoryBroker(lanes(100)), Table()
    steps: list[Step] = []
    run(broker, sink, broker.all_committed, hook=steps.append)
    wanted = [orjson.loads(r.value) for found in broker.records.values() for r in found]
    assert set(broker.acked) == {(row["source"], row["receipt"]) for row in wanted}
    assert {(r["source"], r["event_id"], r["version"]) for r in sink.rows["event_log"]} == {
        (r["source"], r["event_id"], r["version"]) for r in wanted
    }
    once = [Step.DECODED, Step.ROWS, Step.DIRTY, Step.REJECTED, Step.ACKED, Step.COMMITTED]
    assert [step for step in steps if step in once] == once * (len(steps) // len(once))


def test_live_events_are_read_before_history() -> None:
    broker = MemoryBroker(lanes(300))
    run(broker, Table(), broker.all_committed)
    reads = [entry for entry in broker.log if entry.startswith("read")]
    first_of_history = next(n for n, entry in enumerate(reads) if EVENTS_BACKFILL in entry)
    live = sum(int(entry.split()[2]) for entry in reads[:first_of_history] if f"{EVENTS} " in entry)
    # Both batches of the live lane (one on its way, one in the making) are full before history is read.
    assert live >= LIMITS.rows


def test_nothing_is_committed_that_was_revoked_on_its_way() -> None:
    broker, sink = MemoryBroker(lanes(10)), Table()
    session: list[Loading] = []
    revoked: list[int] = []

    def revoke(step: Step) -> None:
        if step is Step.ROWS and not revoked:
            revoked.append(1)
            session[0].revoked()

    run(broker, sink, lambda: bool(revoked), hook=revoke, on_loading=session.append)
    first = next(entry for entry in broker.log if entry.startswith("read")).split()
    assert f"commit {first[1]} {first[2]}" not in broker.log


def test_a_full_batch_is_not_read_on_while_clickhouse_is_away() -> None:
    broker = MemoryBroker(lanes(200))
    away = Table(away=10_000)
    run(broker, away, lambda: len(away.calls) >= 3, drain=0.05)
    for topic in broker.records:
        assert broker.position[topic] <= 2 * LIMITS.rows
    assert len(set(away.calls)) == 1
    assert broker.acked == []
    assert not any(broker.committed.values())


def test_a_stop_finishes_what_was_read() -> None:
    broker, sink = MemoryBroker(lanes(20)), Table()
    run(broker, sink, lambda: bool(broker.log))
    assert broker.committed == broker.position
    assert len(sink.rows["event_log"]) == sum(broker.position.values())


def test_a_failed_commit_ends_the_session() -> None:
    broker = MemoryBroker(lanes(5))
    broker.fail_commit = True
    with pytest.raises(BrokerUnavailable):
        run(broker, Table(), lambda: False)
