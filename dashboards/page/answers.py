"""Answers of the page that are not the page: JSON, and problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response


def as_json(content: Mapping[str, Any], status: int = 200, kind: str = "application/json") -> Response:
    """Return an answer that nobody keeps."""
    return Response(orjson.dumps(content), status, {"Cache-Control": "no-store"}, kind)


def problem(status: int, title: str, detail: str) -> Response:
    """Return an RFC 9457 problem."""
    return as_json(
        {"status": status, "title": title, "detail": detail}, status, "application/problem+json"
    )
