"""The loader: the real loading loop, batches and store."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from functools import partial

from domain.errors import BrokerUnavailable
from tests.simulation.engine import Connection
from tests.simulation.log import Partition
from tests.simulation.parts import Surroundings
from tests.simulation.stage import Move, Moves, SimulatedLoop, Stage
from warehouse.loader.config import BatchLimits
from warehouse.loader.kafka import Fetched
from warehouse.loader.loading import Loading
from warehouse.loader.measuring import Standing
from warehouse.loader.storing import Step, targets

_DRAIN = 3.5


class Loader:
    """One life of a loader."""

    def __init__(self, around: Surroundings, number: int) -> None:
        self.name = f"loader-{number}"
        self._around = around
        self.group = f"loader-{around.incarnation}"
        self._generation = -1
        self._positions: dict[Partition, int] = {}
        self._count = 0
        self._stage = Stage()
        self._loop = SimulatedLoop(self._stage)
        self.connection = Connection(around.engine, self._stage, around.dice, around.ledger)
        self._store = around.variant.store(self.connection, self._between_steps)
        self._stop = threading.Event()
        self._delivery: asyncio.Task[None] | None = None
        self._begin_session()

    def _begin_session(self) -> None:
        self._generation = -1
        self._positions = {}
        limits = BatchLimits(
            self._around.dice.randrange(3, 30), 10_000, idle=0.0, age=0.0, busy_age=0.0, backfill_age=0.0
        )
        self._loading = Loading(self._store, tuple(targets(1)), limits, _no_hook, _no_rows)
        self._session = self._loop.create_task(self._loading.run(self, self._stop, _DRAIN))
        self._pump()

    def moves(self) -> Moves:
        """Return what its tasks and its threads can do next."""
        if self._session.done():
            return {"begin a session": self._end_session}
        self.connection.faults = self._around.faults
        moves: dict[str, Move] = {at: partial(self._go_on, at) for at in self._stage.parked}
        for at in self._loop.gates:
            if at != "fetch" or self._has_work():
                moves[at] = partial(self._answered, at)
        if self._generation != self._around.log.groups[self.group].generation:
            moves["notice the rebalance"] = self._rebalanced
        return moves

    def kill(self) -> None:
        """End it where it stands."""
        self._stage.kill()
        self._loop.finish()

    def _has_work(self) -> bool:
        """Tell whether the loop has something to read, to send on its way, or to learn."""
        ends = self._around.log.ends
        if any(ends[place] > at for place, at in self._positions.items()):
            return True
        delivery = self._loading._delivery
        if delivery is not None:
            return delivery.done()
        return any(len(builder) for builder in self._loading._builders.values())

    def _between_steps(self, step: Step) -> None:
        self._stage.pause(f"after {step.value}")

    def _go_on(self, at: str) -> None:
        self._stage.resume(at)
        self._pump()

    def _pump(self) -> None:
        """Run the loop; if it has sent a batch to a thread, wait until that one stands still."""
        before = self._stage.settled
        self._loop.pump()
        delivery = self._loading._delivery
        if delivery is not None and delivery is not self._delivery:
            self._delivery = delivery
            self._stage.settle(before)

    def _answered(self, at: str) -> None:
        if at == "fetch" and self._around.happens(0.02):
            answer: object = BrokerUnavailable("away")
        else:
            answer = self._around.dice.random()
        self._loop.answer(at, answer)
        self._pump()

    def _end_session(self) -> None:
        error = None if self._session.cancelled() else self._session.exception()
        assert isinstance(error, BrokerUnavailable), f"{self.name} ended: {error!r}"
        self._begin_session()

    def _rebalanced(self) -> None:
        group = self._around.log.groups[self.group]
        self._loading.revoked()
        self._generation = group.generation
        mine = sorted(group.assigned.get(self.name, set()))
        self._positions = {place: group.committed.get(place, 0) for place in mine}

    # What the loop needs of a broker.

    async def fetch(self, topics: Sequence[str], limit: int, wait: float) -> Fetched:
        await self._loop.stand("fetch")
        dice, log = self._around.dice, self._around.log
        found: Fetched = []
        for (topic, partition), position in sorted(self._positions.items()):
            if topic in topics and limit > 0 and dice.random() < 0.7:
                most = min(limit, dice.randrange(1, 13))
                records, after = log.read((topic, partition), position, most)
                limit -= len(records)
                self._positions[topic, partition] = after
                if records:
                    found.append((topic, partition, records, records[-1].offset + 1))
        return found

    async def send(self, topic: str, key: bytes, value: bytes) -> None:
        self._count += 1
        await self._loop.stand(f"send {self._count}")
        if self._around.happens(0.03):
            raise BrokerUnavailable("away")
        self._around.log.append(topic, 0, key, value, [])
        if self._around.happens(0.03):
            raise BrokerUnavailable("answer lost")

    async def commit(self, topic: str, offsets: dict[int, int]) -> bool:
        self._count += 1
        await self._loop.stand(f"commit {self._count}")
        if self._around.happens(0.03):
            raise BrokerUnavailable("away")
        places = {(topic, partition): offset for partition, offset in offsets.items()}
        return self._around.log.commit(self.group, self.name, self._generation, places)

    def standing(self) -> Standing:
        ends = self._around.log.ends
        return {place: (ends[place], at) for place, at in self._positions.items()}, 0.0


def _no_hook(_step: Step) -> None:
    pass


def _no_rows(_rows: int) -> None:
    pass
