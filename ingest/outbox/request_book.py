"""The requests in the outbox, for those in ingest who answer them."""

from __future__ import annotations

from domain.clock import Clock
from ingest.outbox import requests
from ingest.outbox.requests import Request, Served
from ingest.outbox.store import Outbox


class RequestBook:
    """The open requests. Raises as the outbox does.

    Args:
        outbox: holds them.
        clock: tells when one ends.
    """

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock

    def open_ones(self) -> list[Request]:
        """Return the open requests, the oldest first."""
        with self._outbox.reading() as db:
            return requests.open_ones(db)

    def open_poll(self, source: str) -> Served | None:
        """Return the request for a poll of a source; None where nobody asks."""
        with self._outbox.reading() as db:
            number = requests.open_poll(db, source)
        return None if number is None else Served(number, of_period=False)

    def open_period(self, source: str) -> Request | None:
        """Return the oldest open request for a past period of a source; None where nobody asks."""
        return next((r for r in self.open_ones() if r.source == source and r.period is not None), None)

    def note(self, number: int, error: str) -> None:
        """Write down why a request makes no progress now."""
        with self._outbox.transaction() as db:
            requests.fail(db, number, error)

    def give_up(self, number: int, error: str) -> None:
        """Close a request that cannot be answered."""
        with self._outbox.transaction() as db:
            requests.fail(db, number, error)
            requests.end(db, number, self._clock.now())
