"""The embedded broker is rolled above a budget of memory: it keeps everything it ever got.

A roll is a change from one life of the broker to the next while events flow. The new broker and the
parts that read from it start beside the old ones. When they are ready, ingest is drained and started
against the new broker, and the old readers and the old broker end. What the warehouse has not confirmed
by then is published again from the outbox, as after a death.

It cannot turn into a circle: a new broker gets only an eighth of the room that its budget leaves, per
lane, before the warehouse confirms, so that every life brings more into the warehouse than it holds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.errors import SettingsError
from wijkbeeld.supervisor.child import Child
from wijkbeeld.supervisor.processes import resident_bytes

EMPTY_BROKER_BYTES = 16 * 1024 * 1024
"""What a broker holds that has its topics and nothing in them."""

LEAST_BROKER_BYTES = 20 * 1024 * 1024
LOOK_SECONDS = 1.0
SHORTEST_LIFE_SECONDS = 5.0
"""Every life starts processes and lets them join their groups; so long it lasts at least."""


def unconfirmed_bytes(budget: int) -> int:
    """Return how many bytes of a lane the broker may hold before the warehouse has confirmed them.

    Args:
        budget: bytes of memory of the broker. Beside the raw records it holds what became of them.
    """
    return max(budget - EMPTY_BROKER_BYTES, 0) // 8


def require_budget(size: int) -> None:
    """Check that an embedded broker can live within a budget.

    Raises:
        SettingsError: it is less than a broker with empty topics needs.
    """
    if size < LEAST_BROKER_BYTES:
        raise SettingsError(
            f"WIJKBEELD_BROKER_BYTES: an embedded broker needs {LEAST_BROKER_BYTES // 2**20} MiB or more"
        )


class BrokerBudget:
    """Tells when the broker has grown above its budget.

    Args:
        size: bytes of resident memory.
        memory_of: returns those of a process, 0 when it is gone.
        monotonic: seconds of a clock that never steps back.
    """

    def __init__(
        self,
        size: int,
        memory_of: Callable[[int], int] = resident_bytes,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.size = size
        self._memory_of = memory_of
        self._monotonic = monotonic
        self._looked = float("-inf")

    def exceeded(self, pid: int, used_for: float) -> int | None:
        """Return the bytes that the broker holds, when that is too much; looks once a second.

        Args:
            pid: process id of the broker.
            used_for: seconds for which its topics have been there.
        """
        now = self._monotonic()
        if used_for < SHORTEST_LIFE_SECONDS or now - self._looked < LOOK_SECONDS:
            return None
        self._looked = now
        size = self._memory_of(pid)
        return size if size > self.size else None


class Farewell:
    """Ends children group after group, each with a limited time to drain, without waiting for them.

    Args:
        groups: the children, in the order in which they end.
        seconds: how long the children of a group have.
        monotonic: seconds of a clock that never steps back.
    """

    def __init__(
        self,
        groups: Sequence[Sequence[Child]],
        seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._groups = [list(group) for group in groups]
        self._seconds = seconds
        self._monotonic = monotonic
        self._deadline: float | None = None

    def go_on(self) -> bool:
        """Do what can be done now; return whether all have ended."""
        while self._groups:
            group, now = self._groups[0], self._monotonic()
            if self._deadline is None:
                self._deadline = now + self._seconds
                for child in group:
                    child.terminate()
            if now < self._deadline and any(child.poll() is None for child in group):
                return False
            for child in group:
                child.kill()
            del self._groups[0]
            self._deadline = None
        return True

    def end_now(self) -> None:
        """End those that are left with SIGKILL."""
        for group in self._groups:
            for child in group:
                child.kill()
        self._groups.clear()


@dataclass(slots=True)
class Roll:
    """A change of the broker that is under way.

    Attributes:
        old: broker and readers of the life that ends; they go on working until ingest has left them.
        began: when, seconds of the monotonic clock.
        ingest: the old ingest, once it was asked to end.
        ingest_asked: when that was.
        handed_over: the new ingest was started.
    """

    old: Farewell
    began: float
    ingest: Farewell | None = None
    ingest_asked: float = 0.0
    handed_over: bool = False

    def end_now(self) -> None:
        """Give up on everything that belongs to the old life."""
        self.old.end_now()
        if self.ingest is not None:
            self.ingest.end_now()
