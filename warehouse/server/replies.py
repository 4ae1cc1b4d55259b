"""Answers as ClickHouse sends them: headers, summary, errors, and the tail of a stream that failed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping

from starlette.types import Send

from warehouse.server.compression import Encoder, Plain
from warehouse.server.engine import Answer
from warehouse.server.errors import ClickHouseError, http_status

NAME = "Wijkbeeld local warehouse"


def summary(answer: Answer | None) -> str:
    """Return the value of ``X-ClickHouse-Summary``: numbers as strings, zero where not known yet."""
    numbers = dict.fromkeys(
        (
            "read_rows", "read_bytes", "written_rows", "written_bytes", "total_rows_to_read",
            "result_rows", "result_bytes", "elapsed_ns",
        ),
        0,
    )  # fmt: skip
    if answer is not None:
        numbers |= {
            "read_bytes": answer.bytes_read,
            "written_rows": answer.rows_written,
            "written_bytes": answer.bytes_written,
            "result_rows": answer.rows,
            "result_bytes": len(answer.body),
        }
        numbers["elapsed_ns"] = int(answer.seconds * 1e9)
    return json.dumps({name: str(number) for name, number in numbers.items()})


class Reply:
    """The answer to one request.

    Args:
        send: of the request.
        query_id: of the request.
        version: the engine's.
        time_zone: the engine's.
    """

    def __init__(self, send: Send, query_id: str, version: str, time_zone: str) -> None:
        self._send = send
        self._version = version
        self._tag = uuid.uuid4().hex[:16]
        self._encoder: Encoder = Plain()
        self.started = False
        self._common = {
            "X-ClickHouse-Server-Display-Name": NAME,
            "X-ClickHouse-Timezone": time_zone,
            "X-ClickHouse-Query-Id": query_id,
        }

    async def whole(
        self, status: int, body: bytes, headers: Mapping[str, str], encoder: Encoder | None = None
    ) -> None:
        """Send a complete answer."""
        if encoder is not None and encoder.name is not None:
            body = encoder.add(body) + encoder.end()
            headers = {**headers, "Content-Encoding": encoder.name}
        await self._start(status, {**headers, "Content-Length": str(len(body))})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    async def begin(self, headers: Mapping[str, str], encoder: Encoder) -> None:
        """Begin an answer in pieces."""
        self._encoder = encoder
        extra = {"Content-Encoding": encoder.name} if encoder.name is not None else {}
        await self._start(200, {**headers, **extra, "X-ClickHouse-Exception-Tag": self._tag})

    async def add(self, data: bytes) -> None:
        """Send a piece; waits while the client reads slower than we write."""
        encoded = self._encoder.add(data)
        if encoded:
            await self._send({"type": "http.response.body", "body": encoded, "more_body": True})

    async def end(self, error: ClickHouseError | None = None) -> None:
        """End an answer in pieces; with ``error``, so that no client takes it for a whole one."""
        last = b"" if error is None else self._encoder.add(self._tail(error))
        body = last + self._encoder.end()
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    async def error(self, error: ClickHouseError) -> None:
        """Answer with an error: by status where nothing was sent yet, else by the tail of the stream."""
        if self.started:
            await self.end(error)
            return
        await self.whole(
            http_status(error.code),
            error.text(self._version).encode(),
            {
                "Content-Type": "text/plain; charset=UTF-8",
                "X-ClickHouse-Exception-Code": str(error.code),
                "X-ClickHouse-Summary": summary(None),
            },
        )

    def _tail(self, error: ClickHouseError) -> bytes:
        text, tag = error.text(self._version).encode(), self._tag.encode()
        return b"\r\n__exception__\r\n%s\r\n%s%d %s\r\n__exception__\r\n" % (tag, text, len(text), tag)

    async def _start(self, status: int, headers: Mapping[str, str]) -> None:
        self.started = True
        pairs = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in {**self._common, **headers}.items()
        ]
        await self._send({"type": "http.response.start", "status": status, "headers": pairs})
