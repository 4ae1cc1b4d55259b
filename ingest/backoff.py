"""How long to wait before the next try."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

_JITTER_OF_RETRY_AFTER = 0.1


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential back-off with jitter, so that those who failed together do not come back together.

    Attributes:
        first: after one failure; doubles with each further one.
        most: never longer than this.
        draw: gives a number in [0, 1).
    """

    first: timedelta = timedelta(seconds=1)
    most: timedelta = timedelta(minutes=5)
    draw: Callable[[], float] = random.random

    def delay(self, failures: int, retry_after: timedelta | None = None) -> timedelta:
        """Return the wait after ``failures`` (from 1) in a row.

        Without ``retry_after`` it lies between half of the exponential step and the whole of it; with it
        (what the other side asked for), up to a tenth above it and never below.
        """
        if retry_after is not None:
            return retry_after * (1 + _JITTER_OF_RETRY_AFTER * self.draw())
        # Beyond 2**30 every step is longer than any ``most``; the number itself must not overflow.
        step: timedelta = min(self.first * 2 ** min(failures - 1, 30), self.most)
        return step * (0.5 + 0.5 * self.draw())


RECONNECT = Backoff(timedelta(milliseconds=200), timedelta(seconds=5))
"""For a broker of our own, which is back within seconds."""
