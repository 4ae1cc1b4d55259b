"""Who recomputes, and the generations that make a second one harmless.

A generation is ``term`` (upper 32 bits) and a number within the term. Whoever begins takes the highest
term there is plus one, writes it down, and looks again: if nobody else has one as high, it is his.

Why the cells are exact even with two at work, one of them paused for an hour: each step first lists its
tokens, then checks that no higher term exists, then computes. Whoever takes a higher term does so after
that check, so he reads every row that the listed tokens stand for. The highest generation of a cell
therefore includes everything whose token is done.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta

import orjson

from warehouse.client import Client

TERM_BITS = 32


class LeaseLost(Exception):  # noqa: N818 - not an error: somebody else recomputes
    """Another process has a term as high as ours."""


@dataclass(slots=True)
class Lease:
    """The right to write cells, as one process holds it."""

    client: Client
    owner: str = field(default_factory=lambda: uuid.uuid4().hex)
    term: int = 0
    _steps: int = 0

    def take(self) -> None:
        """Take the highest term.

        Raises:
            LeaseLost: somebody else took the same one at the same moment.
        """
        ((lease_term, cell_gen),) = self.client.query(
            "SELECT (SELECT max(term) FROM recompute_lease), (SELECT max(gen) FROM cell)"
        )
        # The cells are asked too: a lease table restored from an older backup must not lower the terms.
        self.term = max(int(lease_term), int(cell_gen) >> TERM_BITS) + 1
        self._steps = 0
        self.renew()
        self.check()

    def renew(self) -> None:
        """Say that the holder is alive."""
        row = orjson.dumps({"term": self.term, "owner": self.owner})
        self.client.insert_rows("recompute_lease", row, token=uuid.uuid4().hex)

    def check(self) -> None:
        """Make sure that nobody has a term as high as ours.

        Raises:
            LeaseLost: somebody has.
        """
        ((others,),) = self.client.query(
            "SELECT count() FROM recompute_lease "
            "WHERE term >= {term:UInt32} AND owner != {owner:String}",
            {"term": self.term, "owner": self.owner},
        )
        if others:
            raise LeaseLost

    def next_gen(self) -> int:
        """Return the next generation, higher than all before it. Call it after ``check``."""
        self._steps += 1
        return (self.term << TERM_BITS) | self._steps

    def is_abandoned(self, after: timedelta) -> bool:
        """Tell whether nobody has renewed the highest term for so long, by ClickHouse's clock."""
        ((fresh,),) = self.client.query(
            "SELECT count() FROM recompute_lease "
            "WHERE at > now64(3) - toIntervalMillisecond({ms:UInt64})",
            {"ms": int(after.total_seconds() * 1000)},
        )
        return not fresh
