"""The outbox beside a running ingest: how another process of ours hands in events.

SQLite lets one writer in at a time, and everything that a write depends on (identities, receipts, order
of commit) is read inside its transaction, so it does not matter which process writes. The lease of
ingest is for what only one may do: poll, publish, trim. Ingest sees what came in at its next look and
publishes it.

Two writers that never rest would keep each other out, since a waiter of SQLite only tries now and then.
So this one tries often, and rests after each write at least as long as it wrote.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from domain.errors import SettingsError, Transient
from domain.topics import Lane
from ingest.keys import KeyedHash
from ingest.outbox import beats, feeds
from ingest.outbox.encoding import Encoder
from ingest.outbox.privacy import PrivacyNet
from ingest.outbox.rejects import pauses
from ingest.outbox.schema import open_for_writing, our_errors
from ingest.outbox.writing import PollWriter, Written, prepare
from ingest.protocol import Cursor, Draft, Feed, Poll, Source

LANE = Lane.LIVE
"""What is handed in is happening now."""

_TRY_SECONDS = 0.002
_LEAST_REST_SECONDS = 0.001


@dataclass(frozen=True, slots=True)
class Push:
    """Events that are taken in together or not at all.

    Attributes:
        source: name of their source, registered.
        drafts: the events; one of an id that came before counts after it.
    """

    source: str
    drafts: Sequence[Draft]


@dataclass(frozen=True, slots=True)
class Fullness:
    """How many records lie in the outbox, and the names of the sources that are paused."""

    pending: int
    paused: frozenset[str]


class SharedOutbox:
    """The outbox file, written by a process that is not ingest. For one thread at a time.

    Args:
        path: the SQLite file; created (mode 0600) if it is not there.
        keyed: the same that ingest has.
        municipality_slug: goes into the CloudEvents ``source``.
        patience: seconds to wait for other writers.

    Raises:
        SettingsError: the folder cannot be written, or the file has another format.
        Transient: the file is busy or the disk is full.
    """

    def __init__(
        self, path: Path, keyed: KeyedHash, municipality_slug: str, patience: float = 5.0
    ) -> None:
        self._path = path
        self._keyed = keyed
        self._slug = municipality_slug
        self._patience = patience
        self._net = PrivacyNet(keyed)
        self._numbers: dict[str, int] = {}
        self._encoders: dict[str, Encoder] = {}
        self._db = open_for_writing(path)
        # We wait by ourselves: SQLite's own waits grow to a tenth of a second.
        self._db.execute("PRAGMA busy_timeout = 0")

    def register(self, sources: Sequence[str]) -> None:
        """Make sources known that are handed in and never polled; what is stored of them stays."""
        with self._transaction() as db:
            feeds.register(db, [_pushed(name) for name in sources])
            for name in sources:
                (number,) = db.execute("SELECT no FROM source WHERE name = ?", (name,)).fetchone()
                self._numbers[name] = number
                self._encoders[name] = Encoder(name, self._slug, self._keyed)

    def write(self, pushes: Sequence[Push], now: datetime) -> list[Written]:
        """Write pushes of registered sources, all of them or nothing; return what each came to.

        Args:
            pushes: in the order in which they came.
            now: when, aware, UTC: the ``time`` of their events.

        Raises:
            Transient: busy, or the disk is full; nothing was written.
            OutboxFailed: the file is damaged.
        """
        prepared = [prepare(push.drafts, self._encoders[push.source], self._net) for push in pushes]
        began = time.monotonic()
        with self._transaction() as db:
            began = time.monotonic()
            written = []
            for push, items in zip(pushes, prepared, strict=True):
                writer = PollWriter(
                    db, self._numbers[push.source], LANE, self._encoders[push.source], None, now
                )
                poll = Poll(push.drafts, cursor={}, wait=timedelta(0))
                written.append(writer.write(items, poll))
                number = self._numbers[push.source]
                feeds.advance(db, number, LANE, poll, now, None)
                beats.note(db, number, writer.lateness, written[-1].issued, poll, now, None)
        time.sleep(max(_LEAST_REST_SECONDS, time.monotonic() - began))
        return written

    def fullness(self) -> Fullness:
        """Return how full the outbox is.

        Raises: as ``write``.
        """
        with our_errors(self._path):
            pending: int = self._db.execute("SELECT count(*) FROM outbox").fetchone()[0]
            return Fullness(pending, frozenset(pauses(self._db)))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with our_errors(self._path):
            self._begin()
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def _begin(self) -> None:
        deadline = time.monotonic() + self._patience
        while True:
            try:
                self._db.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not error.sqlite_errorname.startswith("SQLITE_BUSY"):
                    raise
                if time.monotonic() > deadline:
                    raise Transient(f"outbox {self._path}: other writers keep it busy") from None
                time.sleep(_TRY_SECONDS)
            else:
                return


class _NeverPolled:
    """Stands where a feed has its connector: the events of this source are handed in."""

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:  # noqa: ARG002 - the protocol's
        raise SettingsError("this source is handed in by push; leave it out of the polled sources")


def _pushed(name: str) -> Source:
    return Source(name, (Feed(LANE, _NeverPolled()),))
