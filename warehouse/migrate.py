"""Migrations: plain SQL files, applied in the order of their numbers and recorded.

Every statement in them can be repeated (``IF NOT EXISTS``), so a start after a crash in the middle of a
file simply runs that file again; the record is written last.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import orjson
import structlog

from domain.errors import SettingsError, Terminal
from warehouse.client import Client
from warehouse.cluster import on_cluster

_FILE = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_END_OF_STATEMENT = re.compile(r";[ \t]*\n")
_COMMENT = re.compile(r"^\s*--.*$", re.MULTILINE)


class SchemaDrift(Terminal):
    """The database and the migrations of this program do not belong together."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: number, name, its SQL and the SHA-256 of that in hex."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the file's text, in hex."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def statements(self) -> list[str]:
        """The statements: each ends with a semicolon at the end of a line."""
        text = _COMMENT.sub("", self.sql)
        return [part.strip() for part in _END_OF_STATEMENT.split(text) if part.strip()]

    def rendered(self, cluster: str) -> list[str]:
        """Return the statements for a cluster of that name, or for one node where it is empty.

        Raises:
            SettingsError: a statement has no form for a cluster.
        """
        if not cluster:
            return self.statements
        return [made for statement in self.statements for made in on_cluster(statement, cluster)]


def shipped_migrations() -> tuple[Migration, ...]:
    """Return the migrations of this program, by number.

    Raises:
        SettingsError: a file's name is not ``NNNN_name.sql``, or the numbers are not 0, 1, 2 ...
    """
    found = []
    for file in files("warehouse").joinpath("migrations").iterdir():
        if not file.name.endswith(".sql"):
            continue
        match = _FILE.fullmatch(file.name)
        if match is None:
            raise SettingsError(f"migration {file.name}: the name must be NNNN_name.sql")
        found.append(Migration(int(match[1]), match[2], file.read_text(encoding="utf-8")))
    found.sort(key=lambda migration: migration.number)
    if [migration.number for migration in found] != list(range(len(found))):
        raise SettingsError("migrations: the numbers must be 0000, 0001, 0002 and so on, each once")
    return tuple(found)


def migrate(
    client: Client, migrations: Sequence[Migration] | None = None, cluster: str = ""
) -> list[int]:
    """Bring the database to the newest schema; return the numbers that were applied now.

    Args:
        client: a user who may create tables.
        migrations: those to apply; None takes the ones that ship with this program.
        cluster: name of a cluster on which the tables are made; empty for one node.

    Raises:
        SchemaDrift: an applied file was changed afterwards, or the database is newer than this program.
        WarehouseUnavailable: ClickHouse is away; call again.
    """
    wanted = shipped_migrations() if migrations is None else tuple(migrations)
    _run(client, wanted[0], cluster)  # creates the record itself
    applied = {
        int(number): (str(name), str(checksum))
        for number, name, checksum in client.query("SELECT number, name, checksum FROM migration")
    }
    _check(wanted, applied)
    done = []
    for migration in wanted:
        if migration.number not in applied:
            _run(client, migration, cluster)
            _record(client, migration)
            done.append(migration.number)
            structlog.get_logger(__name__).info("migration_applied", number=migration.number)
    return done


def _check(wanted: Sequence[Migration], applied: dict[int, tuple[str, str]]) -> None:
    for migration in wanted:
        if migration.number not in applied:
            continue
        if applied[migration.number] != (migration.name, migration.checksum):
            raise SchemaDrift(
                f"migration {migration.number:04d}_{migration.name}: the file differs from what was "
                "applied; put the file back and make the change in a new migration"
            )
    newest = max((migration.number for migration in wanted), default=-1)
    unknown = [number for number in applied if number > newest]
    if unknown:
        raise SchemaDrift(
            f"the database has migration {max(unknown):04d}, this program ends at {newest:04d}; "
            "use the newer program"
        )


def _run(client: Client, migration: Migration, cluster: str) -> None:
    for statement in migration.rendered(cluster):
        client.execute(statement)


def _record(client: Client, migration: Migration) -> None:
    row = {"number": migration.number, "name": migration.name, "checksum": migration.checksum}
    client.insert_rows("migration", orjson.dumps(row), token=f"{migration.number}:{migration.checksum}")
