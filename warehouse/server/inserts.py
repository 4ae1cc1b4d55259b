"""An INSERT whose rows come with the request.

Every method blocks and runs in a worker thread, one after the other. Whatever happened, ``close`` ends
it.
"""

from __future__ import annotations

from warehouse.server.calls import Call
from warehouse.server.engine import Answer, Engine, Handle
from warehouse.server.errors import ClickHouseError, Code, EngineError, hidden
from warehouse.server.leases import Lease
from warehouse.server.permissions import one_statement, several_statements
from warehouse.server.quoting import identifier, plain_name
from warehouse.server.rows import RowFile
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
        self._complete = False
        self.rows = 0

    def store(self, rows: RowFile) -> Answer:
        """Store rows, all of them, in the table and in what its views feed, and return the counts.

        Raises:
            ClickHouseError: the insert or its rows are refused, or could not be stored everywhere; the
                message does not quote them.
        """
        try:
            handle = self._lease.open()
            self._check(handle, rows)
            self._lease.prepare()
            format_name = plain_name(self._head.format, "format")
            answer = handle.insert(self._head, format_name, rows.path, self._call.parameters)
        except EngineError as error:
            raise self._told(error) from None
        self.rows = answer.rows_written
        self._complete = True
        self.close()
        return answer

    def close(self) -> None:
        """Let the handle go; may be called again."""
        self._lease.release(failed=not self._complete)

    def _check(self, handle: Handle, rows: RowFile) -> None:
        with_rows = f"{self._head.sql} {self._head.settings} VALUES"
        verdict = handle.classify(with_rows)
        if verdict.effect is Effect.UNPARSABLE:
            handle.canonical(with_rows)
            raise ClickHouseError(Code.SYNTAX_ERROR, "Syntax error in an INSERT.")
        one_statement(verdict)
        if self._head.format.lower() != "values":
            return
        if rows.size > _MOST_VALUES_BYTES:
            raise ClickHouseError(
                Code.SYNTAX_ERROR, f"VALUES above {_MOST_VALUES_BYTES} bytes: use another format."
            )
        if not is_one_values_list(rows.read()):
            raise several_statements()

    def _told(self, error: EngineError) -> ClickHouseError:
        columns: frozenset[str] = frozenset()
        if self._head.target:
            database = self._call.database
            quoted = identifier(database) if database is not None else None
            columns = self._engine.columns(self._head.target, quoted)
        return hidden(error, self._engine.error_name, columns)
