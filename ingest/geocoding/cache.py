"""What the geocoder answered, in a file of bounded size: keyed hash of the question -> wijk.

Neither a street nor a postcode can be read from it. It can be removed at any time.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from domain.errors import SettingsError

MOST_ANSWERS = 50_000
"""Nijmegen has some 1,700 streets and 5,500 postcodes."""
_TRIM_EVERY = 100


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer: the wijk, None where there is none, and when it was given (aware, UTC)."""

    wijk: str | None
    at: datetime


class AnswerCache:
    """Keeps answers between starts; of too many, those that were given first are dropped.

    Args:
        file: made with mode 0600 when it is missing; a damaged one is made anew.
        most: answers to keep, within a hundred.

    Raises:
        SettingsError: the file cannot be written.
    """

    def __init__(self, file: Path, most: int = MOST_ANSWERS) -> None:
        self._most = most
        self._since_trim = 0
        self._lock = threading.Lock()
        try:
            self._database = _open(file)
        except sqlite3.DatabaseError:
            for path in (file, file.with_name(file.name + "-journal")):
                path.unlink(missing_ok=True)
            try:
                self._database = _open(file)
            except sqlite3.DatabaseError:
                raise SettingsError(f"geocoder cache {file}: cannot be made; remove it") from None

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def get(self, key: bytes) -> Kept | None:
        """Return the answer to a question; None when there was none yet, or the file cannot be read."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            row = self._database.execute("SELECT wijk, at FROM answer WHERE key = ?", (key,)).fetchone()
            if row is not None:
                return Kept(row[0], datetime.fromtimestamp(row[1], UTC))
        return None

    def put(self, key: bytes, wijk: str | None, at: datetime) -> None:
        """Keep an answer. A file that cannot be written costs another question, never an event."""
        with self._lock, contextlib.suppress(sqlite3.Error), self._database as transaction:
            transaction.execute(
                "INSERT INTO answer (key, wijk, at) VALUES (?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET wijk = excluded.wijk, at = excluded.at",
                (key, wijk, int(at.timestamp())),
            )
            self._trim(transaction)

    def _trim(self, transaction: sqlite3.Connection) -> None:
        self._since_trim += 1
        if self._since_trim < min(_TRIM_EVERY, self._most):
            return
        self._since_trim = 0
        transaction.execute(
            "DELETE FROM answer WHERE rowid IN"
            " (SELECT rowid FROM answer ORDER BY at DESC, rowid DESC LIMIT -1 OFFSET ?)",
            (self._most,),
        )


def count_answers(file: Path) -> tuple[int, int]:
    """Return how many answers a file of ``AnswerCache`` holds, and how many of them are a wijk.

    Both are 0 where there is no such file, or it cannot be read now.
    """
    if not file.is_file():
        return 0, 0
    with contextlib.suppress(sqlite3.Error):
        with contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as db:
            answers, found = db.execute("SELECT count(*), count(wijk) FROM answer").fetchone()
        return int(answers), int(found)
    return 0, 0


def _open(file: Path) -> sqlite3.Connection:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise SettingsError(f"geocoder cache {file}: cannot write ({error.strerror})") from error
    database = sqlite3.connect(file, check_same_thread=False, timeout=1.0)
    try:
        database.execute("PRAGMA synchronous = OFF")  # a lost answer is asked for again
        database.execute(
            "CREATE TABLE IF NOT EXISTS answer (key BLOB PRIMARY KEY, wijk TEXT, at INTEGER NOT NULL)"
        )
        database.execute("SELECT count(*) FROM answer").fetchone()
        database.commit()
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database
