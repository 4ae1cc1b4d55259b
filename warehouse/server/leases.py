"""A handle made ready for one request, and put back in order after it."""

from __future__ import annotations

from warehouse.server.calls import Call, ExternalTable
from warehouse.server.engine import Engine, Handle
from warehouse.server.errors import EngineError, hidden
from warehouse.server.grants import role_of
from warehouse.server.quoting import identifier
from warehouse.server.rows import RowFile
from warehouse.server.sessions import Session
from warehouse.server.settings import set_statement, unset_statement
from warehouse.server.statements import InsertHead


class Lease:
    """A handle for the length of one request: ``open``, ``prepare``, and at last ``release``.

    Args:
        engine: where it is opened.
        call: whose request it is.
        session: the request's session, held by it.
        statement_bytes: the largest statement.
    """

    def __init__(
        self, engine: Engine, call: Call, session: Session | None, statement_bytes: int
    ) -> None:
        self._engine = engine
        self._call = call
        self._session = session
        self._handle: Handle | None = None
        self._tied = session is not None and session.handle is not None
        self._settings = {
            "max_query_size": str(2 * statement_bytes),
            **call.settings,
            "log_comment": call.query_id,
        }
        # Last of all, since after it no setting can be changed on a handle. For the same reason never on
        # a handle that lives on; there ``Call.only_reads`` alone holds a writer to reading.
        wanted = self._settings.pop("readonly", None)
        self._readonly = "1" if call.user.read_only else None if self._tied else wanted

    def open(self) -> Handle:
        """Return the handle. It has all rights until ``prepare``; before that it may only classify.

        Raises:
            EngineError: the engine gives no handle.
        """
        if self._session is not None and self._session.handle is not None:
            self._handle = self._session.handle
        else:
            self._handle = self._engine.open()
        return self._handle

    def prepare(self) -> None:
        """Give the handle the request's tables, rights, session, database and settings, in this order.

        Raises:
            EngineError: one of them was refused.
            ClickHouseError: rows of an external table were refused.
        """
        if self._handle is None:
            return
        for table in self._call.tables:
            self._bring(self._handle, table)
        role = role_of(self._call.user)
        if role is not None and not self._tied:
            self._handle.run(f"SET ROLE {identifier(role)}")
        if self._session is not None and not self._tied:
            _repeat(self._handle, self._session)
        if self._call.database is not None:
            self._handle.run(f"USE {identifier(self._call.database)}")
        self._handle.run(set_statement(self._settings))
        if self._readonly is not None:
            self._handle.run(set_statement({"readonly": self._readonly}))

    def keep_in_session(self) -> None:
        """Tie the session to this handle, which now has a temporary table."""
        if self._session is not None and self._session.handle is None:
            self._session.handle = self._handle
            self._tied = True

    def release(self, *, failed: bool) -> None:
        """Let the handle go, or put a session's handle back in order; may be called again.

        Args:
            failed: whether a statement failed or was left half-way on it.
        """
        handle, self._handle = self._handle, None
        if handle is None:
            return
        if not self._tied or self._session is None:
            handle.close()
            return
        try:
            if failed:
                handle.rinse()
            self._restore(handle, self._session)
        except EngineError:
            # What the session was cannot be restored: its next request begins a new one.
            self._session.close()

    def _restore(self, handle: Handle, session: Session) -> None:
        for table in self._call.tables:
            handle.run(f"DROP TEMPORARY TABLE IF EXISTS {identifier(table.name)}")
        handle.run(unset_statement(self._settings))
        handle.run("USE default")
        _repeat(handle, session)

    def _bring(self, handle: Handle, table: ExternalTable) -> None:
        handle.run(f"CREATE TEMPORARY TABLE {identifier(table.name)} ({table.columns})")
        head = InsertHead(f"INSERT INTO {identifier(table.name)}", "", table.format, 0, table.name)
        try:
            with RowFile(len(table.rows)) as rows:
                rows.write(table.rows)
                handle.insert(head, table.format, rows.path)
        except EngineError as error:
            raise hidden(error, self._engine.error_name) from None


def _repeat(handle: Handle, session: Session) -> None:
    for sql in session.statements:
        handle.run(sql)
