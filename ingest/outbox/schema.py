"""The outbox file: its tables, how it is opened, and its errors in our words.

``outbox`` holds the records that are not yet durable elsewhere, ``unpublished`` those of them that the
broker has not acknowledged (a table of its own, so that marking thousands of records does not rewrite
them), ``seen`` the identities, ``feed`` the cursors, ``counter`` the durable counters. ``reject`` says
which of the last receipts were rejected and why, ``pause`` which sources are not read for now, and
``replay`` which rejects were put into the outbox again. ``request`` is what a person asked for (a poll
now, a past period), ``beat`` what each source brought per hour, ``pulse`` its last signs of life, and
``heartbeat`` what was made of these.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.errors import SettingsError, Terminal, Transient
from domain.topics import Lane

FORMAT = 4
_READABLE = (1, 2, 3, FORMAT)
FIRST_WITH_REJECTS = 3
"""Files of an earlier format have no tables of rejects; ingest adds them when it starts."""
FIRST_WITH_REQUESTS = 4
"""The same for requests and heartbeats."""
LANE_NUMBERS = {Lane.LIVE: 0, Lane.BACKFILL: 1}
"""How a lane is written in the tables."""

FILE_MODE = 0o600
BUSY_SECONDS = 30.0

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE source (
    no INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    last_receipt INTEGER NOT NULL DEFAULT 0,
    last_received_at TEXT,
    judged_after INTEGER NOT NULL DEFAULT 0 -- rejects up to this receipt do not count any more
);

CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of commit; never given twice
    source INTEGER NOT NULL,
    receipt INTEGER NOT NULL,
    lane INTEGER NOT NULL,                  -- 0 live, 1 backfill
    rejected INTEGER NOT NULL,              -- 1: travels to topic `rejected`
    event_id TEXT NOT NULL,
    payload BLOB NOT NULL
);
CREATE UNIQUE INDEX outbox_receipt ON outbox (source, receipt);

CREATE TABLE unpublished (
    lane INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    source INTEGER NOT NULL,
    PRIMARY KEY (lane, seq)
) WITHOUT ROWID;

CREATE TABLE seen (
    source INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    rev INTEGER NOT NULL,                   -- 0: only ever seen too late
    content BLOB NOT NULL,                  -- keyed hash
    revision TEXT,                          -- the source's own whole number, of any size
    bucket TEXT NOT NULL,
    last_at INTEGER NOT NULL,               -- later of last receipt and occurrence, ms since 1970
    forgettable INTEGER NOT NULL,
    PRIMARY KEY (source, event_id)
) WITHOUT ROWID;
CREATE INDEX seen_forgettable ON seen (source, last_at) WHERE forgettable = 1;

CREATE TABLE feed (
    source INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    cursor TEXT,
    done INTEGER NOT NULL DEFAULT 0,
    progress REAL,
    state TEXT NOT NULL DEFAULT 'waiting',
    error TEXT,
    polled_at TEXT,
    next_poll_at TEXT,
    origin TEXT NOT NULL DEFAULT '',        -- which input; '': there is but one, or format 1 wrote it
    PRIMARY KEY (source, lane)
) WITHOUT ROWID;

CREATE TABLE counter (
    source INTEGER NOT NULL,
    day TEXT NOT NULL,                      -- UTC day of receipt
    name TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (source, day, name)
) WITHOUT ROWID;
"""

_REJECT_TABLES = """
CREATE TABLE reject (
    source INTEGER NOT NULL,
    receipt INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (source, receipt)
) WITHOUT ROWID;

CREATE TABLE pause (
    source INTEGER PRIMARY KEY,
    reason TEXT NOT NULL,
    n INTEGER NOT NULL,                     -- so many rejects
    among INTEGER NOT NULL,                 -- among so many successive receipts
    at TEXT NOT NULL
);

CREATE TABLE replay (
    source INTEGER NOT NULL,
    receipt INTEGER NOT NULL,
    at INTEGER NOT NULL,                    -- ms since 1970
    PRIMARY KEY (source, receipt)
) WITHOUT ROWID;
"""

