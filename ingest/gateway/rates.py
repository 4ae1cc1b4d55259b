"""How much a client may hand in: a token bucket for each."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ingest.gateway.clients import Client


class Rates:
    """Token buckets by client, full at first. Safe to use from several threads.

    Args:
        monotonic: seconds of a clock that never steps back.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, client: Client, n: int) -> float | None:
        """Take ``n`` tokens of a client; return None, or the seconds until so many are there.

        Args:
            client: gives rate and burst.
            n: at most its burst.
        """
        now = self._monotonic()
        with self._lock:
            level, at = self._buckets.get(client.name, (float(client.burst), now))
            level = min(float(client.burst), level + (now - at) * client.rate)
            if level < n:
                self._buckets[client.name] = (level, now)
                return (n - level) / client.rate
            self._buckets[client.name] = (level - n, now)
            return None
