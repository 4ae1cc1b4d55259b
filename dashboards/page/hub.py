"""From one poller to many browsers. Lives in the event loop; nothing here blocks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from dashboards.page.poller import Update
from dashboards.page.store import Row

MOST_LISTENERS = 200
"""Of more browsers than this at once the page asks to come back later."""


class Hub:
    """Keeps the whole picture and hands each listener what it has not had yet.

    A listener that is slow misses intermediate states, never the last one, and holds up nobody: what
    waits for it is at most one whole picture.
    """

    def __init__(self) -> None:
        self.panels: dict[str, list[Row]] = {}
        self.as_of: str | None = None
        self.available = False
        self.failed: tuple[str, ...] = ()
        self.system: dict[str, object] = {}
        self._listeners: set[_Mailbox] = set()
        self._closed = False

    @property
    def listeners(self) -> int:
        """How many browsers listen."""
        return len(self._listeners)

    def publish(self, update: Update) -> None:
        """Take an update in and pass it on."""
        self.as_of, self.available = update.as_of, update.available
        self.panels.update(update.panels)
        news: dict[str, Any] = {"as_of": self.as_of, "available": self.available}
        if update.failed is not None:
            self.failed = news["failed"] = update.failed
        if update.system is not None:
            self.system = news["system"] = dict(update.system)
        for mailbox in self._listeners:
            mailbox.put(news, update.panels)

    def whole(self) -> dict[str, Any]:
        """Return all that is known now."""
        return {
            "as_of": self.as_of,
            "available": self.available,
            "failed": self.failed,
            "system": self.system,
            "panels": dict(self.panels),
        }

    async def listen(self) -> AsyncIterator[dict[str, Any]]:
        """Yield the whole picture, then what changes, until the hub is closed."""
        mailbox = _Mailbox()
        self._listeners.add(mailbox)
        try:
            yield self.whole()
            while not self._closed:
                await mailbox.filled.wait()
                if news := mailbox.take():
                    yield news
        finally:
            self._listeners.discard(mailbox)

    @property
    def is_full(self) -> bool:
        """No further listener is taken."""
        return len(self._listeners) >= MOST_LISTENERS

    def close(self) -> None:
        """End every listener's stream."""
        self._closed = True
        for mailbox in self._listeners:
            mailbox.filled.set()


class _Mailbox:
    """What one listener has not had yet, newer in place of older."""

    def __init__(self) -> None:
        self.filled = asyncio.Event()
        self._news: dict[str, Any] = {}
        self._panels: dict[str, list[Row]] = {}

    def put(self, news: dict[str, Any], panels: Any) -> None:
        self._news |= news
        self._panels |= panels
        self.filled.set()

    def take(self) -> dict[str, Any]:
        self.filled.clear()
        if not self._news:
            return {}
        news = self._news | {"panels": self._panels}
        self._news, self._panels = {}, {}
        return news
