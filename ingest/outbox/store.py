"""The outbox of a running ingest: every change to the file goes through here, one at a time."""

from __future__ import annotations

import dataclasses
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from domain.errors import Terminal
from domain.rejects import RejectReason
from domain.topics import Lane
from ingest.budgets import Budgets
from ingest.keys import KeyedHash
from ingest.outbox import beats, feeds, rejects, replays, requests
from ingest.outbox.encoding import Encoder
from ingest.outbox.feeds import FeedState, Place
from ingest.outbox.identity import millis
from ingest.outbox.lease import FileLease
from ingest.outbox.privacy import PrivacyNet
from ingest.outbox.publishing import mark_all_unpublished, mark_published
from ingest.outbox.rejects import Pause
from ingest.outbox.requests import Served
from ingest.outbox.schema import BUSY_SECONDS, open_for_writing, our_errors
from ingest.outbox.stock import Stock, last_seq, size_after, weigh
from ingest.outbox.trimming import Range, delete_receipts, delete_records, forget_seen, merge_ranges
from ingest.outbox.turns import Turns, Urgency
from ingest.outbox.writing import PollWriter, Written, prepare
from ingest.protocol import Poll, Source

ROWS_PER_TRIM = 5_000
_URGENCY = {Lane.LIVE: Urgency.LIVE, Lane.BACKFILL: Urgency.BACKFILL}


class OutboxClosed(Terminal):
    """The outbox was closed while a thread still wanted to write: ingest is ending."""


