"""The scheduler: who goes on next, who dies, and whether everything came out in the end."""

from __future__ import annotations

import random
import sqlite3
from collections import deque
from contextlib import closing
from datetime import timedelta
from functools import cache
from pathlib import Path

from ingest.status import read_status
from streams.pipeline import Pipeline
from streams.tables import build_tables
from tests.simulation.engine import Engine
from tests.simulation.ingest_actor import Ingest
from tests.simulation.ledger import LawBroken, Ledger, Receipt
from tests.simulation.loader_actor import Loader
from tests.simulation.log import Log
from tests.simulation.oracle import Oracle
from tests.simulation.parts import Actor, Clock, Surroundings, Variant
from tests.simulation.recompute_actor import Recomputing
from tests.simulation.script import Script
from tests.simulation.stage import Died
from tests.simulation.streams_actor import Streams
from tests.simulation.verdict import check
from tests.streams.samples import municipality
from warehouse.recompute.housekeeping import delete_done

_TRACE = 60
_REST = 6_000


@cache
def _pipeline() -> Pipeline:
    """Return the one pipeline: it is pure, and its tables take a while to make."""
    return Pipeline(build_tables(municipality(), 1))


class World:
    """One run.

    Args:
        engine: a real one, which the run empties first.
        seed: decides on everything.
        variant: our own code, or what is put in its place.
        folder: for the outbox.
    """

    def __init__(self, engine: Engine, seed: int, folder: Path, variant: Variant) -> None:
        self._dice = random.Random(f"world {seed}")
        script = Script(seed, events=self._dice.randrange(6, 30))
        ledger = Ledger()
        names = [teller.name for teller in script.tellers]
        log = Log(self._dice, names, ledger.stored, ledger.committing)
        ledger.log = log
        self.around = Surroundings(
            dice=self._dice,
            clock=Clock(),
            log=log,
            ledger=ledger,
            engine=engine,
            script=script,
            oracle=Oracle(script),
            folder=folder,
            forgets=self._dice.random() < 0.65,
            variant=variant,
        )
        self.trace: deque[str] = deque(maxlen=_TRACE)
        self._actors: dict[str, Actor] = {}
        self._lives = 1
        self._cleanings = 0
        self._workers = self._dice.choice((1, 1, 2))
        self._pipeline = _pipeline()
        self._roles = (
            "ingest",
            *(f"streams-{n}" for n in range(self._workers)),
            *(f"loader-{n}" for n in range(self._workers)),
            "recompute-0",
        )

    def run(self, actions: int) -> None:
        """Let so many things happen in a storm; then wait until all is at rest, and check."""
        try:
            for role in self._roles:
                self._start(role)
            for _ in range(actions):
                self._something()
            self.around.faults = False
            self._come_to_rest()
            check(self.around)
        finally:
            for actor in self._actors.values():
                actor.kill()

    def _something(self) -> None:
        """One move of one actor, or a fault."""
        self.around.clock.turn(timedelta(seconds=self._dice.randrange(0, 90)))
        what = self._dice.random()
        if what < 0.03:
            self._kill(self._dice.choice(list(self._actors) or ["ingest"]))
        elif what < 0.036:
            self._note("everything dies")
            for name in list(self._actors):
                self._kill(name)
        elif what < 0.044:
            self._restart_broker()
        elif what < 0.055:
            self._rebalance()
        elif what < 0.06:
            self._rarely()
        elif what < 0.16:
            self._network()
        else:
            self._move(self._dice.choice(self._busy_roles()))
        self._check_loss()

    def _busy_roles(self) -> list[str]:
        """Return the roles, those that need no statement of the engine more often."""
        return [role for role in self._roles for _ in range(2 if role.startswith("recompute") else 3)]

    def _move(self, role: str) -> None:
        actor = self._actors.get(role)
        if actor is None or getattr(actor, "ended", False):
            self._start(role)
            return
        moves = actor.moves()
        if not moves:
            return
        at = self._dice.choice(list(moves))
        self._note(f"{role}: {at}")
        try:
            moves[at]()
        except Died:
            self._kill(role)

    def _start(self, role: str) -> None:
        self._note(f"{role} starts")
        kind, _, number = role.partition("-")
        if kind == "ingest":
            self._actors[role] = Ingest(self.around)
        elif kind == "streams":
            self._actors[role] = Streams(self.around, int(number), self._pipeline)
        elif kind == "loader":
            self._actors[role] = Loader(self.around, int(number))
        else:
            self._actors[role] = Recomputing(self.around, int(number))
        if kind in ("streams", "loader"):
            self._share(kind)

    def _kill(self, role: str) -> None:
        actor = self._actors.pop(role, None)
        if actor is None:
            return
        self._note(f"{role} dies")
        self.around.ledger.deaths += 1
        actor.kill()
        if role.startswith(("streams", "loader")) and self._dice.random() < 0.7:
            self._share(role.partition("-")[0])  # else the group has not found out yet

    def _share(self, kind: str) -> None:
        members = [name for name in self._actors if name.startswith(kind)]
        self.around.log.share(f"{kind}-{self.around.incarnation}", members)

    def _rebalance(self) -> None:
        kind = self._dice.choice(("streams", "loader"))
        self._note(f"{kind} rebalances")
        for actor in self._actors.values():
            if isinstance(actor, Streams) and kind == "streams" and self._dice.random() < 0.5:
                actor.before_a_rebalance()
        self._share(kind)

    def _restart_broker(self) -> None:
        around = self.around
        self._note("the broker dies")
        for place in around.log.busy():
            while around.log.on_their_way[place]:
                stored = not around.forgets and self._dice.random() < 0.5
                around.log.deliver(place, stored=stored, told=False)
        if not around.forgets:
            return
        for name in list(self._actors):
            if not name.startswith("recompute"):
                self._kill(name)
        around.log.clear()
        around.ledger.forget_log()
        self._lives += 1
        around.incarnation = f"life-{self._lives}"

    def _rarely(self) -> None:
        what = self._dice.randrange(3)
        if what == 0 and self._cleanings < 1:
            self._cleanings += 1
            self._note("done marks are cleaned away")
            delete_done(self.around.engine.client, timedelta(0))
        elif what == 1:
            self._note("marks come twice")
            self.around.engine.client.insert_select(
                "INSERT INTO dirty SELECT * FROM dirty WHERE cityHash64(token) % 3 = 0"
            )
            self.around.ledger.marks += 1
        else:
            role = self._dice.choice(("recompute-0", "recompute-1"))
            if role not in self._actors:
                self._start(role)
            self._roles = tuple(dict.fromkeys((*self._roles, role)))

    def _network(self) -> None:
        busy = self.around.log.busy()
        if not busy:
            self._move("ingest")
            return
        place = self._dice.choice(busy)
        faults = self.around.faults
        stored = not (faults and self._dice.random() < 0.03)
        told = stored and not (faults and self._dice.random() < 0.03)
        self._note(f"a record reaches {place[0]}/{place[1]}: stored={stored} told={told}")
        self.around.log.deliver(place, stored=stored, told=told)

    def _come_to_rest(self) -> None:
        self._note("calm")
        for kind in ("streams", "loader"):
            self._share(kind)
        idle = 0
        for _ in range(_REST):
            moved = self._round()
            idle = 0 if moved else idle + 1
            if idle > 3 and self._at_rest():
                return
        raise LawBroken("it does not come to rest")

    def _round(self) -> bool:
        """Everybody moves once."""
        moved = False
        for place in self.around.log.busy():
            self.around.log.deliver(place, stored=True, told=True)
            moved = True
        for role in sorted(self._roles, key=lambda role: role.startswith("recompute")):
            if role.startswith("recompute") and moved and self._dice.random() < 0.5:
                continue  # some looks at more than one thing that the others have done: they cost most
            actor = self._actors.get(role)
            if actor is None or self._nobody_recomputes(role):
                self._start(role)
                moved = True
                continue
            for at, move in actor.moves().items():
                if at in ("publish", "follow acks", "read acks") and not self._news_for_ingest():
                    continue
                self._note(f"{role}: {at}")
                move()
                moved = True
                break
        return moved

    def _nobody_recomputes(self, role: str) -> bool:
        """Tell whether the lease is left: who stands by takes it then."""
        all_of_them = [actor for actor in self._actors.values() if isinstance(actor, Recomputing)]
        return role.startswith("recompute") and all(actor.ended for actor in all_of_them)

    def _news_for_ingest(self) -> bool:
        status = read_status(self.around.folder / "outbox.sqlite")
        return any(source.pending for source in status.sources) or bool(self.around.log.busy())

    def _at_rest(self) -> bool:
        return self.around.oracle.finished() and not self._news_for_ingest()

    def _check_loss(self) -> None:
        path = self.around.folder / "outbox.sqlite"
        with closing(sqlite3.connect(path)) as db:
            rows = db.execute("SELECT s.name, o.receipt FROM outbox o JOIN source s ON s.no = o.source")
            pending: set[Receipt] = {(str(name), int(receipt)) for name, receipt in rows}
        issued = {
            (name, receipt)
            for name, source in self.around.oracle.sources.items()
            for receipt in source.receipts
        }
        self.around.ledger.nothing_is_lost(issued, pending, forgets=self.around.forgets)

    def _note(self, what: str) -> None:
        self.trace.append(what)
