"""What an INSERT is refused for, told without its rows."""

from __future__ import annotations

import json

import pytest

from tests.support.clickhouse import LocalClickHouse
from tests.warehouse.server.conftest import Http, code_of

pytestmark = pytest.mark.integration

SECRET = "Kerkstraat-12"


@pytest.mark.parametrize(
    ("format_name", "rows"),
    [
        ("JSONEachRow", f'{{"a":"{SECRET}","b":"x"}}'),
        ("JSONEachRow", f'{{"{SECRET}":1}}'),
        ("JSONEachRow", f'{{"a":1,"b":"{SECRET}'),
        ("JSONEachRow", f'{{"a":"(while reading the value of key {SECRET})"}}'),
        ("CSV", f"{SECRET},x\n"),
        ("TabSeparated", f"{SECRET}\tx\n"),
        ("Values", f"('{SECRET}', 'x')"),
        ("Values", f"(1, {SECRET.replace('-', '')})"),
        ("Values", f"(1, '{SECRET}"),
        ("Values", f"(throwIf(1, '{SECRET}'), 'x')"),
        ("Native", SECRET * 3),
        ("RowBinary", SECRET),
        ("Parquet", SECRET * 10),
    ],
)
def test_an_error_does_not_quote_rows(
    server: LocalClickHouse, writer: Http, table: str, format_name: str, rows: str
) -> None:
    strict = {"input_format_skip_unknown_fields": "0"}
    head = f"INSERT INTO {table} {'' if format_name == 'Values' else 'FORMAT '}{format_name}"
    answers = [
        writer.ask(f"{head}\n{rows}", **strict),
        writer.ask(rows, query=head, **strict),
        writer.ask(rows, query=head, session_id="quotes", **strict),
    ]

    for answer in answers:
        assert answer.status_code != 200
        assert SECRET not in answer.text
        assert SECRET.replace("-", "") not in answer.text
    assert SECRET not in server.log_file.read_text()
    assert writer.rows(f"SELECT count() FROM {table}") == [["0"]]


def test_an_error_names_the_column(writer: Http, table: str) -> None:
    answer = writer.ask(f'INSERT INTO {table} FORMAT JSONEachRow {{"a":"{SECRET}","b":"x"}}')

    assert "in column a;" in answer.text
    assert "(CANNOT_PARSE_INPUT_ASSERTION_FAILED)" in answer.text


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO {table} SELECT toUInt64(b), '' FROM {table}",
        "INSERT INTO {table} SELECT throwIf(b != '', 'x'), b FROM {table}",
    ],
)
def test_an_insert_select_does_not_quote_stored_rows(writer: Http, table: str, sql: str) -> None:
    writer.rows(f"INSERT INTO {table} VALUES (1, '{SECRET}')")

    answer = writer.ask(sql.format(table=table))

    assert answer.status_code != 200
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    "sql",
    [
        f"INSERT INTO nowhere FORMAT CSV\n{SECRET},x",
        f"INSERT INTO {{table}} (nothing) FORMAT CSV\n{SECRET}",
        f"INSERT INTO {{table}} FORMAT NoSuchFormat\n{SECRET}",
        f"INSERT INTO {{table}} VALUE ('{SECRET}')",
        f"INSERT INTO {{table}} ('{SECRET}') VALUES (1)",
        f"INSERT INTO {{table}} VALUES (1, 'x'); INSERT INTO {{table}} VALUES ('{SECRET}', 'x')",
        f"INSERT INTO {{table}}; DROP TABLE {{table}}; -- FORMAT CSV\n{SECRET}",
        f"INSERT INTO {{table}} (a) ; DROP TABLE {{table}} FORMAT CSV\n{SECRET}",
    ],
)
def test_heads_that_are_refused(writer: Http, table: str, sql: str) -> None:
    answer = writer.ask(sql.format(table=table))

    assert answer.status_code != 200
    assert code_of(answer) != 1002
    assert SECRET not in answer.text
    assert writer.rows(f"SELECT count() FROM {table}") == [["0"]]


def test_the_log_has_no_statement_and_no_value(
    server: LocalClickHouse, writer: Http, table: str
) -> None:
    writer.rows(f"INSERT INTO {table} VALUES (1, '{SECRET}')")
    writer.rows(f"SELECT '{SECRET}'")
    writer.ask(f"SELECT {SECRET.replace('-', '_')}")
    writer.ask(f"INSERT INTO {table} VALUES ('{SECRET}', '')")

    lines = [json.loads(line) for line in server.log_file.read_text().splitlines()]

    assert SECRET not in server.log_file.read_text()
    allowed = {
        "event",
        "kind",
        "code",
        "user",
        "duration_ms",
        "rows",
        "level",
        "logger",
        "timestamp",
        "part",
    }
    assert {key for line in lines for key in line} <= allowed
    assert {line["kind"] for line in lines if line["event"] == "request"} >= {"insert", "read"}


def test_a_throwing_view_fails_an_insert_select_too(writer: Http, table: str) -> None:
    view = table.replace(".t", ".v")
    writer.rows(
        f"CREATE MATERIALIZED VIEW {view} ENGINE = Memory AS SELECT throwIf(a > 1) AS x FROM {table}"
    )

    assert writer.ask(f"INSERT INTO {table} SELECT 1, 'x'").status_code == 200
    assert code_of(writer.ask(f"INSERT INTO {table} SELECT 2, 'x'")) == 395


def test_a_reader_is_refused_before_its_rows_are_read(reader: Http) -> None:
    assert code_of(reader.ask(b"INSERT INTO t FORMAT CSV\n" + b"1,x\n" * 2_000_000)) == 164
