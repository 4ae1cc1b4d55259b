"""Splitting a text: where rows begin, and what stands at its end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.server.errors import ClickHouseError
from warehouse.server.statements import insert_head, is_one_values_list, statement


@pytest.mark.parametrize(
    ("text", "sql", "format_name", "rows"),
    [
        (b"INSERT INTO t FORMAT CSV\n1,2", "INSERT INTO t ", "CSV", b"1,2"),
        (b"INSERT INTO t FORMAT CSV 1,2", "INSERT INTO t ", "CSV", b"1,2"),
        (b"insert into t format csv\r\n1,2", "insert into t ", "csv", b"1,2"),
        (b"INSERT INTO t FORMAT CSV", "INSERT INTO t ", "CSV", b""),
        (b"INSERT INTO t FORMAT CSV\n\n1", "INSERT INTO t ", "CSV", b"\n1"),
        (b"INSERT t FORMAT CSV\nx", "INSERT t ", "CSV", b"x"),
        (b'INSERT INTO TABLE `a b`."t" (a, `b`) FORMAT Native\nx', None, "Native", b"x"),
        (b"INSERT INTO t SETTINGS a = 'FORMAT' FORMAT CSV\nx", None, "CSV", b"x"),
        (b"INSERT INTO t (a, format) FORMAT CSV\nx", None, "CSV", b"x"),
        (b"INSERT INTO format FORMAT CSV\nx", "INSERT INTO format ", "CSV", b"x"),
        (b"INSERT INTO values VALUES (1)", "INSERT INTO values ", "Values", b" (1)"),
        (
            b"INSERT INTO t VALUES (1, ';'), (2, 'FORMAT CSV')",
            None,
            "Values",
            b" (1, ';'), (2, 'FORMAT CSV')",
        ),
        (b"-- FORMAT JSON\n/* VALUES */ INSERT INTO t FORMAT CSV\nx", None, "CSV", b"x"),
        (b"INSERT INTO FUNCTION null('a UInt8') FORMAT CSV\n1", None, "CSV", b"1"),
        (b"INSERT INTO {t:Identifier}.x FORMAT CSV\n1", None, "CSV", b"1"),
        (b"INSERT INTO t (* EXCEPT (a)) FORMAT CSV\n1", None, "CSV", b"1"),
    ],
)
def test_an_insert_is_cut_where_its_rows_begin(
    text: bytes, sql: str | None, format_name: str, rows: bytes
) -> None:
    head = insert_head(text, whole=True)

    assert head is not None
    assert (head.format, text[head.rows_at :]) == (format_name, rows)
    if sql is not None:
        assert head.sql == sql


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"SELECT 1 FORMAT CSV",
        b"INSERT",
        b"INSERT INTO t",
        b"INSERT INTO t FORMAT",
        b"INSERT INTO t SELECT 1 FORMAT CSV",
        b"INSERT INTO t (a) SELECT 1 FORMAT CSV",
        b"INSERT INTO t (SELECT 1) FORMAT CSV",
        b"INSERT INTO t WITH x AS (SELECT 1) SELECT * FROM x",
        b"INSERT INTO t FROM numbers(1) SELECT number",
        b"INSERT INTO t FROM INFILE 'x' FORMAT CSV",
        b"WITH 1 AS a INSERT INTO t SELECT a",
    ],
)
def test_other_texts_have_no_rows(text: bytes) -> None:
    assert insert_head(text, whole=True) is None


@given(rows=st.binary(max_size=200), cut=st.integers(0, 300))
def test_rows_are_found_wherever_the_text_is_cut(rows: bytes, cut: int) -> None:
    """A head is found in a part of the text only when it is the head of the whole text."""
    text = b"INSERT INTO a.t (x) SETTINGS s = 'VALUES' FORMAT JSONEachRow\n" + rows

    part = insert_head(text[:cut], whole=False)

    assert part is None or part == insert_head(text, whole=True)
    assert insert_head(text, whole=True) == insert_head(text[:61], whole=True)


@given(st.binary(max_size=300))
def test_no_text_breaks_the_splitter(text: bytes) -> None:
    try:
        insert_head(text, whole=True)
        statement(text)
    except ClickHouseError as error:
        assert error.code in {36, 48, 62, 497}


@pytest.mark.parametrize(
    ("text", "bare", "format_name"),
    [
        (b"SELECT 1", "SELECT 1", None),
        (b"SELECT 1 FORMAT JSON", "SELECT 1 ", "JSON"),
        (b"SELECT 1 FORMAT `JSON` ; ", "SELECT 1 ", "JSON"),
        (b"SELECT 1 -- FORMAT CSV", "SELECT 1", None),
        (b"SELECT 1 FORMAT JSON -- behind", "SELECT 1 ", "JSON"),
        (b"SELECT 1 FORMAT JSON SETTINGS a = 1", "SELECT 1  SETTINGS a = 1", "JSON"),
        (b"SELECT format FROM t", "SELECT format FROM t", None),
        (b"SELECT 'x FORMAT CSV'", "SELECT 'x FORMAT CSV'", None),
        (b"SELECT * FROM (SELECT 1 FORMAT CSV)", "SELECT * FROM (SELECT 1 FORMAT CSV)", None),
    ],
)
def test_the_last_format_is_the_one_asked_for(text: bytes, bare: str, format_name: str | None) -> None:
    found = statement(text)

    assert (found.bare, found.format) == (bare, format_name)


@pytest.mark.parametrize(
    ("text", "keyword", "selects", "keeps_state", "makes_temporary"),
    [
        (b" ((SELECT 1))", "SELECT", True, False, False),
        (b"/**/WITH 1 AS a SELECT a", "WITH", True, False, False),
        (b"SHOW TABLES", "SHOW", False, False, False),
        (b"set a = 1", "SET", False, True, False),
        (b"USE x", "USE", False, True, False),
        (b"CREATE TEMPORARY TABLE t (a UInt8)", "CREATE", False, False, True),
        (b"CREATE OR REPLACE TEMPORARY TABLE t (a UInt8)", "CREATE", False, False, True),
        (b"CREATE TABLE temporary (a UInt8)", "CREATE", False, False, False),
    ],
)
def test_what_a_statement_is(
    text: bytes, keyword: str, selects: bool, keeps_state: bool, makes_temporary: bool
) -> None:
    found = statement(text)

    assert (found.keyword, found.selects) == (keyword, selects)
    assert (found.keeps_state, found.makes_temporary) == (keeps_state, makes_temporary)


@pytest.mark.parametrize(
    ("rows", "one"),
    [
        (b"(1, 'a'), (2, 'b')", True),
        (b"(1, 'a;b'), (2, 'it''s; \\'; ')", True),
        (b"(1, 'a'); -- the end; \n ;", True),
        (b"", True),
        (b"(1, 'open; ", True),
        (b"(1, 'a'); SELECT 1", False),
        (b"(1, 'a\\\\'); (2, 'b')", False),
        (b"; SELECT 1", False),
    ],
)
def test_values_end_at_a_semicolon(rows: bytes, one: bool) -> None:
    assert is_one_values_list(rows) is one


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", 62),
        (b" -- nothing\n;;", 62),
        (b"SELECT '\xff'", 36),
        (b"SELECT 1 INTO /* x */ OUTFILE 'x'", 48),
        (b"INSERT INTO t FROM INFILE 'x'", 48),
        (b"SET ROLE ALL", 497),
        (b"set\ndefault role all to x", 497),
    ],
)
def test_refused_whoever_asks(text: bytes, code: int) -> None:
    with pytest.raises(ClickHouseError) as refused:
        statement(text)
    assert refused.value.code == code
