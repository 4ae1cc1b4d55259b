"""Errors in ClickHouse's own words, so that its clients understand them.

An engine's message may quote what was inserted. ``hidden`` turns it into a code, its symbolic name and,
at most, the name of a column of the target table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from enum import IntEnum

from domain.errors import ResourceTaken


class DataDirTaken(ResourceTaken):
    """Another server has the data folder open."""


class PortTaken(ResourceTaken):
    """Another program listens on the port."""


class Code(IntEnum):
    """ClickHouse error codes that this server raises itself."""

    BAD_ARGUMENTS = 36
    NOT_IMPLEMENTED = 48
    SYNTAX_ERROR = 62
    UNKNOWN_SETTING = 115
    READONLY = 164
    TOO_MANY_SIMULTANEOUS_QUERIES = 202
    QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING = 216
    SESSION_NOT_FOUND = 372
    SESSION_IS_LOCKED = 373
    QUERY_WAS_CANCELLED = 394
    ACCESS_DENIED = 497
    UNKNOWN_ROLE = 511
    AUTHENTICATION_FAILED = 516
    UNKNOWN_EXCEPTION = 1002


class ClickHouseError(Exception):
    """An error as ClickHouse tells it.

    Args:
        code: ClickHouse's error code.
        detail: one sentence; may be shown to the client, is never logged.
        name: symbolic name; that of ``code`` if empty.
    """

    def __init__(self, code: int, detail: str, name: str = "") -> None:
        super().__init__(f"ClickHouse code {int(code)}")
        self.code = int(code)
        self.detail = detail.strip()
        self.name = name or (code.name if isinstance(code, Code) else "UNKNOWN_EXCEPTION")

    def text(self, version: str) -> str:
        """Return the line that a ClickHouse server of ``version`` would send."""
        return (
            f"Code: {self.code}. DB::Exception: {self.detail} ({self.name}) (version {version} (chDB))\n"
        )


class EngineError(Exception):
    """What the engine raised. Its text may quote input: never log it, never send it unread.

    Args:
        text: the engine's message.
    """

    def __init__(self, text: str) -> None:
        super().__init__("engine error")
        self.engine_text = text
        match = _CODE.search(text)
        self.code = int(match[1]) if match else int(Code.UNKNOWN_EXCEPTION)


NameOf = Callable[[int], str]
"""From a code to ClickHouse's symbolic name."""

_CODE = re.compile(r"Code: (\d+)\. ")
_PREFIX = re.compile(r"(?:Streaming [a-z ]+ failed: )?Code: \d+\. DB::[A-Za-z]*Exception: ")
_VERSION = re.compile(r" ?\(version [0-9.]+(?: \([^()]*\))?\)\.?")
_COLUMN = re.compile(r"(?:value of key |, +name: )([A-Za-z_][A-Za-z0-9_]{0,63})\b")

_NAMES_ONLY = frozenset({16, 20, 60, 81, 115, 159, 164, 202, 241, 252, 394, 452, 497})
"""Codes whose message names tables, columns, settings and limits, and never a value of a row."""

_STATUS = {
    **dict.fromkeys(
        (6, 26, 27, 36, 38, 41, 43, 44, 53, 62, 72, 117, 130, 216, 349, 372, 373, 386, 457), 400
    ),
    194: 401,
    **dict.fromkeys((164, 192, 193, 452, 497, 511, 516), 403),
    **dict.fromkeys((16, 46, 47, 50, 56, 60, 63, 73, 81, 115), 404),
    159: 408,
    191: 413,
    48: 501,
    **dict.fromkeys((202, 203, 439), 503),
}


def http_status(code: int) -> int:
    """Return the HTTP status that ClickHouse gives an error of ``code``."""
    return _STATUS.get(code, 500)


def shown(error: EngineError, name_of: NameOf) -> ClickHouseError:
    """Return an engine's error with its message, for a statement whose text is the client's own."""
    text = _VERSION.sub("", error.engine_text)
    while (match := _PREFIX.match(text)) is not None:
        text = text[match.end() :]
    name = name_of(error.code)
    return ClickHouseError(error.code, text.strip().removesuffix(f"({name})"), name)


def hidden(error: EngineError, name_of: NameOf, columns: Collection[str] = ()) -> ClickHouseError:
    """Return an engine's error without anything that may come from a row.

    Args:
        error: what the engine said about an insert.
        name_of: symbolic names.
        columns: columns of the target table; another name is not repeated, since a row can imitate one.
    """
    if error.code in _NAMES_ONLY:
        return shown(error, name_of)
    column = next((name for name in _COLUMN.findall(error.engine_text) if name in columns), "")
    place = f" in column {column}" if column else ""
    detail = f"The insert was refused{place}; the message is withheld because it may quote rows."
    return ClickHouseError(error.code, detail, name_of(error.code))
