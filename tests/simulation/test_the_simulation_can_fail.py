"""Our own code with one mistake put into it: the simulation must see each within a few seeds."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from ingest.ports import Headers, Sender
from streams.chunk import Outgoing
from streams.commit_tracker import CommitTracker, Ticket
from tests.simulation.engine import Connection, Engine
from tests.simulation.log import OnItsWay, Partition
from tests.simulation.parts import Publish, Variant
from tests.simulation.run import Failed, simulate
from warehouse.loader.batching import Batch
from warehouse.loader.config import BatchLimits
from warehouse.loader.decoding import Row
from warehouse.loader.storing import Hook, Store, no_hook, targets

pytestmark = pytest.mark.integration

SEEDS = 30


@dataclass(frozen=True, slots=True)
class SkipsOldPlaces:
    """A recompute that does not look up where an event was before."""

    inner: Connection

    def insert_select(self, statement: str, parameters: Mapping[str, Any] | None = None) -> None:
        if "event_log" not in statement:
            self.inner.insert_select(statement, parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


class StoresLater:
    """A store that says that a batch is durable before it is."""

    def __init__(self, sink: Connection, hook: Hook) -> None:
        self._store = Store(sink, targets(1), BatchLimits(), hook)
        self._dry = Store(Nowhere(), targets(1), BatchLimits(), no_hook)
        self._late: Batch | None = None

    def store(self, batch: Batch, abandoned: threading.Event) -> list[Row]:
        late, self._late = self._late, batch
        if late is not None:
            self._store.store(late, threading.Event())
        return self._dry.store(batch, abandoned)


class Nowhere:
    """Takes rows and keeps none."""

    def insert_rows(self, table: str, body: bytes, token: str) -> None:
        pass


@dataclass(frozen=True, slots=True)
class WithoutMarks:
    """A sink that leaves out what was touched."""

    inner: Connection

    def insert_rows(self, table: str, body: bytes, token: str) -> None:
        if table != "dirty":
            self.inner.insert_rows(table, body, token)


@dataclass(frozen=True, slots=True)
class OneToken:
    """A sink under whose tokens other rows were inserted before, as offsets of a new log would do."""

    inner: Connection

    def insert_rows(self, table: str, body: bytes, token: str) -> None:
        self.inner.insert_rows(table, body, f"{table} {len(body.splitlines())}")


class TakesSentForStored:
    """A producer whose records count as stored as soon as they are handed over."""

    def __init__(self, inner: Sender) -> None:
        self._inner = inner

    def send(self, topic: str, partition: int, key: bytes, value: bytes, headers: Headers) -> OnItsWay:
        self._inner.send(topic, partition, key, value, headers)
        return OnItsWay(topic, partition, key, value, headers, is_done=True)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def publishes_without_waiting(publish: Publish) -> Publish:
    """Return a publishing that does not wait for the broker."""
    running: set[asyncio.Future[None]] = set()

    async def hasty(outgoing: Sequence[Outgoing]) -> None:
        task = asyncio.ensure_future(publish(outgoing))
        running.add(task)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())

    return hasty


class CommitsTheHighest(CommitTracker[Partition]):
    """A tracker that offers the end of whatever finished last, as Faust does around a hole."""

    def __init__(self) -> None:
        super().__init__()
        self._ends: dict[Ticket[Partition], int] = {}
        self._highest: dict[Partition, int] = {}

    def deliver(self, partition: Partition, first: int, last: int) -> Ticket[Partition]:
        ticket = super().deliver(partition, first, last)
        self._ends[ticket] = last + 1
        return ticket

    def finish(self, ticket: Ticket[Partition]) -> bool:
        current = super().finish(ticket)
        if current:
            self._highest[ticket.partition] = self._ends[ticket]
        return current

    def committable(self) -> dict[Partition, int]:
        return {**super().committable(), **self._highest}


MISTAKES = {
    "a recompute that skips old places": Variant(recompute=SkipsOldPlaces),
    "a loader that commits before storing": Variant(store=StoresLater),
    "a loader that marks nothing": Variant(
        store=lambda sink, hook: Store(WithoutMarks(sink), targets(1), BatchLimits(), hook)
    ),
    "tokens that come again": Variant(
        store=lambda sink, hook: Store(OneToken(sink), targets(1), BatchLimits(), hook)
    ),
    "a publisher that deletes what a forgetful broker acknowledged": Variant(keep=False),
    "a publisher that deletes before the ack": Variant(sender=TakesSentForStored),
    "a worker that finishes before publishing": Variant(publish=publishes_without_waiting),
    "a tracker that passes what is not finished": Variant(tracker=CommitsTheHighest),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_seen(engine: Engine, mistake: str) -> None:
    for seed in range(SEEDS):
        try:
            simulate(engine, seed, variant=MISTAKES[mistake])
        except Failed as failure:
            assert f"--from {seed} --seeds 1" in str(failure), "it says how to see it again"
            return
    pytest.fail(f"{SEEDS} seeds did not see {mistake}")


def test_a_seed_is_the_same_run_again(engine: Engine) -> None:
    first, second = (list(simulate(engine, 3).trace) for _ in range(2))
    assert first == second
