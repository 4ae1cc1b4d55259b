"""What the audit asks of the side that gives out receipts; ``wijkbeeld`` answers from the outbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from warehouse.audit.ranges import Range

Missing = Mapping[str, Sequence[Range]]
"""Receipts by source."""


@dataclass(frozen=True, slots=True)
class Day:
    """Durable counters of a UTC day of receipt: ``received`` = issued + ``duplicate``."""

    received: int
    duplicate: int

    @property
    def issued(self) -> int:
        """Receipts that were given out on the day."""
        return self.received - self.duplicate


@dataclass(frozen=True, slots=True)
class Account:
    """One source at one moment.

    Attributes:
        issued: its receipts are 1 to ``issued``.
        days: the durable counters, by UTC day of receipt.
        waiting: receipts that still lie in the outbox.
    """

    issued: int
    days: Mapping[date, Day]
    waiting: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """All accounts of one moment.

    Attributes:
        accounts: by source.
        find: takes receipts that are neither in the outbox nor in the warehouse, and returns those of
            them that a broker which keeps its records still has to hand out; None when that cannot be
            told.
    """

    accounts: Mapping[str, Account]
    find: Callable[[Missing], Missing | None]


class Fence(Protocol):
    """The receipts that were given out up to the moment at which it was made."""

    def passed(self) -> bool:
        """Tell whether the loader is done with all of them: stored and marked, or rejected.

        A receipt that was lost is not waited for.
        """
        ...

    def ahead(self) -> str:
        """Return in a few words what is not done yet."""
        ...


class Ledger(Protocol):
    """Ingest, and the way from it to the loader."""

    def read(self) -> Reading:
        """Return the accounts now, all of one moment."""
        ...

    def fence(self) -> Fence:
        """Return a fence at the receipts that are given out now."""
        ...
