"""Rows come in as bytes, are stored once and whole, and never come back in an error or a log."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import lz4.frame  # type: ignore[import-untyped]  # ships no types
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.parquet  # type: ignore[import-untyped]  # ships no types
import pytest
import zstandard

from tests.support.clickhouse import LocalClickHouse
from tests.support.waiting import wait_until
from tests.warehouse.server.conftest import Http, code_of

pytestmark = pytest.mark.integration


def parquet(rows: int) -> bytes:
    sink = pa.BufferOutputStream()
    pa.parquet.write_table(pa.table({"a": list(range(rows)), "b": ["x"] * rows}), sink)
    return bytes(sink.getvalue())


@pytest.mark.parametrize(
    ("format_name", "rows"),
    [
        ("CSV", b"1,x\n2,y\n"),
        ("TabSeparated", b"1\tx\n2\ty\n"),
        ("Values", b"(1,'x'),(1+1,'y')"),
        ("JSONEachRow", b'{"a":1,"b":"x"}\n{"a":2,"b":"y"}'),
        ("JSONCompactEachRow", b'[1,"x"]\n[2,"y"]'),
        ("RowBinary", b"\x01" + bytes(7) + b"\x01x\x02" + bytes(7) + b"\x01y"),
        (
            "Native",
            b"\x02\x02\x01a\x06UInt64\x01"
            + bytes(7)
            + b"\x02"
            + bytes(7)
            + b"\x01b\x06String\x01x\x01y",
        ),
        ("Parquet", parquet(2)),
    ],
)
def test_formats_of_rows(writer: Http, table: str, format_name: str, rows: bytes) -> None:
    head = f"INSERT INTO {table} (a, b) FORMAT {format_name}"
    in_body = writer.ask(head.encode() + b"\n" + rows)
    in_address = writer.ask(rows, query=head)

    assert (in_body.text, in_address.text) == ("", "")
    # The second insert has the same rows and no token of its own: the window takes it for a repeat.
    assert writer.rows(f"SELECT count(), uniqExact(a) FROM {table}") == [["2", "2"]]


def test_values_of_a_statement(writer: Http, table: str) -> None:
    writer.rows(f"INSERT INTO {table} VALUES (1, 'a;b'), (2, 'FORMAT CSV');")
    writer.rows("(3, 'c')", query=f"INSERT INTO {table} VALUES")
    writer.rows(f"INSERT INTO {table} (a) SELECT 4")

    assert writer.rows(f"SELECT a, b FROM {table} ORDER BY a") == [
        ["1", "a;b"],
        ["2", "FORMAT CSV"],
        ["3", "c"],
        ["4", ""],
    ]


def test_a_table_named_by_a_parameter(writer: Http, table: str) -> None:
    name = table.removeprefix("wijkbeeld.")
    answer = writer.ask(
        b"INSERT INTO {t:Identifier} FORMAT CSV\n1,x\n", param_t=name, database="wijkbeeld"
    )
    hostile = writer.ask(
        b"INSERT INTO {t:Identifier} FORMAT CSV\n1,x\n", param_t=f"{name}; DROP TABLE {name}"
    )

    assert answer.status_code == 200
    assert code_of(hostile) == 60
    assert writer.rows(f"SELECT count() FROM {table}") == [["1"]]


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [("lz4", lz4.frame.compress), ("zstd", zstandard.compress), ("", bytes)],
)
def test_encoded_and_chunked_rows(
    writer: Http, table: str, encoding: str, encode: Callable[[bytes], bytes]
) -> None:
    rows = b"".join(b'{"a":%d,"b":"row %d"}\n' % (number, number) for number in range(200_000))
    body = encode(rows)
    headers = {"Content-Encoding": encoding} if encoding else {}

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(body), 70_001):
            yield body[start : start + 70_001]

    for token, content in (("whole", body), ("pieces", pieces())):
        answer = writer.client.post(
            "/",
            params={
                "query": f"INSERT INTO {table} FORMAT JSONEachRow",
                "insert_deduplication_token": token,
            },
            content=content,
            headers=headers,
        )
        assert answer.text == ""
    assert writer.rows(f"SELECT count(), sum(a) FROM {table}") == [
        ["400000", str(2 * sum(range(200_000)))]
    ]


def test_half_an_encoded_body_stores_nothing(writer: Http, table: str) -> None:
    rows = b"".join(b"%d,x\n" % number for number in range(100_000))
    answer = writer.client.post(
        "/",
        params={"query": f"INSERT INTO {table} FORMAT CSV"},
        content=zstandard.compress(rows)[:-10],
        headers={"Content-Encoding": "zstd"},
    )

    assert code_of(answer) == 36
    assert writer.rows(f"SELECT count() FROM {table}") == [["0"]]


def test_a_client_that_leaves_in_the_middle_stores_nothing(
    server: LocalClickHouse, writer: Http, table: str
) -> None:
    basic = writer.client.build_request("GET", "/")
    authorization = next(writer.client.auth.sync_auth_flow(basic)).headers["Authorization"]  # type: ignore[union-attr]  # is set
    with socket.create_connection((server.host, server.port)) as connection:
        connection.sendall(
            f"POST /?query=INSERT+INTO+{table}+FORMAT+CSV HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: {authorization}\r\nContent-Length: 1000000\r\n\r\n".encode()
            + b"1,x\n" * 1000
        )

    wait_until(lambda: _last(server, "insert").get("code") == 394, what="the server to notice")
    assert writer.rows(f"SELECT count() FROM {table}") == [["0"]]


def _last(server: LocalClickHouse, kind: str) -> dict[str, Any]:
    lines = [json.loads(line) for line in server.log_file.read_text().splitlines()]
    return next((line for line in reversed(lines) if line.get("kind") == kind), {})


def test_a_token_makes_a_repeat_harmless(writer: Http, table: str) -> None:
    view = table.replace(".t", ".v")
    writer.rows(
        f"CREATE MATERIALIZED VIEW {view} ENGINE = MergeTree ORDER BY a "
        f"SETTINGS non_replicated_deduplication_window = 100 AS SELECT a FROM {table}"
    )
    for token in ("one", "one", "two"):
        writer.rows(
            "1,x\n2,y\n",
            query=f"INSERT INTO {table} FORMAT CSV",
            insert_deduplication_token=token,
            deduplicate_blocks_in_dependent_materialized_views="1",
            async_insert="0",
        )

    assert writer.rows(f"SELECT count() FROM {table}") == [["4"]]
    assert writer.rows(f"SELECT count() FROM {view}") == [["4"]]


@pytest.mark.parametrize("name", ["async_insert", "dialect"])
def test_settings_that_stay_as_they_are(writer: Http, table: str, name: str) -> None:
    value = {"async_insert": "1", "dialect": "prql"}[name]
    answers = [
        writer.ask(f"INSERT INTO {table} FORMAT CSV\n1,x\n", **{name: value}),
        writer.ask(f"INSERT INTO {table} SETTINGS {name} = '{value}' FORMAT CSV\n1,x\n"),
        writer.ask(f"SET {name} = '{value}'", session_id="stays"),
    ]

    assert [code_of(answer) for answer in answers] == [452] * 3
    assert writer.rows(f"SELECT count() FROM {table}") == [["0"]]
