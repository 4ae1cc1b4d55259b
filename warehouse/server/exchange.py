"""One HTTP request from its first byte to the last byte of its answer."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import anyio
import anyio.to_thread
from anyio import CapacityLimiter
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive, Scope, Send

from warehouse.server.admission import Admission
from warehouse.server.bodies import PIECE_BYTES, Body, Rows, read_statement
from warehouse.server.calls import Call, read_call
from warehouse.server.compression import encoder
from warehouse.server.config import Limits
from warehouse.server.engine import Engine
from warehouse.server.errors import ClickHouseError, Code
from warehouse.server.formats import content_type, hello_answer, is_hello
from warehouse.server.inserts import Insert
from warehouse.server.permissions import check_insert
from warehouse.server.queries import Beginning, Query
from warehouse.server.replies import Reply, summary
from warehouse.server.rows import RowFile
from warehouse.server.sessions import Sessions
from warehouse.server.statements import Effect
from warehouse.server.users import User, authenticate

T = TypeVar("T")
_LARGEST_FORM_PART = 64 << 20
_LARGEST_DRAIN = 256 << 20
_CANCEL_AGAIN_SECONDS = 0.2
_OK = b"Ok.\n"


@dataclass(frozen=True)
class Services:
    """What every request uses. ``cancel_threads`` are apart, so that a cancel never waits for a
    query."""

    engine: Engine
    users: Mapping[str, User]
    limits: Limits
    admission: Admission
    sessions: Sessions
    threads: CapacityLimiter
    cancel_threads: CapacityLimiter
    log: Any


class Inbox:
    """What the client sends, remembering whether all has come and whether the client is gone.

    Args:
        receive: of the request.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.ended = False
        self.gone = False

    async def __call__(self) -> Message:
        """Return the next message."""
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self.gone = True
        elif not message.get("more_body", False):
            self.ended = True
        return message

    async def drain(self) -> None:
        """Read what is left, so that a client that is still sending reads our answer and not a reset."""
        size = 0
        while not self.ended and not self.gone and size < _LARGEST_DRAIN:
            size += len((await self()).get("body", b""))


