"""What is made of the life of a source: is something the matter, and until when is it complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Trouble(StrEnum):
    """What can be the matter with a source."""

    SILENT = "silent"
    """It does not answer, or brings nothing for longer than it ever does."""
    LATE = "late"
    """What it reports happened longer ago than it should."""
    SLOW = "slow"
    """It takes longer to answer than it should."""
    SHRINKING = "shrinking"
    """It brings clearly fewer records than at this time of the week."""
    FLOODING = "flooding"
    """It brings far more records than at this time of the week."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of a source at a moment.

    Attributes:
        at: the moment, UTC.
        troubles: what is the matter, with one line on each; empty when all is well.
        complete_until: everything that happened before it has been received (docs/heartbeat.md), UTC;
            None where nobody can say.
        learned: bounds from its own past are in use.
        receipt: its last receipt at that moment; what is complete has a receipt up to this one.
    """

    at: datetime
    troubles: dict[Trouble, str]
    complete_until: datetime | None
    learned: bool
    receipt: int
