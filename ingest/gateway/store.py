"""The gateway's own file: clients, their keys, and the signatures that were used.

A file of its own beside the outbox, since it has nothing to do with events, is written by the commands,
and must not make the outbox wait.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from domain.errors import SettingsError
from ingest.gateway.clients import KEY, Client, Issued, Key, digest_of, new_key
from ingest.keys import KeyedHash
from ingest.outbox.schema import our_errors

FORMAT = 1
_TABLES = """
CREATE TABLE client (
    name TEXT PRIMARY KEY,
    scope TEXT NOT NULL,                    -- the client as JSON
    created_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE key (
    id TEXT PRIMARY KEY,
    client TEXT NOT NULL REFERENCES client (name),
    digest BLOB NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT
) WITHOUT ROWID;
CREATE TABLE used (
    signature BLOB PRIMARY KEY,             -- keyed hash
    at INTEGER NOT NULL                     -- seconds since 1970
) WITHOUT ROWID;
CREATE INDEX used_at ON used (at);
"""


class ClientStore:
    """Clients, keys and used signatures in a SQLite file. For one thread at a time.

    Every method raises ``Transient`` where the file is busy and ``OutboxFailed`` where it is damaged.

    Args:
        path: the file; created (mode 0600) if it is not there.
        keyed: for the hashes of keys.

    Raises:
        SettingsError: the folder cannot be written, or the file is of another version.
    """

    def __init__(self, path: Path, keyed: KeyedHash) -> None:
        self._path = path
        self._keyed = keyed
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise SettingsError(f"{path}: {error.strerror}; choose a writable folder") from error
        with our_errors(path):
            self._db = sqlite3.connect(path, timeout=10.0, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("PRAGMA secure_delete = ON")
        with self._transaction() as db:
            (found,) = db.execute("PRAGMA user_version").fetchone()
            if found == 0:
                for statement in filter(str.strip, _TABLES.split(";\n")):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {FORMAT}")
            elif found != FORMAT:
                raise SettingsError(f"{path}: format {found}, this program reads {FORMAT}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def add(self, client: Client, now: datetime) -> Issued:
        """Add a client; return its first key.

        Raises:
            SettingsError: there is a client of this name.
        """
        with self._transaction() as db:
            if self._client(db, client.name) is not None:
                raise SettingsError(f"client '{client.name}' is there already; rotate its key instead")
            self._insert(db, client, now)
            return self._issue(db, client, now)

    def adopt(self, client: Client, key: str, now: datetime) -> None:
        """Add a client with a key that was made elsewhere; what is there already stays.

        Args:
            client: is added if there is none of its name.
            key: its key.
            now: aware.

        Raises:
            SettingsError: it is no key, or its public part is that of another one.
        """
        found = KEY.fullmatch(key)
        if found is None:
            raise SettingsError(f"client '{client.name}': what is given as its key is none")
        key_id, secret = found[1], found[2]
        digest = digest_of(self._keyed, key_id, secret)
        with self._transaction() as db:
            if self._client(db, client.name) is None:
                self._insert(db, client, now)
            db.execute(
                "INSERT OR IGNORE INTO key (id, client, digest, created_at) VALUES (?, ?, ?, ?)",
                (key_id, client.name, digest, now.isoformat()),
            )
            known = db.execute("SELECT client, digest FROM key WHERE id = ?", (key_id,)).fetchone()
            if known != (client.name, digest):
                raise SettingsError(f"client '{client.name}': its key is taken; make another one")

    def rotate(self, name: str, overlap: timedelta, now: datetime) -> Issued:
        """Give a client another key; those that it has go on for ``overlap``, and no longer than before.

        Raises:
            SettingsError: there is no such client.
        """
        with self._transaction() as db:
            client = self._require(db, name)
            until = (now + overlap).isoformat()
            db.execute(
                "UPDATE key SET expires_at = min(coalesce(expires_at, ?), ?)"
                " WHERE client = ? AND revoked_at IS NULL",
                (until, until, name),
            )
            return self._issue(db, client, now)

    def revoke(self, name: str, key_id: str | None, now: datetime) -> int:
        """Revoke one key of a client, or all; return how many were good until now.

        Raises:
            SettingsError: there is no such client, or it has no such key.
        """
        with self._transaction() as db:
            self._require(db, name)
            keys = [key for key in self._keys(db, name) if key_id in (None, key.key_id)]
            if not keys:
                raise SettingsError(f"client '{name}': has no such key; see: wijkbeeld clients list")
            good = [key for key in keys if key.is_good(now)]
            db.executemany(
                "UPDATE key SET revoked_at = ? WHERE id = ?",
                [(now.isoformat(), key.key_id) for key in good],
            )
            return len(good)

    def clients(self) -> list[tuple[Client, list[Key]]]:
        """Return every client with its keys, by name."""
        with our_errors(self._path):
            rows = self._db.execute("SELECT scope FROM client ORDER BY name").fetchall()
            found = [Client.model_validate_json(scope) for (scope,) in rows]
            return [(client, self._keys(self._db, client.name)) for client in found]

    def find(self, key_id: str) -> tuple[Client, Key] | None:
        """Return the client and the key of a key's public part; None where there is none."""
        with our_errors(self._path):
            row = self._db.execute(
                "SELECT k.id, k.client, k.digest, k.created_at, k.expires_at, k.revoked_at, c.scope"
                " FROM key k JOIN client c ON c.name = k.client WHERE k.id = ?",
                (key_id,),
            ).fetchone()
        return None if row is None else (Client.model_validate_json(row[-1]), _key(row[:-1]))

    def use_signature(self, parts: tuple[str, ...], kept: timedelta, now: datetime) -> bool:
        """Note durably that a signature is used; return False where it was before.

        Args:
            parts: what tells it from others.
            kept: how long it is remembered.
            now: aware.
        """
        digest, at = self._keyed.digest("gateway-signature", *parts), int(now.timestamp())
        with self._transaction() as db:
            db.execute("DELETE FROM used WHERE at < ?", (at - int(kept.total_seconds()),))
            added = db.execute("INSERT OR IGNORE INTO used VALUES (?, ?)", (digest, at))
            return added.rowcount == 1

    def _insert(self, db: sqlite3.Connection, client: Client, now: datetime) -> None:
        db.execute(
            "INSERT INTO client VALUES (?, ?, ?)",
            (client.name, client.model_dump_json(), now.isoformat()),
        )

    def _issue(self, db: sqlite3.Connection, client: Client, now: datetime) -> Issued:
        key, issued = new_key(client, self._keyed, now)
        db.execute(
            "INSERT INTO key (id, client, digest, created_at) VALUES (?, ?, ?, ?)",
            (key.key_id, key.client, key.digest, now.isoformat()),
        )
        return issued

    def _client(self, db: sqlite3.Connection, name: str) -> Client | None:
        row = db.execute("SELECT scope FROM client WHERE name = ?", (name,)).fetchone()
        return None if row is None else Client.model_validate_json(row[0])

    def _require(self, db: sqlite3.Connection, name: str) -> Client:
        client = self._client(db, name)
        if client is None:
            raise SettingsError(f"client '{name}': not known here; see: wijkbeeld clients list")
        return client

    def _keys(self, db: sqlite3.Connection, name: str) -> list[Key]:
        rows = db.execute(
            "SELECT id, client, digest, created_at, expires_at, revoked_at FROM key"
            " WHERE client = ? ORDER BY created_at, id",
            (name,),
        )
        return [_key(row) for row in rows.fetchall()]

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with our_errors(self._path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise


def _key(row: tuple[str, str, bytes, str, str | None, str | None]) -> Key:
    key_id, client, digest, created, expires, revoked = row
    return Key(key_id, client, digest, _time(created).astimezone(UTC), _maybe(expires), _maybe(revoked))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe(text: str | None) -> datetime | None:
    return None if text is None else _time(text)
