"""How fast a replay may go: never so fast that live events wait for it, or the broker fills up."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from warehouse.client import Client

DEFAULT_WINDOW = 20_000
"""Events that may be published and not yet loaded. It bounds what the embedded broker holds for us, what
is published again after a stop, and the batches that a live event may have to wait behind."""

_LOOK_SECONDS = 0.5

_PRESSURE = """
SELECT
    uniqExactIf(token, lane = 'backfill'),
    uniqExactIf(token, lane = 'live'),
    dateDiff('millisecond', minIf(at, lane = 'live'), now64(3))
FROM dirty
WHERE token NOT IN (SELECT token FROM dirty_done)
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a replay.

    Attributes:
        rate: events per second; None for as fast as the others allow.
        window: events that may be published and not yet loaded.
        backlog: batches of history whose cells may be outstanding.
        live_seconds: age that live events may reach before their cells are computed.
    """

    rate: float | None = None
    window: int = DEFAULT_WINDOW
    backlog: int = 2
    live_seconds: float = 1.0


@dataclass(slots=True)
class Pressure:
    """Asks the warehouse whether the cells keep up.

    Args:
        client: a user who may read.
        limits: what is too much.
        clock: monotonic, seconds.
    """

    client: Client
    limits: Limits
    clock: Callable[[], float] = time.monotonic
    _looked: float = float("-inf")
    _held: bool = False

    def __call__(self) -> bool:
        """Return whether to hold back; looks at most twice a second.

        Raises:
            WarehouseUnavailable: ClickHouse is away.
        """
        now = self.clock()
        if now - self._looked >= _LOOK_SECONDS:
            ((history, live, age),) = self.client.query(_PRESSURE)
            late = bool(live) and int(age) / 1000 > self.limits.live_seconds
            self._held = int(history) > self.limits.backlog or late
            self._looked = self.clock()
        return self._held


@dataclass(slots=True)
class Pace:
    """Spreads events over time.

    Args:
        rate: events per second; None for no bound.
        clock: monotonic, seconds.
    """

    rate: float | None
    clock: Callable[[], float] = time.monotonic
    _free_at: float = field(default=float("-inf"))

    def delay(self) -> float:
        """Return in how many seconds the next events may go; 0 for now."""
        return max(0.0, self._free_at - self.clock())

    def sent(self, events: int) -> None:
        """Note events that went."""
        if self.rate is not None:
            self._free_at = max(self._free_at, self.clock()) + events / self.rate
