"""A source on this machine: serves what a test gives it, and misbehaves on request."""

from __future__ import annotations

import gzip
import ssl
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from tests.support.certificates import Certificate
from tests.support.http_pages import (
    RETRY_AFTER,
    SKEW,
    Asked,
    Misbehaviour,
    Page,
    Respond,
    Shapes,
)


class HttpSource:
    """A source on a free port, from entering the context until leaving it.

    Args:
        respond: what it answers when it behaves.
        shapes: of its format.
        certificate: serves https with it; None serves http.
        now: the clock behind its ``Date``.
    """

    def __init__(
        self,
        respond: Respond,
        shapes: Shapes | None = None,
        certificate: Certificate | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._respond = respond
        self.shapes = shapes or Shapes()
        self.now = now
        self.asked: list[Asked] = []
        """Every request so far."""
        self.ending = threading.Event()
        self._plan: dict[int, Misbehaviour] = {}
        self._last: Page | None = None
        self._lock = threading.Lock()
        self._server = _Server(self)
        self._scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.chain, certificate.key)
            self._server.tls = context
            self._scheme = "https"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.ending.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def misbehave(self, misbehaviour: Misbehaviour, *, after: int = 0, times: int = 1) -> None:
        """Misbehave at the next ``times`` requests once ``after`` more have been answered well."""
        with self._lock:
            start = len(self.asked) + after
            self._plan.update(dict.fromkeys(range(start, start + times), misbehaviour))

    @property
    def misbehaves(self) -> bool:
        """Whether misbehaviour is still to come."""
        with self._lock:
            return bool(self._plan)

    def take(self, asked: Asked) -> tuple[Page, Misbehaviour | None]:
        """Return what a request is answered with, and how."""
        with self._lock:
            misbehaviour = self._plan.pop(len(self.asked), None)
            self.asked.append(asked)
            if misbehaviour is Misbehaviour.REPEATED_PAGE and self._last is not None:
                return self._last, None
            page = self._respond(asked)
            self._last = page if page.status == 200 else self._last
        if page.status == 200 and misbehaviour is None and _is_known(asked, page):
            page = replace(page, body=b"", status=304)
        return page, misbehaviour


def _is_known(asked: Asked, page: Page) -> bool:
    if page.etag is not None and "if-none-match" in asked.headers:
        return asked.headers["if-none-match"] == page.etag
    return page.last_modified is not None and (
        asked.headers.get("if-modified-since") == page.last_modified
    )


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, source: HttpSource) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.source = source
        self.tls: ssl.SSLContext | None = None

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no failure of the test."""


_REFUSALS = {
    Misbehaviour.UNAUTHORIZED: (401, None),
    Misbehaviour.FORBIDDEN: (403, None),
    Misbehaviour.NOT_FOUND: (404, None),
    Misbehaviour.TOO_MANY: (429, None),
    Misbehaviour.TOO_MANY_FOR_SECONDS: (429, "seconds"),
    Misbehaviour.TOO_MANY_UNTIL_DATE: (429, "date"),
    Misbehaviour.SERVER_ERROR: (500, None),
    Misbehaviour.BAD_GATEWAY: (502, None),
    Misbehaviour.UNAVAILABLE_FOR_SECONDS: (503, "seconds"),
}
_LARGE = 16 * 1024 * 1024


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or a body waits 40 ms behind its headers
    server: _Server

    def setup(self) -> None:
        if self.server.tls is not None:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        super().finish()
        self.request.close()  # the TLS socket is not the one that the server closes

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self._clock().astimezone(UTC), usegmt=True)

    def _clock(self) -> datetime:
        now = self.server.source.now()
        match self._how:
            case Misbehaviour.CLOCK_BEHIND:
                return now - SKEW
            case Misbehaviour.CLOCK_AHEAD:
                return now + SKEW
            case _:
                return now

    def do_GET(self) -> None:
        self._how: Misbehaviour | None = None
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        page, self._how = self.server.source.take(Asked(parts.path, query, headers))
        if self._how in _REFUSALS:
            self._refuse(*_REFUSALS[self._how])
        elif self._how is Misbehaviour.HANG_UP:
            self.close_connection = True
        elif self._how is Misbehaviour.REDIRECT_ELSEWHERE:
            self._send(replace(page, body=b"", status=302), location="https://elders.example/")
        else:
            self._send(self._altered(page))

    def _altered(self, page: Page) -> Page:
        shapes = self.server.source.shapes
        match self._how:
            case Misbehaviour.WRONG_CONTENT_TYPE:
                return Page(b"<html>Onderhoud</html>", "text/html; charset=utf-8")
            case Misbehaviour.BROKEN_BODY:
                return replace(page, body=page.body[: len(page.body) // 2])
            case Misbehaviour.EMPTY_PAGE:
                return shapes.empty
            case Misbehaviour.CHANGED_SCHEMA:
                return replace(page, body=shapes.changed(page.body))
            case Misbehaviour.CUT_GZIP:
                packed = gzip.compress(page.body)
                return _packed(page, packed[: len(packed) // 2])
            case Misbehaviour.TOO_LARGE:
                return _packed(page, _bomb())
            case _:
                return page

    def _refuse(self, status: int, wait: str | None) -> None:
        headers = {}
        if wait == "seconds":
            headers["retry-after"] = str(int(RETRY_AFTER.total_seconds()))
        elif wait == "date":
            headers["retry-after"] = format_datetime(
                (self._clock() + RETRY_AFTER).astimezone(UTC), usegmt=True
            )
        self._send(Page(b'{"detail":"nee"}', status=status), **headers)

    def _send(self, page: Page, **further: str) -> None:
        self.send_response(page.status)
        for name, value in {**_headers_of(page), **page.headers, **further}.items():
            self.send_header(name, value)
        if self._how is Misbehaviour.SLOW_HEADERS:
            self.flush_headers()
            self._dribble(b"x-slow: " + b"a" * 100_000)
            return
        self.end_headers()
        if self._how is Misbehaviour.SLOW_BODY:
            self._dribble(page.body)
        elif self._how is Misbehaviour.CUT_BODY:
            self.wfile.write(page.body[: len(page.body) // 2])
            self.close_connection = True
        else:
            self.wfile.write(page.body)

    def _dribble(self, body: bytes) -> None:
        """A byte at a time, each well within the patience for one, until the client has had enough."""
        self.close_connection = True
        for index in range(len(body)):
            self.wfile.write(body[index : index + 1])
            if self.server.source.ending.wait(0.02):
                return


def _headers_of(page: Page) -> dict[str, str]:
    headers = {"content-type": page.content_type, "content-length": str(len(page.body))}
    if page.etag is not None:
        headers["etag"] = page.etag
    if page.last_modified is not None:
        headers["last-modified"] = page.last_modified
    return headers


def _packed(page: Page, body: bytes) -> Page:
    return replace(page, body=body, headers={**page.headers, "content-encoding": "gzip"})


@cache
def _bomb() -> bytes:
    """A small body that unpacks to many megabytes."""
    return gzip.compress(bytes(_LARGE), 1)
