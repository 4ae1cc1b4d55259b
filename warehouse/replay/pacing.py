"""How fast a replay may go: never so fast that live events wait for it, or the broker fills up."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

_LOOK_SECONDS = 0.5

_PRESSURE = """
SELECT
    uniqExactIf(token, lane = 'backfill'),
    uniqExactIf(token, lane = 'live'),
    dateDiff('millisecond', minIf(at, lane = 'live'), now64(3))
FROM dirty
WHERE token NOT IN (SELECT token FROM dirty_done)
"""


class Asked(Protocol):
    """What answers a query: ``warehouse.client.Client``."""

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a replay.

    Attributes:
        rate: events per second; None for as fast as the others allow.
        window: most events that may be published and not yet loaded. It bounds what is published again
            after a stop, and the batches that a live event may have to wait behind.
        least_window: the same while live events are late.
        backlog: batches of history whose cells may be outstanding.
        live_seconds: age of a live batch without its cells at which live events are late.
    """

    rate: float | None = None
    window: int = 20_000
    least_window: int = 1_000
    backlog: int = 2
    live_seconds: float = 1.0


@dataclass(slots=True)
class Pressure:
    """Asks the warehouse whether the cells keep up, and fits the window to it.

    As congestion control does: half of it when live events are late, a little more when they are not.

    Args:
        client: a user who may read.
        limits: what is too much.
        clock: monotonic, seconds.
    """

    client: Asked
    limits: Limits
    clock: Callable[[], float] = time.monotonic
    _window: int = 0
    _looked: float = float("-inf")
    _held: bool = False

    def __call__(self) -> int:
        """Return how many events may be on their way now; looks at most twice a second.

        Raises:
            WarehouseUnavailable: ClickHouse is away.
        """
        if self.clock() - self._looked >= _LOOK_SECONDS:
            self._look()
        return 0 if self._held else self._window

    def _look(self) -> None:
        ((history, live, age),) = self.client.query(_PRESSURE)
        late = bool(live) and int(age) / 1000 > self.limits.live_seconds
        least, most = self.limits.least_window, self.limits.window
        step = -self._window // 2 if late else least
        self._window = max(least, min(most, self._window + step))
        self._held = late or int(history) > self.limits.backlog
        self._looked = self.clock()


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
