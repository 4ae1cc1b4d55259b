"""What an audit found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from warehouse.audit.ranges import Range
from warehouse.audit.settling import LevelVerdict


class Verdict(StrEnum):
    """What an audit, or one source in it, came to."""

    CLEAN = "clean"
    DIFFERS = "differs"
    UNSETTLED = "unsettled"
    """Nothing wrong was found, and not everything could be looked at."""
    EMPTY = "empty"
    """There is nothing to audit."""


class Loss(StrEnum):
    """The loss test: is every receipt in flight still somewhere?"""

    NONE = "none"
    LOST = "lost"
    UNPROVEN = "unproven"
    """The broker keeps records and could not be asked."""


@dataclass(frozen=True, slots=True)
class DayLine:
    """The count of a source and UTC day of receipt: received is the sum of the others."""

    day: date
    received: int
    stored: int
    superseded: int
    duplicate: int
    rejected: int
    in_flight: int


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source.

    Attributes:
        name: of the source.
        days: the count per day, in order.
        problems: what does not come out, one sentence each.
        in_flight: receipts up to the fence that are in neither log nor rejected.
        loss: the loss test.
        lost: receipts that are nowhere.
    """

    name: str
    days: tuple[DayLine, ...]
    problems: tuple[str, ...]
    in_flight: int
    loss: Loss
    lost: tuple[Range, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """What the source came to."""
        if self.problems or self.loss is Loss.LOST:
            return Verdict.DIFFERS
        if self.in_flight or self.loss is Loss.UNPROVEN:
            return Verdict.UNSETTLED
        return Verdict.CLEAN


@dataclass(frozen=True, slots=True)
class Report:
    """A whole audit.

    Attributes:
        at: when it was made, UTC.
        sources: by name; without those that never gave out a receipt.
        levels: the comparison of each level of cells.
        ahead: what had not passed the fence in time, in a few words; empty when all had.
        empty: the warehouse holds nothing.
    """

    at: datetime
    sources: tuple[SourceReport, ...] = ()
    levels: tuple[LevelVerdict, ...] = ()
    ahead: str = ""
    empty: bool = False
    problems: tuple[str, ...] = field(default=())

    @property
    def verdict(self) -> Verdict:
        """What the audit came to: a fault outweighs what is not settled, that outweighs the rest."""
        verdicts = {source.verdict for source in self.sources}
        if Verdict.DIFFERS in verdicts or self.problems or any(level.faults for level in self.levels):
            return Verdict.DIFFERS
        if self.empty and not self.sources:
            return Verdict.EMPTY
        if self.ahead or Verdict.UNSETTLED in verdicts or any(v.undecided for v in self.levels):
            return Verdict.UNSETTLED
        return Verdict.CLEAN

    @property
    def loss(self) -> Loss:
        """The loss test of all sources together."""
        found = {source.loss for source in self.sources}
        return next((loss for loss in (Loss.LOST, Loss.UNPROVEN) if loss in found), Loss.NONE)
