"""What the actors share, and what may be put in the place of our own code to see the laws broken."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from ingest.ports import Sender
from streams.chunk import Outgoing
from streams.commit_tracker import CommitTracker
from tests.simulation.engine import Connection, Engine
from tests.simulation.ledger import Ledger
from tests.simulation.log import Log, Partition
from tests.simulation.oracle import Oracle
from tests.simulation.script import BEGIN, Script
from tests.simulation.stage import Moves
from warehouse.loader.config import BatchLimits
from warehouse.loader.storing import Hook, Store, targets

Publish = Callable[[Sequence[Outgoing]], Awaitable[None]]


class Clock:
    """The time of a run."""

    def __init__(self) -> None:
        self._now = BEGIN

    def now(self) -> datetime:
        """Return the present, UTC."""
        return self._now

    def turn(self, by: timedelta) -> None:
        """Let time pass."""
        self._now += by


def _store(sink: Connection, hook: Hook) -> Store:
    return Store(sink, targets(1), BatchLimits(), hook)


@dataclass(frozen=True, slots=True)
class Variant:
    """Our own code, or what is put in its place.

    Attributes:
        sender: wraps the producer of ingest.
        keep: the publisher keeps what the broker acknowledged; None for what the broker needs.
        publish: wraps the publishing of streams.
        tracker: makes the bookkeeping of streams.
        store: makes the loader's store.
        recompute: wraps the recompute's connection.
    """

    sender: Callable[[Sender], Any] = lambda sender: sender
    keep: bool | None = None
    publish: Callable[[Publish], Publish] = lambda publish: publish
    tracker: Callable[[], CommitTracker[Partition]] = CommitTracker
    store: Callable[[Connection, Hook], Any] = _store
    recompute: Callable[[Connection], Any] = lambda connection: connection


@dataclass(slots=True)
class Surroundings:
    """What every actor of a run works in.

    Attributes:
        forgets: the broker is an embedded one, which loses its log when it stops.
        incarnation: names the broker's present life.
        faults: things go wrong; off at the end, when all must come to rest.
    """

    dice: random.Random
    clock: Clock
    log: Log
    ledger: Ledger
    engine: Engine
    script: Script
    oracle: Oracle
    folder: Path
    forgets: bool
    variant: Variant = field(default_factory=Variant)
    incarnation: str = "life-1"
    faults: bool = True

    def happens(self, chance: float) -> bool:
        """Let something go wrong with this chance."""
        return self.faults and self.dice.random() < chance


class Actor(Protocol):
    """A process of the system."""

    name: str

    def moves(self) -> Moves:
        """Return what it can do next."""
        ...

    def kill(self) -> None:
        """End it as kill -9 does."""
        ...
