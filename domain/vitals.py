"""How a part tells how it does: what it has in hand, what it measures, what a drain left.

A *loop* is one thread of work within a part that takes things in hand one after another. It says so from
where the work is done (``Loop.at``); whoever watches compares only how long nothing has changed. Work in
hand that waits for the broker, ClickHouse or a source is *waiting*, not stalled: each try is told anew.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from domain.recording import NoRecorder, Recorder


class Outside(StrEnum):
    """What a part may have to wait for."""

    BROKER = "broker"
    WAREHOUSE = "warehouse"
    SOURCE = "source"


class Loop(Protocol):
    """What one loop of a part has in hand. Safe to use from several threads."""

    def at(self, head: Hashable, doing: Hashable = None, waiting_for: Outside | None = None) -> None:
        """Say what is in hand and what happens to it; to say the same again changes nothing.

        Args:
            head: names the thing in hand, not None; another one means that the last was finished.
            doing: names the step or the try, so that each of them starts its own time.
            waiting_for: what outside of this process decides how long it takes.
        """
        ...

    def idle(self) -> None:
        """Say that nothing is in hand."""
        ...


class Progress(Protocol):
    """The loops of a part, and how old live events are when it has dealt with them."""

    def loop(self, name: str) -> Loop:
        """Return the loop of this name, a new one at the first call."""
        ...

    def end(self, name: str) -> None:
        """Forget a loop: it has ended, or belongs to another process now."""
        ...

    def live_age(self, seconds: float) -> None:
        """Say how long ago the live event was received that was dealt with just now."""
        ...


class _NoLoop:
    def at(self, head: Hashable, doing: Hashable = None, waiting_for: Outside | None = None) -> None:
        """Do nothing."""

    def idle(self) -> None:
        """Do nothing."""


class NoProgress:
    """Nobody watches."""

    def loop(self, name: str) -> Loop:  # noqa: ARG002  # as the protocol names it
        """Return a loop that nobody watches."""
        return _NoLoop()

    def end(self, name: str) -> None:
        """Do nothing."""

    def live_age(self, seconds: float) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What a part left behind when it ended; all of it is read again by the next one.

    Attributes:
        in_flight: records, or batches, that were in hand and not finished.
        uncommitted: partitions whose committed offset is lower than what is finished.
    """

    in_flight: int
    uncommitted: int = 0

    @property
    def is_clean(self) -> bool:
        """Nothing in flight, and what is committed is what was flushed."""
        return not self.in_flight and not self.uncommitted


def _unheard(_drained: Drained) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """What a part is given to tell how it does.

    Attributes:
        recorder: takes its measurements.
        progress: takes what its loops have in hand.
        drained: called at most once, when it ends, with what it left.
    """

    recorder: Recorder = field(default_factory=NoRecorder)
    progress: Progress = field(default_factory=NoProgress)
    drained: Callable[[Drained], None] = _unheard
