"""Sees that what a person asked for in another process is worked on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

import structlog

from domain.clock import Clock
from domain.errors import Transient
from domain.topics import Lane
from ingest.outbox.request_book import RequestBook
from ingest.outbox.requests import Request
from ingest.outbox.store import Outbox
from ingest.protocol import Source

_LOOK_SECONDS = 0.5


class RequestDesk:
    """Looks at the open requests and wakes who answers them.

    Args:
        outbox: holds the requests.
        clock: tells when one is given up.
        sources: those that are read here.
        wake: polls a run of this name now; does nothing while that runs.
    """

    def __init__(
        self, outbox: Outbox, clock: Clock, sources: Iterable[Source], wake: Callable[[str], None]
    ) -> None:
        self._book = RequestBook(outbox, clock)
        self._sources = {source.name: source for source in sources}
        self._wake = wake
        self._log = structlog.get_logger(__name__)

    def run(self, ending: threading.Event) -> None:
        """Look twice a second until ``ending``."""
        while not ending.wait(_LOOK_SECONDS):
            try:
                self.look()
            except Transient as error:
                self._log.info("requests_not_read", reason=str(error))

    def look(self) -> bool:
        """Wake who answers the open requests; return whether there are any."""
        found = self._book.open_ones()
        for request in found:
            self._see_to(request)
        return bool(found)

    def _see_to(self, request: Request) -> None:
        source = self._sources.get(request.source)
        if source is None:
            self._book.give_up(request.number, "this source is not read now; declare it and start again")
        elif request.period is not None:
            self._wake(f"{source.name}.periods")
        elif any(feed.lane is Lane.LIVE for feed in source.feeds):
            self._wake(f"{source.name}.{Lane.LIVE}")
        else:
            self._book.give_up(request.number, "this source has no live feed")
