"""What a text asks for: rows to insert, or a statement, and in which format it wants its answer.

The engine, not this module, decides whether a text reads or writes (``Engine.classify``). Here a text
is only split: an INSERT whose rows follow is cut where the rows begin, so that they reach the engine as
bytes.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from warehouse.server.errors import ClickHouseError, Code
from warehouse.server.tokens import Token, tokens

_VALUES = re.compile(rb"(?:[^';]++|'(?:[^'\\]++|\\.|'')*+(?:'|\\?\Z))*+(?P<rest>;.*)?", re.DOTALL)
_READS = ("SELECT", "WITH", "FROM", "VALUES")


class Effect(Enum):
    """What the engine says a statement would do."""

    READ = "read"
    WRITE = "write"
    CONTROL = "control"
    UNPARSABLE = "unparsable"


@dataclass(frozen=True)
class Verdict:
    """The engine's classification of a text: the strictest effect in it, and how many statements it
    is."""

    effect: Effect
    count: int


@dataclass(frozen=True)
class InsertHead:
    """The part of an INSERT before its rows.

    ``sql`` ends behind the columns, ``settings`` is its SETTINGS clause or empty; ``rows_at`` is the
    place of the first byte of the rows in the text; and ``target`` the table as written, empty for a
    table function.
    """

    sql: str
    settings: str
    format: str
    rows_at: int
    target: str


@dataclass(frozen=True)
class Statement:
    """A statement without rows behind it.

    ``sql`` is the whole text, ``bare`` the same without its FORMAT clause and final semicolon,
    ``format`` the one it names. ``keyword`` is its first word, upper case.
    """

    sql: str
    bare: str
    format: str | None
    keyword: str
    keeps_state: bool
    makes_temporary: bool
    selects: bool


def decode(text: bytes) -> str:
    """Return a statement's text.

    Raises:
        ClickHouseError: it is not UTF-8.
    """
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        raise ClickHouseError(Code.BAD_ARGUMENTS, "A statement must be UTF-8.") from None


def insert_head(text: bytes, *, whole: bool) -> InsertHead | None:
    """Return the head of an INSERT whose rows follow in ``text``; None for anything else.

    Args:
        text: what has arrived so far.
        whole: whether that is all. If not, None also means that the head is not complete yet.

    Raises:
        ClickHouseError: the statement is not UTF-8.
    """
    stream = tokens(text)
    first = next(stream, None)
    if first is None or not first.is_word("INSERT"):
        return None
    target, token = _target(stream)
    clauses = _clauses(token, stream)
    if clauses is None:
        return None
    options, clause = clauses
    sql, settings = decode(text[first.start : options.start]), decode(text[options.start : clause.start])
    table = decode(b"".join(part.text for part in target))
    if clause.is_word("VALUES"):
        return (
            InsertHead(sql, settings, "Values", clause.end, table)
            if whole or clause.end < len(text)
            else None
        )
    name = next(stream, None)
    if name is None or not name.is_name:
        return None
    rows_at = _rows_at(text, name.end)
    if rows_at == len(text) and not whole:
        return None
    return InsertHead(sql, settings, decode(name.text).strip('`"'), rows_at, table)


def _target(stream: Iterator[Token]) -> tuple[list[Token], Token | None]:
    """Read ``[INTO] [TABLE] name[.name]``; return the name and the token behind it.

    The name of a table function is not one of a table: it comes back empty.
    """
    token = next(stream, None)
    while token is not None and token.is_word("INTO", "TABLE"):
        token = next(stream, None)
    if token is None or token.is_word("FUNCTION"):
        return [], token
    name: list[Token] = []
    while token is not None and (token.is_name if not len(name) % 2 else token.is_mark(".")):
        name.append(token)
        token = next(stream, None)
    return name, token


def _clauses(token: Token | None, stream: Iterator[Token]) -> tuple[Token, Token] | None:
    """Read on to FORMAT or VALUES; return where the options before it begin, and itself.

    None for INSERT ... SELECT, whose FORMAT is something else.
    """
    opened, options = False, None
    while token is not None:
        if token.is_word("SELECT", "WITH", "FROM") and (opened or token.depth == 0):
            return None
        if token.depth == 0 and token.is_word("FORMAT", "VALUES"):
            return options or token, token
        if token.depth == 0 and token.is_word("SETTINGS"):
            options = options or token
        opened = token.is_mark("(") and token.depth == 0
        token = next(stream, None)
    return None


def _rows_at(text: bytes, at: int) -> int:
    """Where rows begin behind a format's name: after blanks and at most one line end, as ClickHouse
    does."""
    while text[at : at + 1] in (b" ", b"\t", b"\f"):
        at += 1
    if text[at : at + 1] == b"\r":
        at += 1
    return at + 1 if text[at : at + 1] == b"\n" else at


def is_one_values_list(rows: bytes | bytearray) -> bool:
    """Say whether nothing but blanks and comments stands behind a semicolon in rows of format Values.

    The engine would pass over it, so that a client took a second statement for done.
    """
    match = _VALUES.match(rows)
    rest = match["rest"] if match is not None else None
    return all(token.is_mark(";") for token in tokens(rest or b""))


def statement(text: bytes) -> Statement:
    """Split a statement without rows.

    Raises:
        ClickHouseError: it is empty, not UTF-8, or writes or reads a file of the server by
            INTO OUTFILE or FROM INFILE, or changes the role.
    """
    found = list(tokens(text))
    while found and found[-1].is_mark(";"):
        found.pop()
    if not found:
        raise ClickHouseError(Code.SYNTAX_ERROR, "Syntax error: empty query.")
    _refuse(found)
    sql = decode(text)
    end = found[-1].end
    bare, format_name = text[:end], None
    place = _format_clause(found)
    if place is not None:
        keyword, name = found[place], found[place + 1]
        bare, format_name = text[: keyword.start] + text[name.end : end], decode(name.text).strip('`"')
    opening = next((token for token in found if not token.is_mark("(")), found[0])
    word = opening.text.decode("ascii", "replace").upper() if opening.kind == "word" else ""
    return Statement(
        sql=sql,
        bare=decode(bare),
        format=format_name,
        keyword=word,
        keeps_state=word in {"SET", "USE"},
        makes_temporary=word == "CREATE" and _is_temporary(found),
        selects=word in _READS,
    )


def _format_clause(found: list[Token]) -> int | None:
    """Index of the FORMAT keyword of the last clauses, which only SETTINGS may follow."""
    for index in range(len(found) - 2, 0, -1):
        token, after = found[index], found[index + 1]
        if token.depth == 0 and token.is_word("FORMAT") and after.is_name:
            rest = found[index + 2 :]
            return index if not rest or rest[0].is_word("SETTINGS") else None
    return None


def _is_temporary(found: list[Token]) -> bool:
    """Say whether a CREATE names TEMPORARY before the kind of thing that it creates."""
    before = itertools.takewhile(lambda token: not token.is_word("TABLE", "VIEW"), found)
    return any(token.is_word("TEMPORARY", "TEMP") for token in before)


def _refuse(found: list[Token]) -> None:
    for token, after in itertools.pairwise(found):
        if token.is_word("INTO") and after.is_word("OUTFILE"):
            raise ClickHouseError(Code.NOT_IMPLEMENTED, "INTO OUTFILE would write a file of the server.")
        if token.is_word("FROM") and after.is_word("INFILE"):
            raise ClickHouseError(Code.NOT_IMPLEMENTED, "INFILE is not supported: send the rows.")
    words = [token.text.decode("ascii", "replace").upper() for token in found[:3]]
    if words[:2] == ["SET", "ROLE"] or words == ["SET", "DEFAULT", "ROLE"]:
        raise ClickHouseError(Code.ACCESS_DENIED, "Roles are given by the server and cannot be set.")
