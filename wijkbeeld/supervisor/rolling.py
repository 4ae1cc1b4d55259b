"""The embedded broker is rolled above a budget of memory: it keeps everything it ever got.

A roll ends the parts that use the broker in the order of the flow, then the broker, and begins its next
life. What the warehouse has not confirmed by then is published again from the outbox, as after a death.
It cannot turn into a circle: a new broker gets only an eighth of the room that its budget leaves, per
lane, before the warehouse confirms, so that every life brings more into the warehouse than it holds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import psutil

from domain.errors import SettingsError

EMPTY_BROKER_BYTES = 16 * 1024 * 1024
"""What a broker holds that has its topics and nothing in them."""

LEAST_BROKER_BYTES = 20 * 1024 * 1024
LOOK_SECONDS = 1.0
SHORTEST_LIFE_SECONDS = 5.0
"""A roll costs some seconds in which nothing arrives; so much time at least lies between two."""


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
        memory_of: returns those of a process; 0 when it is gone.
        monotonic: seconds of a clock that never steps back.
    """

    def __init__(
        self,
        size: int,
        memory_of: Callable[[int], int] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.size = size
        self._memory_of = memory_of or resident_bytes
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


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process, 0 when it is gone."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


class Roll:
    """The parts that are still to end before the broker's next life, group by group.

    Args:
        groups: names of the parts, in the order in which they end.
    """

    def __init__(self, groups: Sequence[Sequence[str]]) -> None:
        self._groups = [tuple(group) for group in groups]
        self._deadline: float | None = None

    @property
    def ending(self) -> tuple[str, ...]:
        """The group that ends now; empty when all have ended."""
        return self._groups[0] if self._groups else ()

    def asked_before(self, deadline: float) -> bool:
        """Tell whether this group was asked to end before; if not, it has until ``deadline``."""
        was_asked = self._deadline is not None
        if not was_asked:
            self._deadline = deadline
        return was_asked

    def is_late(self, now: float) -> bool:
        """Tell whether the group had its time."""
        return self._deadline is not None and now >= self._deadline

    def next_group(self) -> None:
        """Go on with the next group."""
        del self._groups[0]
        self._deadline = None
