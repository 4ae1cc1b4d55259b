"""What a person does to the outbox from another process, whether ingest runs or not.

SQLite lets one writer in at a time: each call is one short transaction, for which ingest waits as its
own threads wait for each other. The publisher looks for new records by itself all the time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from domain.errors import SettingsError
from ingest.outbox import rejects, replays, requests
from ingest.outbox.rejects import Pause
from ingest.outbox.replays import Answer, Replay
from ingest.outbox.requests import Request
from ingest.outbox.schema import open_for_reading, open_for_writing, our_errors
from ingest.protocol import Period


def resume_source(path: Path, source: str) -> bool:
    """Let a paused source go on; return whether it was paused.

    What it has received until now does not count against it any more. A running ingest goes on with it
    within a second.

    Raises:
        SettingsError: there is no outbox, or it does not know the source.
        Transient: the file is busy.
        OutboxFailed: it is damaged.
    """
    with _transaction(path) as db:
        _require_known(db, source)
        return rejects.resume(db, source)


def pause_source(path: Path, source: str, now: datetime) -> bool:
    """Poll a source no more until it is resumed; return whether it was not paused before.

    A running ingest stops within a second, between two polls.

    Args:
        path: of the outbox.
        source: its name.
        now: aware, UTC.

    Raises: as ``resume_source``.
    """
    with _transaction(path) as db:
        _require_known(db, source)
        return rejects.pause(db, source, now)


def ask(path: Path, source: str, period: Period | None, now: datetime) -> int:
    """Ask for a poll of a source, or for a past period of it; return the number of the request.

    Who works on the outbox answers it, now or at its next start.

    Raises: as ``resume_source``.
    """
    with _transaction(path) as db:
        _require_known(db, source)
        return requests.add(db, source, period, now)


def read_request(path: Path, number: int) -> Request:
    """Return how a request is.

    Raises: as ``resume_source``.
    """
    with _looking(path) as db:
        return requests.get(db, number)


def _require_known(db: sqlite3.Connection, source: str) -> None:
    if not db.execute("SELECT 1 FROM source WHERE name = ?", (source,)).fetchone():
        names = ", ".join(name for (name,) in db.execute("SELECT name FROM source ORDER BY name"))
        raise SettingsError(f"source '{source}': not known here; choose from {names or '(none yet)'}")


def paused_sources(path: Path) -> dict[str, Pause]:
    """Return the pause of each source that is paused, by name.

    Raises: as ``resume_source``.
    """
    with _looking(path) as db:
        return rejects.pauses(db)


def add_replays(path: Path, made: Sequence[Replay], now: datetime, *, again: bool) -> list[Answer]:
    """Put repaired rejects into the outbox, all in one transaction; return the answer to each, in order.

    Raises: as ``resume_source``.
    """
    with _transaction(path) as db:
        return replays.add(db, made, now, again=again)


def look_at(path: Path, receipts: Iterable[tuple[str, int]], *, again: bool) -> list[Answer]:
    """Return what ``add_replays`` would answer for these sources and receipts, changing nothing.

    Raises: as ``resume_source``.
    """
    with _looking(path) as db:
        return [replays.look(db, source, receipt, again=again) for source, receipt in receipts]


@contextmanager
def _transaction(path: Path) -> Iterator[sqlite3.Connection]:
    _require(path)
    with closing(open_for_writing(path)) as db, our_errors(path):
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise


@contextmanager
def _looking(path: Path) -> Iterator[sqlite3.Connection]:
    _require(path)
    with closing(open_for_reading(path)) as db, our_errors(path):
        db.execute("BEGIN")
        yield db


def _require(path: Path) -> None:
    if not path.is_file():
        raise SettingsError(f"outbox {path}: is not there; run this where ingest keeps its data")
