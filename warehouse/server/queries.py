"""A statement inside the engine, from its check to the last block of its answer.

Every method blocks and runs in a worker thread, one after the other. Whatever happened, ``close``
ends it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from warehouse.server.calls import Call
from warehouse.server.engine import Answer, Engine, Handle, RowStream
from warehouse.server.errors import ClickHouseError, Code, EngineError, hidden, shown
from warehouse.server.formats import (
    STREAMABLE,
    described_columns,
    empty_native,
    is_native,
    named_columns,
)
from warehouse.server.leases import Lease
from warehouse.server.permissions import check, check_names
from warehouse.server.quoting import plain_name
from warehouse.server.sessions import Session
from warehouse.server.statements import Effect, Statement

_ENOUGH_BYTES = 1 << 16
_ENOUGH_SECONDS = 0.02


@dataclass(frozen=True)
class Beginning:
    """The first bytes of an answer, all of it if ``whole``; ``format`` is None for no answer."""

    body: bytes
    whole: bool
    format: str | None
    answer: Answer | None


class Query:
    """One statement without rows behind it.

    Args:
        engine: the engine.
        call: the request.
        session: its session, held until ``close``.
        statement: what it asks.
        statement_bytes: the largest statement.
    """

    def __init__(
        self,
        engine: Engine,
        call: Call,
        session: Session | None,
        statement: Statement,
        statement_bytes: int,
    ) -> None:
        self._engine = engine
        self._call = call
        self._session = session
        self._statement = statement
        self._lease = Lease(engine, call, session, statement_bytes)
        self._stream: RowStream | None = None
        self._complete = False
        self.effect = Effect.UNPARSABLE
        self.rows = 0

    def begin(self) -> Beginning:
        """Check and run the statement as far as its first bytes.

        Raises:
            ClickHouseError: it is refused, or it failed before its first block.
        """
        try:
            handle = self._lease.open()
            self._check(handle)
            self._lease.prepare()
            beginning = self._run(handle)
        except EngineError as error:
            raise self._told(error) from None
        if beginning.whole:
            self.close()
        return beginning

    def next_block(self) -> bytes | None:
        """Return the next block of the answer; None at its end.

        Raises:
            ClickHouseError: the query failed half-way.
        """
        if self._stream is None:
            return None
        try:
            block = self._stream.next_block()
        except EngineError as error:
            raise self._told(error) from None
        self.rows = self._stream.rows
        if block is None:
            self._complete = True
            self.close()
        return block

    def close(self) -> None:
        """Cancel what is left and let the handle go; may be called again."""
        if self._stream is not None and not self._complete:
            self._stream.close()
        self._stream = None
        self._lease.release(failed=not self._complete)

    def _check(self, handle: Handle) -> None:
        sql, user = self._statement.sql, self._call.user
        verdict = handle.classify(sql)
        if verdict.effect is Effect.UNPARSABLE:
            handle.canonical(sql)
            raise ClickHouseError(Code.SYNTAX_ERROR, "Syntax error.")
        self.effect = verdict.effect
        check(self._statement, verdict, user, only_reads=self._call.only_reads)
        if user.read_only:
            check_names(sql, self._call.parameters.values(), handle.canonical)

    def _run(self, handle: Handle) -> Beginning:
        statement = self._statement
        format_name = plain_name(statement.format or self._call.default_format, "format")
        reads = self.effect is Effect.READ
        streams = statement.selects and format_name.lower() in STREAMABLE
        if reads and streams and not self._call.whole:
            return self._begin_stream(handle, format_name)
        answer = handle.query(statement.sql, format_name, self._call.parameters)
        self.rows = answer.rows_written if self.effect is Effect.WRITE else answer.rows
        self._remember()
        body = answer.body
        if not body and reads and is_native(format_name):
            body = self._empty(handle)
        self._complete = True
        return Beginning(body, True, format_name if reads or body else None, answer)

    def _begin_stream(self, handle: Handle, format_name: str) -> Beginning:
        """Run until the answer is at its end or long enough to be worth a first packet."""
        stream = handle.stream(self._statement.sql, format_name, self._call.parameters)
        self._stream = stream
        blocks: list[bytes] = []
        size, started = 0, time.monotonic()
        while size < _ENOUGH_BYTES and (not blocks or time.monotonic() - started < _ENOUGH_SECONDS):
            block = stream.next_block()
            if block is None:
                self._complete = True
                break
            blocks.append(block)
            size += len(block)
        self.rows = stream.rows
        body = b"".join(blocks)
        if not blocks and is_native(format_name):
            body = self._empty(handle)
        return Beginning(body, self._complete, format_name, None)

    def _empty(self, handle: Handle) -> bytes:
        """Return an empty Native result with its columns, which the engine leaves out."""
        sql, parameters = self._statement.bare, self._call.parameters
        try:
            answer = handle.query(f"DESCRIBE TABLE ({sql}\n)", "JSONCompactEachRow", parameters)
            return empty_native(described_columns(answer.body))
        except EngineError:
            # SHOW and its like cannot be described; they are quick to run again.
            handle.rinse()
            answer = handle.query(sql, "JSONCompactEachRowWithNamesAndTypes", parameters)
            return empty_native(named_columns(answer.body))

    def _remember(self) -> None:
        if self._statement.keeps_state and self._session is not None:
            self._session.remember(self._statement.sql)
        if self._statement.makes_temporary:
            self._lease.keep_in_session()

    def _told(self, error: EngineError) -> ClickHouseError:
        """Return the error for the client; an INSERT ... SELECT may fail on a value too."""
        if self._statement.keyword == "INSERT" or self.effect is Effect.WRITE:
            return hidden(error, self._engine.error_name)
        return shown(error, self._engine.error_name)
