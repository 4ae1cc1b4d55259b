"""What a source over HTTP is asked and answers, and what it can do to an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto

import orjson
from pydantic import JsonValue

SKEW = timedelta(hours=7)
"""How far the clock of a source is out under ``CLOCK_BEHIND`` and ``CLOCK_AHEAD``."""
RETRY_AFTER = timedelta(seconds=120)
"""What the source asks for where it says how long to wait."""


class Misbehaviour(Enum):
    """What a source can do to an answer."""

    UNAUTHORIZED = auto()
    FORBIDDEN = auto()
    NOT_FOUND = auto()
    TOO_MANY = auto()
    TOO_MANY_FOR_SECONDS = auto()
    TOO_MANY_UNTIL_DATE = auto()
    SERVER_ERROR = auto()
    BAD_GATEWAY = auto()
    UNAVAILABLE_FOR_SECONDS = auto()
    HANG_UP = auto()
    SLOW_HEADERS = auto()
    SLOW_BODY = auto()
    CUT_BODY = auto()
    CUT_GZIP = auto()
    WRONG_CONTENT_TYPE = auto()
    BROKEN_BODY = auto()
    EMPTY_PAGE = auto()
    REPEATED_PAGE = auto()
    CHANGED_SCHEMA = auto()
    CLOCK_BEHIND = auto()
    CLOCK_AHEAD = auto()
    REDIRECT_ELSEWHERE = auto()
    TOO_LARGE = auto()


@dataclass(frozen=True)
class Asked:
    """A request: path, query and headers (names in lower case)."""

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """An answer. With ``etag`` or ``last_modified`` a request that knows it is answered with 304."""

    body: bytes
    content_type: str = "application/json"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    last_modified: str | None = None


def json_page(value: JsonValue, **headers: str) -> Page:
    """Return ``value`` as an answer."""
    return Page(orjson.dumps(value), headers=headers)


def renamed(body: bytes) -> bytes:
    """Return JSON with another name for every field, as after a change of schema."""

    def rename(value: JsonValue) -> JsonValue:
        if isinstance(value, dict):
            return {f"new_{name}": rename(item) for name, item in value.items()}
        return [rename(item) for item in value] if isinstance(value, list) else value

    return orjson.dumps(rename(orjson.loads(body)))


@dataclass(frozen=True)
class Shapes:
    """What misbehaviour needs to know of a format.

    Attributes:
        empty: an answer without records.
        changed: the same answer after a change of schema.
    """

    empty: Page = field(default_factory=lambda: json_page({"results": []}))
    changed: Callable[[bytes], bytes] = renamed


Respond = Callable[[Asked], Page]
