"""Whatever a name or value is, in SQL it stays one name or one value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.server.errors import ClickHouseError
from warehouse.server.quoting import (
    column_list,
    identifier,
    literal,
    parameter_text,
    plain_name,
    query_id,
)
from warehouse.server.tokens import tokens

texts = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=60)


@given(texts.filter(bool))
def test_an_identifier_is_one_token(name: str) -> None:
    assert [token.kind for token in tokens(identifier(name).encode())] == ["quoted"]


@given(texts)
def test_a_literal_is_one_token(value: str) -> None:
    assert [token.kind for token in tokens(literal(value).encode())] == ["string"]


@given(st.text(max_size=60))
def test_a_parameter_has_no_raw_separator(value: str) -> None:
    assert not set(parameter_text(value)) & set("\t\n\r\0")


@given(st.text(max_size=60))
def test_a_plain_name_is_a_word_or_refused(name: str) -> None:
    try:
        accepted = plain_name(name, "setting")
    except ClickHouseError as error:
        assert error.code == 36
        assert len(name) < 6 or name not in error.detail
    else:
        assert [token.kind for token in tokens(accepted.encode())] == ["word"]


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_no_name_is_no_identifier(name: str) -> None:
    with pytest.raises(ClickHouseError):
        identifier(name)


@pytest.mark.parametrize("name", ["", "a b", "a'b", "a;b", "x" * 129, "é"])
def test_what_is_no_query_id(name: str) -> None:
    with pytest.raises(ClickHouseError):
        query_id(name)


@pytest.mark.parametrize(
    ("structure", "sql"),
    [
        ("a UInt8", "`a` UInt8"),
        ("a UInt8, `b c` String", "`a` UInt8, `b c` String"),
        (
            "a Nullable(Decimal(10, 2)), b Array(String)",
            "`a` Nullable(Decimal(10, 2)), `b` Array(String)",
        ),
        ("a Enum8('x' = 1, 'y)' = 2)", "`a` Enum8('x' = 1, 'y)' = 2)"),
        ("a DateTime64(3, 'Europe/Amsterdam')", None),
        ("a Map(String, Tuple(UInt8, Float64))", "`a` Map(String, Tuple(UInt8, Float64))"),
    ],
)
def test_a_column_list(structure: str, sql: str | None) -> None:
    if sql is None:
        # A slash could open a comment.
        with pytest.raises(ClickHouseError):
            column_list(structure)
    else:
        assert column_list(structure) == sql


@pytest.mark.parametrize(
    "structure",
    [
        "",
        "a",
        "a UInt8 DEFAULT 1",
        "a UInt8 default file(1)",
        "a UInt8 MATERIALIZED now()",
        "a UInt8 CODEC(NONE)",
        "a UInt8) ENGINE = Memory",
        "a UInt8), (b UInt8",
        "a UInt8; DROP TABLE t",
        "a UInt8 -- x",
        "a UInt8 /* x */",
        "a Enum8('x\\') DEFAULT 1",
        "a String(1) (2)",
        "`a``b` UInt8, c",
        "a UInt8, ",
        "CONSTRAINT c CHECK 1",
        "INDEX i a TYPE minmax",
    ],
)
def test_what_is_no_column_list(structure: str) -> None:
    with pytest.raises(ClickHouseError) as refused:
        column_list(structure)
    assert refused.value.code == 36


@given(st.text("aU8 (),'`\"=DEFAULT;-", max_size=40))
def test_a_column_list_never_closes_its_bracket(structure: str) -> None:
    try:
        sql = column_list(structure)
    except ClickHouseError:
        return
    found = list(tokens(f"({sql})".encode()))
    assert all(token.depth >= 1 for token in found[1:-1])
    assert not any(token.is_mark(";") for token in found)
