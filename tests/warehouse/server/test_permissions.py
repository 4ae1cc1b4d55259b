"""Names that a reader must not use, however they are written."""

from __future__ import annotations

import pytest

from warehouse.server.errors import ClickHouseError
from warehouse.server.permissions import FORBIDDEN, check_names


def never(_sql: str) -> str:
    raise AssertionError("a harmless text need not be parsed")


def same(sql: str) -> str:
    return sql


@pytest.mark.parametrize("name", sorted(FORBIDDEN))
def test_every_forbidden_name_is_refused(name: str) -> None:
    for sql in (
        f"SELECT {name}(1)",
        f"SELECT `{name}`(1)",
        f"SELECT * APPLY {name.upper()}",
        f'"{name}"',
    ):
        with pytest.raises(ClickHouseError) as refused:
            check_names(sql, [], same)
        assert refused.value.code == 497


def test_the_engines_spelling_decides() -> None:
    with pytest.raises(ClickHouseError):
        check_names(r"SELECT `\x66ile`(1)", [], lambda _sql: "SELECT file(1)")
    with pytest.raises(ClickHouseError):
        check_names(r"SELECT `\x66ile`(1)", [], lambda _sql: r"SELECT `fi\le`(1)")


@pytest.mark.parametrize("value", ["file", "FILE", "fi\\le `"])
def test_a_name_in_a_parameter_is_refused(value: str) -> None:
    if "`" in value:
        check_names("SELECT 1", [value], never)
        return
    with pytest.raises(ClickHouseError):
        check_names("SELECT 1", [value], never)


def test_words_in_strings_are_only_words() -> None:
    check_names("SELECT 'file', 'python' AS a", ["a file", "filed"], same)


def test_a_harmless_text_is_not_parsed() -> None:
    check_names("SELECT count() FROM cell FINAL WHERE wijk = 'WK026801'", ["x"], never)
