"""Which differences are faults, on a system that goes on.

The log, the truth and the cells are three tables, read at three moments, and a cell follows an event
only after a while. So a difference seen once says nothing. It is taken for a fault when

1. a fence is made after it was seen, and everything before that fence has passed: the loader is done
   with it (stored, and marked in ``dirty``), and the recompute has done every token that existed then;
2. the same cell is read again, and the log gives the very sums it gave at the first time, while
   ``event_now`` or the cell still differs from it. The sums of hashes change with every event that
   comes into a cell, leaves it or changes in it; so nothing moved in between that it could wait for;
3. this has happened ``PROOFS`` times in a row.

A cell of which the log's sums have changed is looked at again, as long as there is patience. What then
still moves is undecided, which is neither a fault nor a proof that all is well.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from warehouse.audit.cells import Cell, Difference, find, look
from warehouse.audit.ledger import Ledger
from warehouse.audit.levels import Level
from warehouse.client import Client

PROOFS = 2
_UNDONE = "SELECT DISTINCT token FROM dirty WHERE token NOT IN (SELECT token FROM dirty_done)"


@dataclass(slots=True)
class Patience:
    """How long may be waited in all. Time spent on reading is not counted.

    Args:
        seconds: in all.
        pause: seconds between two looks.
        clock: seconds that never go back.
        sleep: waits so many seconds.
    """

    seconds: float
    pause: float = 0.25
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep

    def until(self, condition: Callable[[], bool]) -> bool:
        """Look until ``condition`` holds or patience ends, once at least; return whether it holds."""
        while not condition():
            if not self.rest():
                return False
        return True

    def rest(self) -> bool:
        """Wait for a moment; return False when there is no patience left."""
        if self.seconds <= 0:
            return False
        began = self.clock()
        self.sleep(min(self.pause, self.seconds))
        self.seconds -= max(self.clock() - began, 0.0)
        return True


@dataclass(frozen=True, slots=True)
class LevelVerdict:
    """What came of one level.

    Attributes:
        level: its name.
        faults: cells at fault.
        further: cells beyond the named ones, which differed as well and were not looked at one by one.
        undecided: cells that differed and still moved, or whose fence was not passed.
    """

    level: str
    faults: tuple[Difference, ...] = ()
    further: int = 0
    undecided: int = 0

    @property
    def differing(self) -> int:
        """Cells at fault and further ones."""
        return len(self.faults) + self.further


@dataclass(slots=True)
class Fenced:
    """Waits behind fences.

    Args:
        client: ClickHouse.
        ledger: makes fences.
        patience: for all waiting together.
    """

    client: Client
    ledger: Ledger
    patience: Patience
    ahead: str = ""
    _undone: set[str] = field(default_factory=set)

    def pass_one(self) -> bool:
        """Make a fence now and wait until loader and recompute have passed it; return whether they have.

        In this order: once the loader is past the fence, the marks of all before it are there.
        """
        fence = self.ledger.fence()
        if not self.patience.until(fence.passed):
            self.ahead = fence.ahead()
            return False
        tokens = undone(self.client)
        if tokens and not self.patience.until(lambda: self._done(tokens)):
            self.ahead = f"{len(self._undone):,} batches to recompute"
            return False
        self.ahead = ""
        return True

    def _done(self, tokens: set[str]) -> bool:
        self._undone = tokens & undone(self.client)
        return not self._undone


def undone(client: Client) -> set[str]:
    """Return the tokens whose cells are still to be recomputed.

    Raises:
        WarehouseUnavailable: ClickHouse is away.
    """
    return {str(token) for (token,) in client.query(_UNDONE)}


def judge(client: Client, level: Level, fenced: Fenced) -> LevelVerdict:
    """Compare a level and tell faults from what only moves.

    Raises:
        WarehouseUnavailable: ClickHouse is away.
    """
    while True:
        suspects = find(client, level)
        further = suspects.total - len(suspects.cells)
        faults, undecided = _examine(client, level, suspects.cells, fenced)
        if faults:
            return LevelVerdict(level.name, faults, further, undecided)
        if undecided or (further and not fenced.patience.rest()):
            return LevelVerdict(level.name, undecided=undecided + further)
        if not further:
            return LevelVerdict(level.name)


def _examine(
    client: Client, level: Level, cells: Sequence[Cell], fenced: Fenced
) -> tuple[tuple[Difference, ...], int]:
    """Return the cells at fault, and how many could not be decided."""
    seen = look(client, level, cells)
    proofs: dict[Cell, int] = {}
    while any(proofs.get(each.cell, 0) < PROOFS for each in seen):
        if not fenced.pass_one():
            break
        again = look(client, level, [each.cell for each in seen])
        sums = {each.cell: each.log for each in seen}
        proofs = {
            each.cell: proofs.get(each.cell, 0) + 1 if sums[each.cell] == each.log else 0
            for each in again
        }
        seen = again
        if 0 in proofs.values() and not fenced.patience.rest():
            break
    faults = tuple(each for each in seen if proofs.get(each.cell, 0) >= PROOFS)
    return faults, len(seen) - len(faults)
