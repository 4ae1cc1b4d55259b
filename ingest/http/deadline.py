"""A limit on the whole of an answer: per read, a source that sends a byte a second would never end."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self


class Deadline:
    """Cuts a connection when its time is over, so that a read that waits for it ends.

    Args:
        seconds: from entering the context.
        connection: the socket in use; None before there is one.
    """

    def __init__(self, seconds: float, connection: Callable[[], socket.socket | None]) -> None:
        self._connection = connection
        self._passed = threading.Event()
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()

    @property
    def passed(self) -> bool:
        """Whether the time is over; what was read since then may be cut."""
        return self._passed.is_set()

    def check(self) -> None:
        """Cut a connection that was made after the time was over."""
        if self.passed:
            self._cut()

    def _expire(self) -> None:
        self._passed.set()
        self._cut()

    def _cut(self) -> None:
        connection = self._connection()
        if connection is not None:
            with contextlib.suppress(OSError):
                # Not SSLSocket's own, which takes the TLS object away from the thread that reads.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
