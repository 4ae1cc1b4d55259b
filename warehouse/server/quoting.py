"""Names and values on their way into SQL: quoted, or refused.

The engine runs several statements in one text, so nothing that a client names may reach it unquoted.
"""

from __future__ import annotations

import re

from warehouse.server.errors import ClickHouseError, Code

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_QUERY_ID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")

_TYPE_TEXT = r"[A-Za-z0-9_ ,.=+`'\"-]"
_COLUMN_LIST = re.compile(rf"(?:{_TYPE_TEXT}|[()])+")
_COLUMN = re.compile(
    r"\s*(?P<name>[A-Za-z_][A-Za-z0-9_]*|`[^`\\]+`|\"[^\"\\]+\")"
    r"\s+(?P<type>[A-Za-z][A-Za-z0-9]*)\s*(?P<arguments>\(.*\))?\s*",
    re.DOTALL,
)


def identifier(name: str) -> str:
    """Return ``name`` as a quoted ClickHouse identifier.

    Raises:
        ClickHouseError: it is empty or holds a NUL.
    """
    if not name or "\0" in name:
        raise ClickHouseError(Code.BAD_ARGUMENTS, "A name must not be empty or hold a NUL.")
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def literal(value: str) -> str:
    """Return ``value`` as a ClickHouse string literal.

    Raises:
        ClickHouseError: it holds a NUL.
    """
    if "\0" in value:
        raise ClickHouseError(Code.BAD_ARGUMENTS, "A value must not hold a NUL.")
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def parameter_text(value: str) -> str:
    """Return ``value`` as the engine reads a query parameter: with TabSeparated escapes."""
    escaped = value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return escaped.replace("\0", "\\0")


def plain_name(name: str, what: str) -> str:
    """Return ``name`` if it is letters, digits and underscores only.

    Args:
        name: what the client sent.
        what: what it names, for the message, such as ``setting``.

    Raises:
        ClickHouseError: it is anything else. The message does not repeat it.
    """
    if _NAME.fullmatch(name) is None:
        raise ClickHouseError(
            Code.BAD_ARGUMENTS, f"A {what} name must be letters, digits and underscores, at most 128."
        )
    return name


def query_id(name: str) -> str:
    """Return ``name`` if it can be a query id.

    Raises:
        ClickHouseError: it is empty, longer than 128, or holds other characters than ``A-Za-z0-9_.:-``.
    """
    if _QUERY_ID.fullmatch(name) is None:
        raise ClickHouseError(Code.BAD_ARGUMENTS, "A query_id must be 1-128 of A-Z a-z 0-9 _ . : -")
    return name


def column_list(structure: str) -> str:
    """Return the columns of an external table, each ``name Type`` and nothing more.

    A default, a codec or a TTL would be an expression that runs with the rights of the server, so only a
    type may follow a name.

    Raises:
        ClickHouseError: the text is anything else.
    """
    if _COLUMN_LIST.fullmatch(structure) is None or "--" in structure:
        raise _bad_structure()
    columns = []
    for part in _split_at_commas(structure):
        match = _COLUMN.fullmatch(part)
        if match is None or not _is_one_group(match["arguments"]):
            raise _bad_structure()
        name = match["name"].strip('`"')
        columns.append(f"{identifier(name)} {match['type']}{match['arguments'] or ''}")
    return ", ".join(columns)


def _bad_structure() -> ClickHouseError:
    return ClickHouseError(
        Code.BAD_ARGUMENTS, "The structure of an external table must be a list of: name Type"
    )


def _split_at_commas(text: str) -> list[str]:
    """Split at commas that stand in no bracket and in no string."""
    parts, depth, start, quote = [], 0, 0, ""
    for index, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'`\"":
            quote = char
        elif char == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
        else:
            depth += (char == "(") - (char == ")")
            if depth < 0:
                raise _bad_structure()
    if depth or quote:
        raise _bad_structure()
    return [*parts, text[start:]]


def _is_one_group(arguments: str | None) -> bool:
    """Say whether the bracket that opens ``arguments`` closes at its very end."""
    if arguments is None:
        return True
    depth, quote = 0, ""
    for index, char in enumerate(arguments):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'`\"":
            quote = char
        else:
            depth += (char == "(") - (char == ")")
            if depth == 0 and index < len(arguments) - 1:
                return False
    return depth == 0
