"""Streams: the real intake, commit tracker, chunk worker and pipeline, without Faust around them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from domain.errors import BrokerUnavailable
from streams.chunk import Outgoing
from streams.chunk_worker import Backoff, ChunkWorker, Delivery
from streams.intake import Fetched, Intake
from streams.pipeline import Pipeline
from tests.simulation.log import Partition
from tests.simulation.parts import Surroundings
from tests.simulation.stage import Move, Moves, SimulatedLoop, Stage

_QUEUE = 6


class Streams:
    """One life of a streams worker."""

    def __init__(self, around: Surroundings, number: int, pipeline: Pipeline) -> None:
        self.name = f"streams-{number}"
        self._around = around
        self.group = f"streams-{around.incarnation}"
        self._generation = -1
        self._positions: dict[Partition, int] = {}
        self._stage = Stage()
        self._loop = SimulatedLoop(self._stage)
        self._failures: list[Exception] = []
        tracker = around.variant.tracker()
        self._intake = Intake(tracker, max_records=around.dice.randrange(1, 8), max_bytes=10_000)
        self._publishing = 0
        self._worker = ChunkWorker(
            pipeline,
            around.variant.publish(self._publish),
            tracker,
            fail=self._failures.append,
            slots=3,
            backoff=Backoff(0.0, 0.0),
        )
        self._queue: asyncio.Queue[Delivery] = asyncio.Queue()
        self._feeding = self._loop.create_task(self._feed())
        self._loop.pump()

    def moves(self) -> Moves:
        """Return what it can do next."""
        if self._failures:
            raise AssertionError(f"{self.name}: {self._failures[0]!r}") from self._failures[0]
        moves: dict[str, Move] = {at: partial(self._published, at) for at in self._loop.gates}
        if self._generation != self._around.log.groups[self.group].generation:
            moves["notice the rebalance"] = self._rebalanced
        elif self._queue.qsize() < _QUEUE and self._has_news():
            moves["fetch"] = self._fetch
        if self._intake.committable():
            moves["commit"] = self.commit
        return moves

    def kill(self) -> None:
        """End it where it stands."""
        self._stage.kill()
        self._loop.finish()

    def _has_news(self) -> bool:
        return any(self._around.log.ends[tp] > at for tp, at in self._positions.items())

    async def _feed(self) -> None:
        while True:
            await self._worker.take(await self._queue.get())

    async def _publish(self, outgoing: Sequence[Outgoing]) -> None:
        self._publishing += 1
        share = await self._loop.stand(f"publish {self._publishing}")
        records = [
            (part, *record)
            for part in outgoing
            for record in zip(part.keys, part.values, part.headers, strict=True)
        ]
        for part, key, value, headers in records[: round(share * len(records))]:
            self._around.log.append(part.topic, part.partition, key, value, headers)
        if share < 1 or self._around.happens(0.04):
            raise BrokerUnavailable("away")

    def _published(self, at: str) -> None:
        share = self._around.dice.random() if self._around.happens(0.1) else 1.0
        self._loop.answer(at, share)
        self._loop.pump()

    def _fetch(self) -> None:
        dice, log = self._around.dice, self._around.log
        before = dict(self._positions)
        wanted = [tp for tp, at in sorted(before.items()) if log.ends[tp] > at]
        records = {}
        for place in dice.sample(wanted, dice.randrange(1, len(wanted) + 1)):
            found, position = log.read(place, before[place], dice.randrange(1, 12))
            self._positions[place] = position
            if found:
                records[place] = found
        if self._around.happens(0.05):
            return  # a cancelled call: the reader has moved, and nobody saw the records
        deliveries, missed = self._intake.take_in(Fetched(records, before, dict(self._positions)))
        self._positions |= self._intake.go_back(missed, dict.fromkeys(missed, 0))
        for place in sorted(deliveries):
            for delivery in deliveries[place]:
                self._queue.put_nowait(delivery)
        self._loop.pump()

    def commit(self) -> None:
        """Commit what is finished."""
        offsets = self._intake.committable()
        if self._around.happens(0.05):
            return
        if self._around.log.commit(
            self.group, self.name, self._generation, offsets
        ) and not self._around.happens(0.05):
            self._intake.committed(offsets)

    def before_a_rebalance(self) -> None:
        """Stop taking chunks, and commit once more."""
        self._drain()
        self.commit()

    def _drain(self) -> None:
        self._loop.create_task(self._worker.drain(0.0))
        self._loop.pump()

    def _rebalanced(self) -> None:
        """Do as Faust's consumer does: drain, forget, seek to what is committed, go on."""
        group = self._around.log.groups[self.group]
        self._drain()
        self._intake.revoked(list(self._positions))
        while not self._queue.empty():
            self._queue.get_nowait()
        self._generation = group.generation
        mine = sorted(group.assigned.get(self.name, set()))
        committed = {place: group.committed.get(place) for place in mine}
        self._positions = {place: offset or 0 for place, offset in committed.items()}
        self._intake.sought(committed, dict.fromkeys(mine, 0))
        self._worker.resume()
        self._loop.pump()
