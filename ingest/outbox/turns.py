"""A lock that goes to the most urgent waiter, so that a backfill never holds up live events."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from itertools import count


class Urgency(IntEnum):
    """Who goes first when several wait to write; equals go in order of arrival."""

    LIVE = 0
    BOOKKEEPING = 1
    BACKFILL = 2


class Turns:
    """A mutual exclusion lock with an urgency per request. Not reentrant."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[tuple[Urgency, int]] = []  # a heap
        self._ticket = count()
        self._held = False

    @property
    def waiting(self) -> int:
        """How many requests wait for their turn now."""
        with self._changed:
            return len(self._waiting)

    @contextmanager
    def take(self, urgency: Urgency) -> Iterator[None]:
        """Hold the lock for the length of the ``with`` block."""
        with self._changed:
            ours = (urgency, next(self._ticket))
            heapq.heappush(self._waiting, ours)
            try:
                self._changed.wait_for(lambda: not self._held and self._waiting[0] == ours)
                self._held = True
            finally:
                # On an exception while waiting (Ctrl-C) our ticket must not block the others.
                self._waiting.remove(ours)
                heapq.heapify(self._waiting)
        try:
            yield
        finally:
            with self._changed:
                self._held = False
                self._changed.notify_all()
