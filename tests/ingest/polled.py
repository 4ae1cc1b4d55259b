"""A connector that is polled as ingest does, into an outbox on disk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from domain.topics import Lane
from ingest.outbox.store import Outbox
from ingest.protocol import Connector, Feed, Poll, Source
from tests.ingest.fakes import TurnedClock
from tests.ingest.samples import KEYED, NothingToPoll


class PolledConnector:
    """Polls the live feed of a source, with a clock that goes from one poll to the next.

    Args:
        folder: where the outbox is.
        name: of the source.
        make: the connector; called again at each restart.
        now: when the first poll is.
    """

    def __init__(self, folder: Path, name: str, make: Callable[[], Connector], now: datetime) -> None:
        self.path = folder / "outbox.sqlite"
        self.clock = TurnedClock(now)
        self._make = make
        self._source = Source(name, (Feed(Lane.LIVE, NothingToPoll()),))
        self._open()

    def _open(self) -> None:
        self._connector = self._make()
        self._outbox = Outbox(self.path, KEYED, "nijmegen", patience=5.0)
        self._outbox.register([self._source])

    def restart(self) -> None:
        self.close()
        self._open()

    def close(self) -> None:
        self._outbox.close()

    def ask(self) -> Poll:
        """Poll without writing."""
        cursor = self._outbox.place(self._source.name, Lane.LIVE).cursor
        return self._connector.poll(cursor, self.clock.now())

    def write(self, poll: Poll) -> None:
        """Write what a poll found."""
        self._outbox.write(self._source, Lane.LIVE, poll, self.clock.now(), None)

    def round(self, most: int = 200) -> int:
        """Poll until the source has no more at once; return the number of polls."""
        for number in range(1, most + 1):
            poll = self.ask()
            self.write(poll)
            if poll.wait > timedelta(0):
                self.clock.turn(poll.wait)
                return number
        raise AssertionError(f"{most} polls without an end")