class Exchange:
    """One request and its answer.

    Args:
        services: shared by all requests.
        scope, receive, send: of this one.
    """

    def __init__(self, services: Services, scope: Scope, receive: Receive, send: Send) -> None:
        self._services = services
        self._inbox = Inbox(receive)
        self._request = Request(scope, self._inbox)
        self._send = send
        self._reply = self._new_reply("")
        self._rows = 0
        self._kind = "refused"

    async def run(self) -> None:
        """Answer; never raises for what a client did."""
        if await self._answered_by_itself():
            return
        started, code, user = time.monotonic(), 0, None
        try:
            user = authenticate(self._services.users, self._request.headers, self._request.query_params)
            async with self._services.admission.place(user):
                await self._admitted(user)
        except (ClientDisconnect, ConnectionError):
            code = Code.QUERY_WAS_CANCELLED
        except ClickHouseError as error:
            code = error.code
            await self._refuse(error)
        except Exception as error:  # noqa: BLE001 - the last line: a client gets an answer, the log a type
            code = Code.UNKNOWN_EXCEPTION
            # Type and place only: the message may quote rows.
            self._services.log.warning("request_failed", error=type(error).__name__, at=_place(error))
            await self._refuse(ClickHouseError(code, "The server failed; its log says where."))
        self._services.log.info(
            "request",
            kind=self._kind,
            code=int(code),
            user=user.name if user is not None else None,
            duration_ms=round((time.monotonic() - started) * 1000, 1),
            rows=self._rows,
        )

    async def _answered_by_itself(self) -> bool:
        """Answer what needs no user: a ping, and pages that do not exist."""
        path = self._request.url.path
        empty_get = self._request.method != "POST" and "query" not in self._request.query_params
        if path in {"/ping", "/replicas_status"} or (path == "/" and empty_get):
            await self._inbox.drain()
            await self._reply.whole(200, _OK, {"Content-Type": "text/html; charset=UTF-8"})
            return True
        if path != "/":
            await self._inbox.drain()
            await self._reply.whole(404, b"There is no such page.\n", {"Content-Type": "text/plain"})
            return True
        return False

    async def _admitted(self, user: User) -> None:
        call = await self._read_call(user)
        self._reply = self._new_reply(call.query_id)
        limit = self._services.limits.statement_bytes
        with self._services.admission.running(call.query_id):
            async with self._services.sessions.use(call) as session:
                body = Body(self._request, was_form=self._has_form)
                asked = await read_statement(call.query, body, limit)
                if isinstance(asked, Rows):
                    self._kind = "insert"
                    check_insert(user, only_reads=call.only_reads)
                    insert = Insert(self._services.engine, call, session, asked.head, limit)
                    async with self._closing(insert):
                        await self._insert(insert, asked.first, body)
                elif call.says_hello and is_hello(asked.bare):
                    await self._say_hello()
                else:
                    query = Query(self._services.engine, call, session, asked, limit)
                    async with self._closing(query):
                        await self._query(query, call)

    @contextlib.asynccontextmanager
    async def _closing(self, work: Query | Insert) -> AsyncIterator[None]:
        """Close ``work`` in a thread, even when this request is being cancelled."""
        try:
            yield
        finally:
            self._rows = work.rows
            with anyio.CancelScope(shield=True):
                await self._in_thread(work.close)

    @property
    def _has_form(self) -> bool:
        return self._request.headers.get("content-type", "").startswith("multipart/form-data")

    async def _read_call(self, user: User) -> Call:
        address = dict(self._request.query_params)
        files: list[tuple[str, bytes]] = []
        if self._has_form:
            try:
                async with self._request.form(max_part_size=_LARGEST_FORM_PART) as form:
                    for name, value in form.multi_items():
                        if isinstance(value, str):
                            address[name] = value
                        else:
                            files.append((name, await value.read()))
            except MultiPartException:
                raise ClickHouseError(Code.BAD_ARGUMENTS, "The form of the request is broken.") from None
        return read_call(
            user, self._request.method, self._request.headers, address, files, self._services.limits
        )

    async def _insert(self, insert: Insert, first: bytes, body: Body) -> None:
        with RowFile(self._services.limits.insert_bytes) as rows:
            rows.write(first)
            while piece := await body.piece(PIECE_BYTES):
                rows.write(piece)
            written = await self._in_thread(insert.store, rows)
        await self._reply.whole(
            200,
            b"",
            {"Content-Type": "text/plain; charset=UTF-8", "X-ClickHouse-Summary": summary(written)},
        )

    async def _say_hello(self) -> None:
        engine = self._services.engine
        self._kind = "hello"
        body = hello_answer(engine.version, engine.time_zone)
        await self._reply.whole(200, body, {"X-ClickHouse-Format": "Native"})

    async def _query(self, query: Query, call: Call) -> None:
        watch = asyncio.create_task(self._cancel_when_gone(query, call))
        try:
            beginning = await self._in_thread(query.begin)
            if not self._inbox.gone:
                await self._answer(query, call, beginning)
        finally:
            self._kind = query.effect.value
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch
        if self._inbox.gone and query.effect is Effect.READ:
            raise ClientDisconnect

    async def _answer(self, query: Query, call: Call, beginning: Beginning) -> None:
        headers = {"X-ClickHouse-Summary": summary(beginning.answer)}
        if beginning.format is not None:
            headers["Content-Type"] = content_type(beginning.format)
            headers["X-ClickHouse-Format"] = beginning.format
        codec = encoder(call.accept_encoding)
        if beginning.whole:
            await self._reply.whole(200, beginning.body, headers, codec)
            return
        await self._reply.begin(headers, codec)
        await self._reply.add(beginning.body)
        while not self._inbox.gone:
            block = await self._in_thread(query.next_block)
            if block is None:
                await self._reply.end()
                return
            await self._reply.add(block)

    async def _cancel_when_gone(self, query: Query, call: Call) -> None:
        """Cancel a read when its client has left; a write goes on, since half of it may be stored."""
        while not self._inbox.gone:
            await self._inbox()
        while True:
            # Again and again, because the query may not have reached the engine yet.
            if query.effect is Effect.READ:
                await anyio.to_thread.run_sync(
                    self._services.engine.cancel, call.query_id, limiter=self._services.cancel_threads
                )
            await asyncio.sleep(_CANCEL_AGAIN_SECONDS)

    async def _refuse(self, error: ClickHouseError) -> None:
        if self._inbox.gone:
            return
        with contextlib.suppress(ClientDisconnect, ConnectionError):
            await self._inbox.drain()
            await self._reply.error(error)

    async def _in_thread(self, work: Callable[..., T], *args: Any) -> T:
        return await anyio.to_thread.run_sync(work, *args, limiter=self._services.threads)

    def _new_reply(self, query_id: str) -> Reply:
        engine = self._services.engine
        return Reply(self._send, query_id, engine.version, engine.time_zone)


def _place(error: BaseException) -> str:
    """Return module and line where ``error`` was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}"
