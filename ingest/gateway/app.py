"""The gateway as a web application: addresses, headers, and a problem for whatever is no success."""

from __future__ import annotations

import orjson
import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ingest.gateway.documents import BASE, EVENTS, PROBLEM, VERSION
from ingest.gateway.handling import Services, hand_in
from ingest.gateway.measuring import TAKEN, RequestMeter
from ingest.gateway.problems import Refused, broken, not_found, unavailable, wrong_method

HEADERS = {
    "API-Version": VERSION,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""On every answer, as the NL API Design Rules have them (transport security)."""

_GONE = 499  # nobody hears it


class App:
    """ASGI application. An address, a method or a header of a request is never repeated or logged.

    Args:
        services: what handling needs.
        documents: bytes of the documents by their address below ``/v1``.
        meter: is told what came of each request.
    """

    def __init__(self, services: Services, documents: dict[str, bytes], meter: RequestMeter) -> None:
        self._services = services
        self._documents = {BASE + path: content for path, content in documents.items()}
        self._meter = meter
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            response = await self._answer(Request(scope, receive))
            await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        log = structlog.get_logger(__name__)
        try:
            response, outcome = await self._route(request), TAKEN
        except Refused as refused:
            outcome = refused.kind
            response = _response(refused.problem(), refused.status, PROBLEM)
            response.headers.update(refused.all_headers())
            if refused.status != 429:  # a flood of requests is no flood of lines
                log.info("refused", reason=refused.kind, codes=sorted({f.code for f in refused.faults}))
        except ClientDisconnect:
            response, outcome = Response(status_code=_GONE), "disconnected"
        except Exception:
            # Its text may quote the request; the log of a part tells its type and place.
            log.exception("request_broke")
            answer, outcome = broken(), "broken"
            response = _response(answer.problem(), answer.status, PROBLEM)
        self._meter.answered(outcome)
        MutableHeaders(raw=response.raw_headers).update(HEADERS)
        return response

    async def _route(self, request: Request) -> Response:
        path, method = request.url.path, request.method
        if path == BASE + EVENTS:
            if method != "POST":
                raise wrong_method("POST")
            return await self._hand_in(request)
        document = self._documents.get(path)
        if document is None:
            raise not_found()
        if method not in ("GET", "HEAD"):
            raise wrong_method("GET, HEAD")
        response = _response(document if method == "GET" else b"", 200, "application/json")
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    async def _hand_in(self, request: Request) -> Response:
        if self._under_way >= self._services.limits.requests:
            raise unavailable("Too many requests are under way.", 1.0)
        self._under_way += 1
        try:
            taken = await hand_in(self._services, request)
        finally:
            self._under_way -= 1
        return _response(orjson.dumps(taken.model_dump()), 202, "application/json")


def _response(content: bytes, status: int, media_type: str) -> Response:
    return Response(content, status, media_type=media_type)
