"""The ClickHouse engine inside this process: the only module that imports chdb.

One engine per process, any number of handles. A handle is one thread of statements at a time; several
run in parallel, since the engine lets go of the interpreter while it works.

chdb 4.4 hands the rows of a query that failed half-way to the next query on the same handle. A handle is
therefore closed after an error, or rinsed where it must live on.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import chdb

from warehouse.server.errors import ClickHouseError, Code, EngineError
from warehouse.server.grants import write_engine_files
from warehouse.server.quoting import literal, parameter_text
from warehouse.server.statements import Effect, InsertHead, Verdict
from warehouse.server.users import User

_EFFECTS = {
    "READ_ONLY": Effect.READ,
    "MUTATING": Effect.WRITE,
    "MUTATING_GLOBAL": Effect.WRITE,
}


@dataclass(frozen=True)
class Answer:
    """A whole result: its bytes in the asked format, and what it took."""

    body: bytes
    rows: int
    bytes_read: int
    rows_written: int
    bytes_written: int
    seconds: float


@contextlib.contextmanager
def _engine_errors() -> Iterator[None]:
    """Turn what chdb raises (RuntimeError and its child ChdbError) into our own type."""
    try:
        yield
    except RuntimeError as error:
        text = str(error)
        # The vendor's exception is left out: its text may quote rows and would end up in tracebacks.
        raise EngineError(text) from None


class RowStream:
    """Blocks of a result, each as bytes in a format without header and footer."""

    def __init__(self, vendor: Any) -> None:
        self._vendor = vendor
        self.rows = 0

    def next_block(self) -> bytes | None:
        """Return the next block; None at the end.

        Raises:
            EngineError: the query failed.
        """
        with _engine_errors():
            block = self._vendor.fetch()
        if block is None:
            return None
        self.rows += block.rows_read()
        return bytes(block.bytes() or b"")

    def close(self) -> None:
        """Cancel what is left."""
        with contextlib.suppress(EngineError), _engine_errors():
            self._vendor.close()


class Handle:
    """One line of statements. Not for two threads at once."""

    def __init__(self, vendor: Any) -> None:
        self._vendor = vendor

    def run(self, sql: str) -> None:
        """Run one statement without a result.

        Raises:
            EngineError: it failed.
        """
        with _engine_errors():
            self._vendor.query(sql, "TSV")

    def query(self, sql: str, format_name: str, parameters: Mapping[str, str] | None = None) -> Answer:
        """Run one statement and return its whole result.

        Args:
            sql: a FORMAT clause in it wins over ``format_name``.
            format_name: a ClickHouse output format.
            parameters: for ``{name:Type}``, in TabSeparated escapes.

        Raises:
            EngineError: it failed.
        """
        with _engine_errors():
            result = self._vendor.query(sql, format_name, params=dict(parameters or {}))
        return Answer(
            bytes(result.bytes() or b""),
            result.rows_read(),
            result.bytes_read(),
            result.rows_written(),
            result.bytes_written(),
            result.elapsed(),
        )

    def stream(
        self, sql: str, format_name: str, parameters: Mapping[str, str] | None = None
    ) -> RowStream:
        """Start a SELECT and return its blocks; arguments and errors as for ``query``."""
        with _engine_errors():
            return RowStream(self._vendor.send_query(sql, format_name, params=dict(parameters or {})))

    def insert(
        self, head: InsertHead, format_name: str, path: str, parameters: Mapping[str, str] | None = None
    ) -> Answer:
        """Run an INSERT whose rows are in a file.

        Not by chdb's own ``send_insert``: it answers with success when a constraint, too many parts or
        a throwing view kept rows out (chdb 4.4).

        Args:
            head: the statement without FORMAT and rows.
            format_name: ClickHouse's input format of the file.
            path: digits, letters and slashes only.
            parameters: as for ``query``.

        Raises:
            EngineError: the rows are not stored, or not everywhere.
        """
        source = f"FROM INFILE '{path}' COMPRESSION 'none'"
        return self.query(f"{head.sql} {source} {head.settings} FORMAT {format_name}", "TSV", parameters)

    def classify(self, sql: str) -> Verdict:
        """Say what ``sql`` would do, without running it."""
        with _engine_errors():
            # Not public in chdb, but what its own read-only tools are built on (chdb/durable/engine.py).
            report = self._vendor._conn.classify_query(sql)
        count = int(report["statement_count"])
        if count == 0:
            return Verdict(Effect.UNPARSABLE, 0)
        # Whatever else it says, or will say in a later version, is the strictest effect.
        return Verdict(_EFFECTS.get(report["query_class"].name, Effect.CONTROL), count)

    def canonical(self, sql: str) -> str:
        """Return ``sql`` as the engine would write it: one line, no comments, plain escapes.

        Raises:
            EngineError: it does not parse; the message is the engine's syntax error.
        """
        answer = self.query(
            "SELECT formatQuerySingleLine({q:String})", "TSVRaw", {"q": parameter_text(sql)}
        )
        return answer.body.decode("utf-8", "replace")

    def rinse(self) -> None:
        """Drop rows that a failed query left behind on this handle."""
        with contextlib.suppress(EngineError):
            self.query("SELECT 1", "TSV")

    def close(self) -> None:
        """Let go of the handle, its settings and its temporary tables."""
        with contextlib.suppress(EngineError), _engine_errors():
            self._vendor.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Engine:
    """The engine of this process on one data folder, which nobody else may have open.

    Args:
        folder: the engine's data.
        config_folder: where its configuration is written.
        users: their roles are made in the engine.
        default_settings: settings of every handle.
        hidden_columns: by ``database.table``, columns kept from users who may only read.

    Raises:
        EngineError: the engine cannot open the folder.
        ClickHouseError: the folder's path cannot be given to the engine.
    """

    def __init__(
        self,
        folder: Path,
        config_folder: Path,
        users: Mapping[str, User],
        default_settings: Mapping[str, str | int],
        hidden_columns: Mapping[str, frozenset[str]],
    ) -> None:
        if any(mark in f"{folder}{config_folder}" for mark in "?&#%"):
            raise ClickHouseError(Code.BAD_ARGUMENTS, "A data folder's path must not hold ? & # %")
        config = write_engine_files(
            config_folder, users, _system_tables(), default_settings, hidden_columns
        )
        self._address = f"{folder}?config-file={config}"
        with _engine_errors():
            self._root = Handle(chdb.connect(self._address))
        names = self._root.query(
            "SELECT number, errorCodeToName(number) AS name FROM numbers(1200) WHERE name != ''",
            "TSVRaw",
        )
        pairs = (line.split("\t") for line in names.body.decode().splitlines())
        self._error_names = {int(code): name for code, name in pairs}
        self.version = self._root.query("SELECT version()", "TSVRaw").body.decode().strip()
        self.time_zone = "UTC"

    def open(self) -> Handle:
        """Return a new handle with all rights. Takes about a third of a millisecond.

        Raises:
            EngineError: the engine is closed.
        """
        with _engine_errors():
            return Handle(chdb.connect(self._address))

    def error_name(self, code: int) -> str:
        """Return ClickHouse's symbolic name of an error code."""
        return self._error_names.get(code, Code.UNKNOWN_EXCEPTION.name)

    def cancel(self, tag: str) -> None:
        """Cancel what runs under ``log_comment = tag``; nothing happens if nothing does."""
        with contextlib.suppress(EngineError), self.open() as handle:
            handle.run(f"KILL QUERY WHERE Settings['log_comment'] = {literal(tag)} ASYNC")

    def cancel_all(self) -> None:
        """Cancel everything that runs."""
        with contextlib.suppress(EngineError), self.open() as handle:
            handle.run("KILL QUERY WHERE Settings['log_comment'] != '' ASYNC")

    def columns(self, target: str, database: str | None) -> frozenset[str]:
        """Return the columns of a table as named in an INSERT; empty if it cannot be told."""
        try:
            with self.open() as handle:
                if database is not None:
                    handle.run(f"USE {database}")
                answer = handle.query(f"DESCRIBE TABLE {target}", "TSVRaw")
        except EngineError:
            return frozenset()
        return frozenset(line.split("\t")[0] for line in answer.body.decode().splitlines())

    def close(self) -> None:
        """Close the engine; handles that are still open keep it alive."""
        self._root.close()


def _system_tables() -> list[str]:
    """Names in the engine's ``system`` database, asked of an engine in memory that closes again."""
    with _engine_errors(), Handle(chdb.connect(":memory:")) as probe:
        answer = probe.query("SELECT name FROM system.tables WHERE database = 'system'", "TSVRaw")
    return answer.body.decode().split()