class Outbox:
    """The outbox file, held by this process alone. Safe to use from several threads.

    Every method raises ``Transient`` when the disk is full or the file busy (nothing was changed),
    ``OutboxFailed`` when the file is damaged, and ``OutboxClosed`` after ``close``.

    Args:
        path: the SQLite file; created (mode 0600) if it is not there.
        keyed: for hashes that stay in the file.
        municipality_slug: goes into the CloudEvents ``source``.
        patience: seconds to wait for another process that holds the file.
        budgets: how many rejects a source may have before it is paused.

    Raises:
        ResourceTaken: another process holds the file.
        SettingsError: the folder cannot be written, or the file has another format.
    """

    def __init__(
        self,
        path: Path,
        keyed: KeyedHash,
        municipality_slug: str,
        patience: float = 10.0,
        budgets: Budgets | None = None,
    ) -> None:
        self.path = path
        self._budgets = budgets or Budgets()
        self.news = threading.Event()
        """Set after each commit that brought records; whoever waits for them clears it."""
        self._keyed = keyed
        self._net = PrivacyNet(keyed)
        self._slug = municipality_slug
        self._turns = Turns()
        self._closed = False
        self._db = open_for_writing(path)
        try:
            self._lease = FileLease(path.with_name(path.name + ".lock"), patience)
        except BaseException:
            self._db.close()
            raise
        self._encoders: dict[str, Encoder] = {}
        self._db.execute("BEGIN")  # both of one moment
        self.stock = Stock(weigh(self._db))
        """Bytes that lie here, and at the broker."""
        self._counted = last_seq(self._db)
        self._db.execute("COMMIT")

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """Enter a turn with the file without changing it, for the modules beside this one."""
        return self._turn(Urgency.BOOKKEEPING)

    @contextmanager
    def _turn(self, urgency: Urgency) -> Iterator[sqlite3.Connection]:
        with self._turns.take(urgency), our_errors(self.path):
            if self._closed:
                raise OutboxClosed("the outbox is closed")
            yield self._db

    @contextmanager
    def transaction(self, urgency: Urgency = Urgency.BOOKKEEPING) -> Iterator[sqlite3.Connection]:
        """Enter a transaction in turn, for the modules beside this one that know the tables."""
        with self._turn(urgency) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                self._count_others(db)
                yield db
                last = last_seq(db)
                db.execute("COMMIT")
            except BaseException:
                # SQLite itself rolls back on some errors, such as a full disk.
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
            self._counted = last

    def _count_others(self, db: sqlite3.Connection) -> None:
        """Weigh what other processes have put in since our last transaction."""
        last = last_seq(db)
        if last > self._counted:
            self.stock.written(size_after(db, self._counted))
            self._counted = last

    def register(self, sources: Iterable[Source]) -> None:
        """Make the sources and their feeds known; what is stored of them stays, for the same input."""
        with self.transaction() as db:
            feeds.register(db, sources)

    def place(self, source: str, lane: Lane) -> Place:
        """Return where a registered feed is."""
        with self._turn(_URGENCY[lane]) as db:
            return feeds.place_of(db, source, lane)

    def write(
        self,
        source: Source,
        lane: Lane,
        poll: Poll,
        now: datetime,
        next_poll_at: datetime | None,
        served: Served | None = None,
        took: timedelta | None = None,
    ) -> Written:
        """Write a poll of a registered feed, all of it or nothing.

        Args:
            source: the source that was polled.
            lane: of the feed that was polled.
            poll: what it answered.
            now: when, aware, UTC: the ``time`` of its events.
            next_poll_at: when it will be polled again, for status.
            served: the request that it answers; one of a period has a cursor of its own.
            took: how long the source took to answer.
        """
        encoder = self._encoder(source.name)
        prepared = prepare(poll.findings, encoder, self._net)
        with self.transaction(_URGENCY[lane]) as db:
            (number,) = db.execute("SELECT no FROM source WHERE name = ?", (source.name,)).fetchone()
            writer = PollWriter(db, number, lane, encoder, source.seen_horizon, now)
            written = writer.write(prepared, poll)
            if served is None or not served.of_period:
                feeds.advance(db, number, lane, poll, now, next_poll_at)
                if lane is Lane.LIVE:
                    beats.note(db, number, writer.lateness, written.issued, poll, now, took)
            if served is not None:
                requests.serve(db, served, written, poll, now)
            if writer.rejects:
                pause = rejects.note(db, source.name, writer.rejects, self._budgets, now)
                written = dataclasses.replace(written, pause=pause)
        if written.issued:
            self.stock.written(written.size)
            self.news.set()
        return written

    def note(
        self, source: str, lane: Lane, state: FeedState, error: str | None, next_poll_at: datetime | None
    ) -> None:
        """Write down for status why a feed gives nothing now; its cursor stays."""
        with self.transaction() as db:
            feeds.note(db, source, lane, state, error, next_poll_at)

    def note_rejects(
        self, source: str, found: Iterable[tuple[int, RejectReason]], now: datetime
    ) -> Pause | None:
        """Take note of rejects that were made elsewhere; those known already change nothing.

        Args:
            source: its name; one that was never registered is passed over.
            found: receipt and reason of each.
            now: aware, UTC.

        Returns:
            The pause that they bring about, if they exceed a budget.
        """
        with self.transaction() as db:
            return rejects.note(db, source, found, self._budgets, now)

    def begin_incarnation(self, incarnation: str) -> bool:
        """Take note of the broker's incarnation; return whether it is another one than before.

        A new incarnation of an embedded broker holds nothing of what was published to the old one, so
        every record still in the outbox is to be published again.
        """
        with self.transaction() as db:
            known = db.execute("SELECT value FROM meta WHERE name = 'incarnation'").fetchone()
            if known == (incarnation,):
                return False
            db.execute("INSERT OR REPLACE INTO meta VALUES ('incarnation', ?)", (incarnation,))
            mark_all_unpublished(db)
        self.stock.broker_forgot()
        self.news.set()
        return True

    def acknowledge(self, published: Mapping[Lane, Iterable[int]], *, keep: bool) -> None:
        """Take note that the broker has acknowledged records.

        Args:
            published: their ``seq`` by lane.
            keep: the broker forgets, so they stay until they are durable in the warehouse; False
                deletes them.
        """
        weights = []
        with self.transaction() as db:
            for lane, seqs in published.items():
                weights.append(mark_published(db, lane, seqs) if keep else delete_records(db, seqs))
        for weight in weights:
            if keep:
                self.stock.published(weight)
            else:
                self.stock.left(weight)

    def trim(self, source: str, ranges: Iterable[Range], *, rejected: bool = False) -> int:
        """Delete records of a source that are durable in the warehouse; return how many they were.

        Args:
            source: its name.
            ranges: their receipts.
            rejected: they are durable as rejects; replays of them stay.
        """
        left = merge_ranges(ranges)
        total = 0
        while left:
            # In pieces, so that a live event need not wait for a long deletion.
            with self.transaction() as db:
                deleted, left = delete_receipts(db, source, left, ROWS_PER_TRIM, but_replays=rejected)
            self.stock.left(deleted)
            total += deleted.records
        if total:
            self.news.set()  # who held back because of them may go on
        return total

    def forget(self, source: str, horizon: timedelta, now: datetime) -> int:
        """Forget what a source may send no more, in pieces; return how many ids that were."""
        total = 0
        while True:
            with self.transaction(Urgency.BACKFILL) as db:
                forgotten = forget_seen(db, source, millis(now - horizon), ROWS_PER_TRIM)
            total += forgotten
            if forgotten < ROWS_PER_TRIM:
                return total

    def forget_rejects(self, now: datetime) -> int:
        """Forget rejects and replays that matter no more; return how many replays were given up."""
        with self.transaction(Urgency.BACKFILL) as db:
            rejects.forget(db)
            given_up = replays.forget(db, now)
        self.stock.left(given_up)
        return given_up.records

    def pending(self) -> int:
        """Return how many records are in the outbox."""
        with self._turn(Urgency.BOOKKEEPING) as db:
            count: int = db.execute("SELECT count(*) FROM outbox").fetchone()[0]
            return count

    def tidy(self) -> None:
        """Empty the write-ahead log, so that deleted content does not stay in it.

        Gives up at once where another process reads; the next call does it.
        """
        with self._turn(Urgency.BACKFILL) as db:
            db.execute("PRAGMA busy_timeout = 100")
            try:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                db.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}")

    def close(self) -> None:
        """Close the file and let other processes have it; a second call does nothing."""
        with self._turns.take(Urgency.LIVE):
            if not self._closed:
                self._closed = True
                self._db.close()
                self._lease.release()

    def _encoder(self, source: str) -> Encoder:
        # Two threads may both make one: they are alike.
        if source not in self._encoders:
            self._encoders[source] = Encoder(source, self._slug, self._keyed)
        return self._encoders[source]
