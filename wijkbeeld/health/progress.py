"""What the loops of a part have in hand, as the watchdog sees it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from domain.vitals import Outside


@dataclass(frozen=True, slots=True)
class LoopReport:
    """How one loop stands.

    Attributes:
        name: of the loop.
        busy: it has something in hand.
        waiting_for: what outside of this process it waits for; None when the work is its own.
        head_seconds: how long it has had the same thing in hand; 0 when it has nothing.
        step: counts what the loop has said so far; the same number means that nothing has changed.
    """

    name: str
    busy: bool
    waiting_for: Outside | None
    head_seconds: float
    step: int


class WatchedLoop:
    """What one loop of a part has in hand. Safe to use from several threads."""

    def __init__(self, name: str, monotonic: Callable[[], float]) -> None:
        self.name = name
        self._monotonic = monotonic
        self._guard = threading.Lock()
        self._head: Hashable = None
        self._since = 0.0
        self._doing: tuple[Hashable, Hashable] | None = None
        self._waiting_for: Outside | None = None
        self._step = 0

    def at(self, head: Hashable, doing: Hashable = None, waiting_for: Outside | None = None) -> None:
        """Say what is in hand and what happens to it; to say the same again changes nothing.

        Args:
            head: names the thing in hand, not None; another one means that the last was finished.
            doing: names the step or the try, so that each of them starts its own time.
            waiting_for: what outside of this process decides how long it takes.
        """
        now = (head, doing)
        with self._guard:
            self._waiting_for = waiting_for
            if now == self._doing:
                return
            if head != self._head:
                self._head, self._since = head, self._monotonic()
            self._doing = now
            self._step += 1

    def idle(self) -> None:
        """Say that nothing is in hand."""
        with self._guard:
            if self._doing is not None:
                self._head, self._doing = None, None
                self._step += 1

    def report(self) -> LoopReport:
        """Return how it stands now."""
        with self._guard:
            doing, waiting_for = self._doing, self._waiting_for
            since, step = self._since, self._step
        if doing is None:
            return LoopReport(self.name, False, None, 0.0, step)
        return LoopReport(self.name, True, waiting_for, max(0.0, self._monotonic() - since), step)


class WatchedProgress:
    """The loops of a part, and how old live events are when it has dealt with them.

    Args:
        monotonic: seconds of a clock that never goes back.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._guard = threading.Lock()
        self._loops: dict[str, WatchedLoop] = {}
        self._live_age: tuple[float, float] | None = None

    def loop(self, name: str) -> WatchedLoop:
        """Return the loop of this name, a new one at the first call."""
        with self._guard:
            return self._loops.setdefault(name, WatchedLoop(name, self._monotonic))

    def end(self, name: str) -> None:
        """Forget a loop: it has ended, or belongs to another process now."""
        with self._guard:
            self._loops.pop(name, None)

    def reports(self) -> tuple[LoopReport, ...]:
        """Return how every loop stands, by name."""
        with self._guard:
            loops = sorted(self._loops.values(), key=lambda loop: loop.name)
        return tuple(loop.report() for loop in loops)

    def live_age(self, seconds: float) -> None:
        """Say how long ago the live event was received that was dealt with just now."""
        self._live_age = (seconds, self._monotonic())

    def latest_live_age(self, within: float) -> float | None:
        """Return what ``live_age`` was told last; None when that is more than ``within`` seconds ago."""
        told = self._live_age
        if told is None or self._monotonic() - told[1] > within:
            return None
        return told[0]
