"""clickhouse-connect, unchanged, against the local server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import lz4.frame  # type: ignore[import-untyped]  # ships no types
import pytest
import zstandard
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError
from clickhouse_connect.driver.external import ExternalData

from tests.support.clickhouse import READER, LocalClickHouse

pytestmark = pytest.mark.integration

COLUMNS = {
    "id": "UInt64",
    "small": "UInt8",
    "code": "UInt16",
    "gen": "UInt32",
    "text": "String",
    "wijk": "LowCardinality(String)",
    "at": "DateTime64(3, 'UTC')",
    "hour": "DateTime('UTC')",
    "day": "Date",
    "value": "Float64",
    "maybe": "Nullable(Float64)",
    "maybe_text": "Nullable(String)",
    "tags": "Array(String)",
    "levels": "Array(UInt8)",
    "counts": "Map(String, UInt64)",
    "attrs": "String",
}
AT = dt.datetime(2026, 3, 29, 0, 59, 59, 123000, tzinfo=dt.UTC)
ROWS: list[list[Any]] = [
    [
        2**64 - 1, 255, 65535, 2**32 - 1, "één 'wijk' \\ \n \t 🚒", "WK026801", AT,
        dt.datetime(2026, 10, 25, 1, 0, tzinfo=dt.UTC), dt.date(2026, 11, 23), -1.5e300, None, None,
        ["a", "b'c"], [1, 5], {"brand": 3, "": 0}, '{"a": [1, null]}',
    ],
    [
        0, 0, 0, 0, "", "", dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.datetime(1970, 1, 1,
        tzinfo=dt.UTC), dt.date(1970, 1, 1), 0.0, 2.5, "x", [], [], {}, "{}",
    ],
]  # fmt: skip


@pytest.fixture
def client(server: LocalClickHouse) -> Iterator[Client]:
    with server.client() as client:
        yield client


@pytest.fixture(scope="module")
def table(server: LocalClickHouse) -> str:
    """A table with every type that the warehouse uses."""
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    with server.client() as client:
        client.command(f"CREATE TABLE wijkbeeld.every ({columns}) ENGINE = MergeTree ORDER BY id")
    return "wijkbeeld.every"


def in_utc(row: Any) -> list[Any]:
    """Times of a result as UTC; the client gives those of a UTC server without a zone."""
    return [
        value.replace(tzinfo=dt.UTC)
        if isinstance(value, dt.datetime) and value.tzinfo is None
        else value
        for value in row
    ]


def test_every_type_goes_in_and_out(client: Client, table: str) -> None:
    client.command(f"TRUNCATE TABLE {table}")
    client.insert(table, ROWS, column_names=list(COLUMNS))

    result = client.query(f"SELECT * FROM {table} ORDER BY id DESC")

    assert list(result.column_names) == list(COLUMNS)
    assert [in_utc(row) for row in result.result_rows] == ROWS


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
def test_raw_rows(client: Client, table: str, compression: str | None) -> None:
    client.command(f"TRUNCATE TABLE {table}")
    rows = b"".join(
        b'{"id":%d,"at":"2026-11-23 12:00:00.%03d","maybe":null}\n' % (n, n) for n in range(1000)
    )
    body = {None: bytes, "lz4": lz4.frame.compress, "zstd": zstandard.compress}[compression](rows)

    summary = client.raw_insert(
        table,
        None,
        body,
        fmt="JSONEachRow",
        compression=compression,
        settings={"insert_deduplication_token": f"raw-{compression}", "async_insert": 0},
    )

    assert summary.written_rows == 1000
    row = client.query(f"SELECT count(), max(at) FROM {table}").result_rows[0]
    assert in_utc(row) == [1000, dt.datetime(2026, 11, 23, 12, 0, 0, 999000, tzinfo=dt.UTC)]


@pytest.mark.parametrize("name", ["lz4", "zstd", "gzip", False, True])
def test_answers_in_every_encoding(server: LocalClickHouse, name: str | bool) -> None:
    with server.client(compress=name) as client:
        result = client.query("SELECT number, toString(number) FROM numbers(300000)")

    assert result.result_rows[-1] == (299_999, "299999")
    assert len(result.result_rows) == 300_000


def test_parameters_of_both_kinds(client: Client) -> None:
    hostile = "x'; DROP TABLE t; -- \\ \n \t `"

    by_server = client.query(
        "SELECT {a:String}, {b:Array(String)}, {c:DateTime64(3)}",
        {"a": hostile, "b": [hostile], "c": AT},
    )
    by_client = client.query("SELECT %(a)s, %(b)s", {"a": hostile, "b": 3})

    assert by_server.result_rows[0][:2] == (hostile, [hostile])
    assert by_client.result_rows == [(hostile, 3)]


def test_many_parameters_go_as_a_form(client: Client) -> None:
    many = list(range(20_000))

    assert client.query("SELECT length({a:Array(UInt32)})", {"a": many}).result_rows == [(20_000,)]


def test_rows_as_a_stream(client: Client) -> None:
    with client.query_row_block_stream("SELECT number FROM numbers(500000)") as stream:
        assert sum(len(block) for block in stream) == 500_000


def test_an_error_in_a_stream_is_an_error(client: Client) -> None:
    with (
        pytest.raises(DatabaseError, match="395"),
        client.query_row_block_stream(
            "SELECT number, throwIf(number = 900000) FROM numbers(2000000) SETTINGS max_threads = 1"
        ) as stream,
    ):
        for _ in stream:
            pass
    assert client.command("SELECT 1") == 1


def test_external_data(client: Client) -> None:
    mine = ExternalData(
        file_name="mine", data=b"1,a\n2,b\n", fmt="CSV", structure=["id UInt32", "name String"]
    )
    result = client.query("SELECT sum(id), max(name) FROM mine", external_data=mine)

    assert result.result_rows == [(3, "b")]


def test_sessions(client: Client) -> None:
    client.command("CREATE TEMPORARY TABLE held (a UInt8)")
    client.insert("held", [[1], [2]], column_names=["a"])

    assert client.query("SELECT sum(a) FROM held").result_rows == [(3,)]


def test_an_empty_result_has_columns(client: Client, table: str) -> None:
    result = client.query(f"SELECT id, at, wijk FROM {table} WHERE id = 12345")

    assert result.column_names == ("id", "at", "wijk")
    assert result.result_rows == []


def test_commands(client: Client) -> None:
    assert client.command("SELECT 5") == 5
    assert client.command("SELECT 'a', 'b'") == ["a", "b"]
    assert client.command("SELECT {a:UInt8}", parameters={"a": 7}) == 7
    assert client.ping()
    with pytest.raises(DatabaseError) as refused:
        client.command("SELECT * FROM nowhere")
    assert refused.value.code == 60


def test_the_zone_of_a_datetime_is_lost_in_native_but_not_its_instant(client: Client) -> None:
    """The engine writes Native for revision 0, whose DateTime has no zone. Times of ours are UTC."""
    summer = "toDateTime('2026-07-01 12:00:00', 'Europe/Amsterdam')"
    sql = f"SELECT {summer} AS t, toDateTime64(t, 3, 'UTC') AS u"

    result = client.query(sql)
    as_text = client.raw_query(sql, fmt="CSV")

    ten = dt.datetime(2026, 7, 1, 10, tzinfo=dt.UTC)
    assert in_utc(result.result_rows[0]) == [ten, ten]
    assert as_text == b'"2026-07-01 12:00:00","2026-07-01 10:00:00.000"\n'


def test_a_reader_reads(server: LocalClickHouse, table: str) -> None:
    with server.client(READER) as reader:
        assert reader.query(f"SELECT count() >= 0 FROM {table}").result_rows == [(1,)]
        assert reader.query("SELECT {a:String}", {"a": "x"}).result_rows == [("x",)]
        writes: list[Callable[[], object]] = [
            lambda: reader.command(f"TRUNCATE TABLE {table}"),
            lambda: reader.insert(table, ROWS, column_names=list(COLUMNS)),
            lambda: reader.raw_insert(table, None, b'{"id":1}', fmt="JSONEachRow"),
        ]
        for write in writes:
            with pytest.raises(DatabaseError) as refused:
                write()
            assert refused.value.code == 164
