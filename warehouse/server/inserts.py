"""An INSERT whose rows come with the request.

Every method blocks and runs in a worker thread, one after the other. Whatever happened, ``close``
ends it, and nothing is stored without ``finish``.
"""

from __future__ import annotations

from warehouse.server.calls import Call
from warehouse.server.engine import Engine, RowSink, Written
from warehouse.server.errors import ClickHouseError, Code, EngineError, hidden
from warehouse.server.leases import Lease
from warehouse.server.permissions import one_statement, several_statements
from warehouse.server.quoting import identifier, plain_name
from warehouse.server.sessions import Session
from warehouse.server.statements import Effect, InsertHead, is_one_values_list

_MOST_VALUES_BYTES = 64 << 20


class Insert:
    """One INSERT.

    Args:
        engine: the engine.
        call: the request.
        session: its session, held until ``close``.
        head: the statement without its rows.
        statement_bytes: the largest statement.
    """

    def __init__(
        self,
        engine: Engine,
        call: Call,
        session: Session | None,
        head: InsertHead,
        statement_bytes: int,
    ) -> None:
        self._engine = engine
        self._call = call
        self._head = head
        self._lease = Lease(engine, call, session, statement_bytes)
        self._sink: RowSink | None = None
        self._values = bytearray() if head.format.lower() == "values" else None
        self._complete = False
        self.rows = 0

    def append(self, rows: bytes) -> None:
        """Give rows to the engine; they may end in the middle of one.

        Raises:
            ClickHouseError: the insert or its rows are refused; the message does not quote them.
        """
        try:
            sink = self._sink = self._sink or self._begin()
            if self._values is not None:
                self._values += rows
                if len(self._values) > _MOST_VALUES_BYTES:
                    raise ClickHouseError(
                        Code.SYNTAX_ERROR,
                        f"VALUES above {_MOST_VALUES_BYTES} bytes: use another format.",
                    )
            elif rows:
                sink.append(rows)
        except EngineError as error:
            raise self._told(error) from None

    def finish(self, rows: bytes) -> Written:
        """Give the last rows, store, and return what was written.

        Raises:
            ClickHouseError: the insert or its rows are refused; the message does not quote them.
        """
        self.append(rows)
        try:
            sink = self._sink = self._sink or self._begin()
            if self._values:
                if not is_one_values_list(self._values):
                    raise several_statements()
                sink.append(bytes(self._values))
            written = sink.finish()
        except EngineError as error:
            raise self._told(error) from None
        self.rows = written.rows
        self._complete = True
        self.close()
        return written

    def close(self) -> None:
        """Give up what is not stored and let the handle go; may be called again."""
        if self._sink is not None and not self._complete:
            self._sink.cancel()
        self._sink = None
        self._lease.release(failed=not self._complete)

    def _begin(self) -> RowSink:
        if self._call.user.read_only or self._call.only_reads:
            raise ClickHouseError(Code.READONLY, "Cannot execute query in readonly mode.")
        handle = self._lease.open()
        with_rows = f"{self._head.sql} VALUES"
        verdict = handle.classify(with_rows)
        if verdict.effect is Effect.UNPARSABLE:
            handle.canonical(with_rows)
            raise ClickHouseError(Code.SYNTAX_ERROR, "Syntax error in an INSERT.")
        one_statement(verdict)
        self._lease.prepare()
        self._lease.set_parameters()
        return handle.insert(self._head.sql, plain_name(self._head.format, "format"))

    def _told(self, error: EngineError) -> ClickHouseError:
        columns: frozenset[str] = frozenset()
        if self._head.target:
            database = self._call.database
            quoted = identifier(database) if database is not None else None
            columns = self._engine.columns(self._head.target, quoted)
        return hidden(error, self._engine.error_name, columns)
