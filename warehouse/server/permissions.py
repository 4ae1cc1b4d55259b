"""What a user may ask, beside what the engine itself checks (see ``grants``).

The engine checks rights on databases, tables, files and addresses by role, but not the scalar function
``file``, which reads any file of this machine, nor functions that leave the process by other ways.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from warehouse.server.errors import ClickHouseError, Code
from warehouse.server.statements import Effect, Statement, Verdict
from warehouse.server.tokens import tokens
from warehouse.server.users import User

FORBIDDEN = frozenset(
    {
        "file", "python", "eval", "executable", "fuzzquery", "filesystem", "logtrace",
        "catboostevaluate",
        "addresstoline", "addresstolinewithinlines", "addresstosymbol", "getclienthttpheader",
        "aiclassify", "aiembed", "aiextract", "aifilter", "aigenerate", "airedact", "aisimilarity",
        "aitranslate",
    }
)  # fmt: skip
"""Names that a user who may only read must not use, lower case. As any name: ``arrayMap(file, x)`` and
``* APPLY file`` call a function without a bracket behind it."""


def check(statement: Statement, verdict: Verdict, user: User, *, only_reads: bool) -> None:
    """Refuse what this user or this HTTP method must not do.

    Args:
        statement: the text.
        verdict: what the engine says of the whole text; it parses.
        user: who asks.
        only_reads: whether the HTTP method (GET, HEAD) must not change anything.

    Raises:
        ClickHouseError: several statements (62), or a write by somebody who may only read (164).
    """
    one_statement(verdict)
    if verdict.effect is Effect.READ and not statement.keeps_state:
        return
    if user.read_only or only_reads:
        raise _readonly()


def check_insert(user: User, *, only_reads: bool) -> None:
    """Refuse an INSERT of somebody who may only read, before its rows are received.

    Raises:
        ClickHouseError: 164.
    """
    if user.read_only or only_reads:
        raise _readonly()


def one_statement(verdict: Verdict) -> None:
    """Refuse several statements in one text.

    Raises:
        ClickHouseError: 62.
    """
    if verdict.count > 1:
        raise several_statements()


def _readonly() -> ClickHouseError:
    return ClickHouseError(Code.READONLY, "Cannot execute query in readonly mode.")


def several_statements() -> ClickHouseError:
    """Return the error of several statements in one text."""
    return ClickHouseError(Code.SYNTAX_ERROR, "Syntax error (Multi-statements are not allowed).")


def check_names(text: str, parameters: Iterable[str], canonical: Callable[[str], str]) -> None:
    """Refuse names in ``FORBIDDEN`` in a statement of a user who may only read.

    Only a text in which such a name may hide is parsed: it holds the word, or a backslash, by which a
    quoted name can be written in other letters.

    Args:
        text: the statement.
        parameters: values of its parameters; one of them may be a name.
        canonical: the engine's own way to write a statement, without comments and with plain escapes.

    Raises:
        ClickHouseError: 497.
    """
    for value in parameters:
        if _may_hide(value) and (value.lower() in FORBIDDEN or "\\" in value):
            _check_canonical(value)
    if _may_hide(text):
        _check_canonical(canonical(text))


def _may_hide(text: str) -> bool:
    lower = text.lower()
    return "\\" in text or any(word in lower for word in FORBIDDEN)


def _check_canonical(text: str) -> None:
    for token in tokens(text.encode("utf-8", "surrogateescape")):
        if not token.is_name:
            continue
        name = token.text.decode("utf-8", "replace").strip('`"').lower()
        if name in FORBIDDEN or (token.kind == "quoted" and "\\" in name):
            raise ClickHouseError(
                Code.ACCESS_DENIED,
                "Not enough privileges: a user who may only read cannot use this function or name.",
            )
