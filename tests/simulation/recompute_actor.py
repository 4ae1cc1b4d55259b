"""The recompute: the real lease and steps."""

from __future__ import annotations

from functools import partial

from domain.errors import WarehouseUnavailable
from tests.simulation.engine import Connection
from tests.simulation.parts import Surroundings
from tests.simulation.stage import Moves, Stage
from warehouse.recompute.lease import Lease, LeaseLost
from warehouse.recompute.stepping import Recompute, Step


class Recomputing:
    """One life of the recompute; ends when another one has taken the lease."""

    def __init__(self, around: Surroundings, number: int) -> None:
        self.name = f"recompute-{number}"
        self._around = around
        self._stage = Stage()
        self._connection = Connection(around.engine, self._stage, around.dice, around.ledger)
        self._max_marks = around.dice.choice((1, 30, 100, 500))
        self._seen = -1
        self.ended = False
        self._stage.start(self.name, self._run)

    def moves(self) -> Moves:
        """Return what it can do next."""
        self._connection.faults = self._around.faults
        return {
            at: partial(self._stage.resume, at)
            for at in self._stage.parked
            if at != "step" or self._seen != self._around.ledger.marks
        }

    def kill(self) -> None:
        """End it where it stands."""
        self._stage.kill()

    def _run(self) -> None:
        client = self._around.variant.recompute(self._connection)
        while not self.ended:
            self._stage.pause("take the lease")
            try:
                lease = Lease(client)
                lease.take()
                recompute = Recompute(client, lease, self._max_marks, self._between_steps)
                while True:
                    self._stage.pause("step")
                    marks = self._around.ledger.marks
                    if not recompute.step():
                        self._seen = marks
            except LeaseLost:
                self.ended = True
            except WarehouseUnavailable:
                self._seen = -1

    def _between_steps(self, step: Step) -> None:
        self._stage.pause(f"after {step.value}")