_REQUEST_TABLES = """
CREATE TABLE request (
    no INTEGER PRIMARY KEY AUTOINCREMENT,
    source INTEGER NOT NULL,
    since TEXT,                             -- of the period, UTC; with `until` NULL: one poll, now
    until TEXT,
    asked_at TEXT NOT NULL,
    cursor TEXT,
    progress REAL,
    received INTEGER NOT NULL DEFAULT 0,
    duplicate INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    error TEXT,                             -- why it fails now, or failed
    ended_at TEXT                           -- NULL: it is still open
);
CREATE INDEX request_open ON request (source) WHERE ended_at IS NULL;

CREATE TABLE beat (
    source INTEGER NOT NULL,
    hour INTEGER NOT NULL,                  -- UTC, hours since 1970; no row: nobody watched
    n INTEGER NOT NULL DEFAULT 0,           -- live records with a receipt
    late TEXT NOT NULL DEFAULT '{}',        -- by lateness class: how many first versions
    PRIMARY KEY (source, hour)
) WITHOUT ROWID;

CREATE TABLE pulse (
    source INTEGER PRIMARY KEY,
    since TEXT NOT NULL,                    -- watched from then on
    new_at TEXT,                            -- last live record with a receipt
    caught_up_at TEXT,                      -- last answer with nothing more behind it
    took TEXT NOT NULL DEFAULT '[]'         -- seconds of the last polls
);

CREATE TABLE heartbeat (source INTEGER PRIMARY KEY, verdict TEXT NOT NULL);
"""

# From each format to the next. What reads the file does without what is added here.
_UPGRADES = {
    1: "ALTER TABLE feed ADD COLUMN origin TEXT NOT NULL DEFAULT '';",
    2: "ALTER TABLE source ADD COLUMN judged_after INTEGER NOT NULL DEFAULT 0;\n" + _REJECT_TABLES,
    3: _REQUEST_TABLES,
}

_PASSING = frozenset(
    {"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_NOMEM", "SQLITE_INTERRUPT"}
)


class OutboxFailed(Terminal):
    """The outbox file is damaged or gone: ingest cannot go on."""


class OutboxNotReady(Transient):
    """The outbox file is there and its tables are not: ingest is just making them."""


@contextmanager
def our_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours, by code; its own text is not kept.

    Raises:
        Transient: busy, disk full, or an I/O error: the same call may succeed later.
        OutboxFailed: anything else.
    """
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", None) or type(error).__name__
        # Extended codes such as SQLITE_IOERR_WRITE say which case of the basic one.
        basic = "_".join(name.split("_")[:2])
        if basic in _PASSING:
            raise Transient(f"outbox {path}: {name}; check disk space") from None
        raise OutboxFailed(f"outbox {path}: {name}; restore or remove the file") from None


def open_for_writing(path: Path) -> sqlite3.Connection:
    """Return a connection to the outbox file, created with mode 0600 if it is not there.

    The connection may go from thread to thread; its user sees to it that one uses it at a time.
    Transactions are begun and ended in words (autocommit otherwise).

    Raises:
        SettingsError: the folder cannot be written, or the file is no outbox of this version.
        Transient: the file is busy or the disk is full.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE))
        path.chmod(FILE_MODE)
    except OSError as error:
        raise SettingsError(f"outbox {path}: {error.strerror}; choose a writable folder") from error
    with our_errors(path):
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            # Deleted content is overwritten, not left in free pages.
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA journal_mode = WAL")
            # In WAL mode a killed process loses nothing committed; only power loss may.
            connection.execute("PRAGMA synchronous = NORMAL")
            # Ids are random, so that a poll touches pages all over; the longer log writes each one once.
            connection.execute("PRAGMA wal_autocheckpoint = 8000")
            connection.execute("PRAGMA cache_size = -32768")
            connection.execute("PRAGMA temp_store = MEMORY")
            _create_tables(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Return a read-only connection; works from any process, whether ingest runs or not.

    Raises:
        OutboxNotReady: its tables are not there yet.
        SettingsError: the file is no outbox of this version.
        OutboxFailed: the file is not there or damaged.
    """
    with our_errors(path):
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            _check_has_tables(connection, path)
            _check_format(format_of(connection), path, _READABLE)
        except BaseException:
            connection.close()
            raise
    return connection


def _create_tables(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = format_of(connection)
        if found == 0:
            _execute(connection, _TABLES + _REJECT_TABLES + _REQUEST_TABLES)
            found = FORMAT
        while found in _UPGRADES:
            _execute(connection, _UPGRADES[found])
            found += 1
        _check_format(found, path)
        connection.execute(f"PRAGMA user_version = {FORMAT}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _execute(connection: sqlite3.Connection, script: str) -> None:
    # Statement by statement: executescript would commit the transaction first.
    for statement in _statements(script):
        connection.execute(statement)


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def format_of(connection: sqlite3.Connection) -> int:
    """Return the format of the file; 0 before its tables are made."""
    number: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return number


def _check_has_tables(connection: sqlite3.Connection, path: Path) -> None:
    if format_of(connection) == 0:
        raise OutboxNotReady(f"outbox {path}: has no tables yet")


def _check_format(found: int, path: Path, known: tuple[int, ...] = (FORMAT,)) -> None:
    if found not in known:
        raise SettingsError(f"outbox {path}: format {found}, this program reads {FORMAT}")
