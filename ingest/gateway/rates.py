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

    def wait(self, client: Client) -> float | None:
        """Return None if a client has a token, or the seconds until it has one; takes none.

        Args:
            client: gives rate and burst.
        """
        with self._lock:
            level = self._level(client)
        return None if level >= 1 else (1 - level) / client.rate

    def take(self, client: Client, n: int) -> float | None:
        """Take ``n`` tokens of a client; return None, or the seconds until so many are there.

        Args:
            client: gives rate and burst.
            n: at most its burst.
        """
        with self._lock:
            level = self._level(client)
            if level < n:
                return (n - level) / client.rate
            self._set(client, level - n)
            return None

    def charge(self, client: Client) -> None:
        """Take a token of a client for a request that was at fault; none where there is none."""
        with self._lock:
            self._set(client, max(0.0, self._level(client) - 1))

    def _level(self, client: Client) -> float:
        level, at = self._buckets.get(client.name, (float(client.burst), self._monotonic()))
        return min(float(client.burst), level + (self._monotonic() - at) * client.rate)

    def _set(self, client: Client, level: float) -> None:
        self._buckets[client.name] = (level, self._monotonic())
