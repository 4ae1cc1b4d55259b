"""A request's body, decoded, and where in it rows begin."""

from __future__ import annotations

from dataclasses import dataclass

import anyio.to_thread
from starlette.requests import Request

from warehouse.server.compression import BodyDecoder
from warehouse.server.errors import ClickHouseError, Code
from warehouse.server.statements import InsertHead, Statement, insert_head, statement

PIECE_BYTES = 1 << 20
_SMALL_BYTES = 1 << 14


class Body:
    """The decoded body of a request, in pieces of about a megabyte.

    Args:
        request: not read yet, or its form was, and then the body is empty.
        was_form: which of the two.

    Raises:
        ClickHouseError: a content encoding that is not known.
    """

    def __init__(self, request: Request, *, was_form: bool) -> None:
        self._decoder = BodyDecoder(request.headers.get("content-encoding", "").strip().lower())
        self._stream = request.stream()
        self._ended = was_form

    async def piece(self, least: int = 1) -> bytes:
        """Return at least ``least`` bytes, or less at the end; nothing behind it.

        Raises:
            ClickHouseError: the body is not encoded as it says, or is not complete.
            starlette.requests.ClientDisconnect: the client is gone.
        """
        piece = bytearray()
        while len(piece) < least and not self._ended:
            chunk = await anext(self._stream, None)
            if chunk is None:
                self._ended = True
                self._decoder.finish()
            else:
                piece += self._decoder.decode(chunk)
        return bytes(piece)


@dataclass(frozen=True)
class Rows:
    """An INSERT with the first of its rows; the others are still in the body."""

    head: InsertHead
    first: bytes


async def read_statement(query: str, body: Body, limit: int) -> Statement | Rows:
    """Return what a request asks: ``query`` of the address and, behind it, the body.

    Args:
        query: from the address or a form; may be empty, or only the beginning.
        body: of the request.
        limit: largest statement in bytes, without rows.

    Raises:
        ClickHouseError: 62, the statement is empty or too large.
        starlette.requests.ClientDisconnect: the client is gone.
    """
    text = bytearray(query.encode("utf-8", "surrogateescape"))
    ended = False
    if text:
        text += b"\n"
    while True:
        head = insert_head(bytes(text), whole=ended)
        if head is not None:
            return Rows(head, bytes(text[head.rows_at :]))
        if len(text) > limit:
            raise ClickHouseError(
                Code.SYNTAX_ERROR, f"Max query size exceeded: a statement may have {limit} bytes."
            )
        if ended:
            if len(text) < _SMALL_BYTES:
                return statement(bytes(text))
            # Reading many tokens takes a while, in which the other requests go on.
            return await anyio.to_thread.run_sync(statement, bytes(text))
        piece = await body.piece()
        ended = not piece
        text += piece
