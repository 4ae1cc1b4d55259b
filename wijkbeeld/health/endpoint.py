"""``/healthz``, ``/readyz`` and ``/metrics`` of one part, over HTTP."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson

from domain.errors import ResourceTaken
from wijkbeeld.health.monitor import Monitor
from wijkbeeld.health.prometheus import CONTENT_TYPE

_JSON = "application/json"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_SILENCE_SECONDS = 5.0


@contextmanager
def serving(monitor: Monitor, host: str, port: int) -> Iterator[str]:
    """Serve a part's health while in the block; yields the address, ``http://host:port``.

    Args:
        monitor: what is told.
        host: interface to listen at; at a loopback address other ``Host`` headers are refused, so that
            no foreign name can be pointed at it.
        port: 0 takes a free one.

    Raises:
        ResourceTaken: the port is taken.
    """
    try:
        server = _server(monitor, host, port)
    except OSError as error:
        raise ResourceTaken(
            f"cannot listen at {host}:{port} for health checks ({error.strerror}); "
            "choose another WIJKBEELD_HEALTH_PORT"
        ) from None
    thread = threading.Thread(
        target=server.serve_forever, args=(0.1,), name="health endpoint", daemon=True
    )
    thread.start()
    try:
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def _server(monitor: Monitor, host: str, port: int) -> ThreadingHTTPServer:
    loopback = host in _LOOPBACK or host == "::1"

    class Handler(_Handler):
        pass

    Handler.monitor = monitor
    Handler.loopback_only = loopback

    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        daemon_threads = True
        block_on_close = False

    return Server((host, port), Handler)


class _Handler(BaseHTTPRequestHandler):
    monitor: Monitor
    loopback_only: bool
    timeout = _SILENCE_SECONDS  # a client that says nothing does not hold a thread for ever
    server_version = "wijkbeeld"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer."""
        if self.loopback_only and self._named_host() not in _LOOPBACK:
            self._answer(HTTPStatus.MISDIRECTED_REQUEST, _JSON, b'{"status":421}')
            return
        path = self.path.partition("?")[0]
        if path == "/healthz":
            alive = self.monitor.is_alive
            self._answer_json(alive, {"status": "ok" if alive else "stuck"})
        elif path == "/readyz":
            state = self.monitor.readiness()
            self._answer_json(bool(state["ready"]), state)
        elif path == "/metrics":
            self._answer(HTTPStatus.OK, CONTENT_TYPE, self.monitor.exposition())
        else:
            self._answer(HTTPStatus.NOT_FOUND, _JSON, b'{"status":404}')

    def _named_host(self) -> str:
        name = self.headers.get("Host", "")
        return name if name.endswith("]") else name.rpartition(":")[0] or name

    def _answer_json(self, good: bool, state: dict[str, object]) -> None:
        status = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
        self._answer(status, _JSON, orjson.dumps(state))

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing: a log line per health check would drown the rest."""
