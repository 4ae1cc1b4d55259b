"""A host is not asked more often than it likes, however many sources ask it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

MOST_INTERVAL = timedelta(seconds=1)
"""A longer wait is the rhythm of a source (``Poll.wait``): a thread that waits here holds others up."""


class HostPace:
    """Keeps a least interval between the starts of requests to each host; safe among threads.

    Args:
        interval: at least this long between two requests to a host; at most ``MOST_INTERVAL``.
        monotonic: seconds of a clock that never steps back.
        pause: waits for a number of seconds.

    Raises:
        ValueError: the interval is negative or longer than that.
    """

    def __init__(
        self,
        interval: timedelta = timedelta(milliseconds=200),
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        if not timedelta(0) <= interval <= MOST_INTERVAL:
            raise ValueError(f"the interval lies between 0 and {MOST_INTERVAL.total_seconds():g} s")
        self._interval = interval.total_seconds()
        self._monotonic = monotonic
        self._pause = pause
        self._lock = threading.Lock()
        self._free_at: dict[str, float] = {}

    def wait(self, host: str) -> None:
        """Return when ``host`` may be asked; each caller gets a turn of its own."""
        with self._lock:
            now = self._monotonic()
            turn = max(now, self._free_at.get(host, now))
            self._free_at[host] = turn + self._interval
        if turn > now:
            self._pause(turn - now)
