"""Errors keep a code and a name, and of an insert nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.server.errors import ClickHouseError, Code, EngineError, hidden, http_status, shown

NAMES = {
    27: "CANNOT_PARSE_INPUT_ASSERTION_FAILED",
    60: "UNKNOWN_TABLE",
    164: "READONLY",
    62: "SYNTAX_ERROR",
}


def name_of(code: int) -> str:
    return NAMES.get(code, "UNKNOWN_EXCEPTION")


@given(
    secret=st.text("abcdefgh (),:'\"\n", min_size=8, max_size=40),
    code=st.sampled_from([6, 27, 53, 62, 117]),
)
def test_an_inserts_error_never_quotes(secret: str, code: int) -> None:
    place = f"(while reading the value of key {secret})"
    text = f"Code: {code}. DB::Exception: Cannot parse '{secret}': {place}"

    told = hidden(EngineError(text), name_of, {"a", "b"})

    assert secret not in told.text("1")
    assert told.code == code


def test_a_column_is_named_only_if_the_table_has_it() -> None:
    text = "Code: 27. DB::Exception: before: 'x': (while reading the value of key age): (at row 1)"

    assert "column age" in hidden(EngineError(text), name_of, {"age"}).detail
    assert "age" not in hidden(EngineError(text), name_of, {"name"}).detail.replace("message", "")


def test_an_error_about_names_is_shown() -> None:
    text = "Code: 60. DB::Exception: Table default.x does not exist. (UNKNOWN_TABLE) (version 26.9.2.1)"

    assert hidden(EngineError(text), name_of).text("1") == (
        "Code: 60. DB::Exception: Table default.x does not exist. (UNKNOWN_TABLE) (version 1 (chDB))\n"
    )


def test_a_nested_error_is_told_once() -> None:
    text = (
        "Streaming query failed: Code: 164. DB::Exception: Code: 164. DB::Exception: Cannot modify. "
        "(READONLY) (version 26.9.2.1). (READONLY)"
    )

    told = shown(EngineError(text), name_of).text("1")

    assert told.count("Code:") == 1
    assert told.startswith("Code: 164. DB::Exception: Cannot modify.")


def test_neither_error_shows_its_text_by_itself() -> None:
    assert "secret" not in str(EngineError("Code: 1. DB::Exception: secret"))
    assert "secret" not in repr(ClickHouseError(Code.BAD_ARGUMENTS, "secret"))


@pytest.mark.parametrize(
    ("code", "status"),
    [(62, 400), (60, 404), (164, 403), (516, 403), (202, 503), (159, 408), (9999, 500)],
)
def test_status(code: int, status: int) -> None:
    assert http_status(code) == status
