"""Answers over plain HTTP: formats, empty results, errors, encodings, and clients' first words."""

from __future__ import annotations

import io
import json
from typing import Any

import httpx
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.ipc  # type: ignore[import-untyped]  # ships no types
import pyarrow.parquet  # type: ignore[import-untyped]  # ships no types
import pytest

from tests.support.clickhouse import WRITER, LocalClickHouse
from tests.warehouse.server.conftest import Http, code_of
from warehouse.server.compression import BodyDecoder

pytestmark = pytest.mark.integration

EMPTY = "SELECT toUInt64(1) AS a, 'x' AS `b c` WHERE 0"
SOME = "SELECT number AS a, toString(number) AS b FROM numbers(3)"


def test_a_ping_needs_no_user(server: LocalClickHouse) -> None:
    with httpx.Client(base_url=server.url, trust_env=False) as nobody:
        assert [nobody.get(path).text for path in ("/ping", "/replicas_status", "/")] == ["Ok.\n"] * 3
        assert nobody.get("/play").status_code == 404


def test_nobody_gets_nothing_else(server: LocalClickHouse) -> None:
    with httpx.Client(base_url=server.url, trust_env=False) as nobody:
        for answer in (
            nobody.post("/", content=b"SELECT 1"),
            nobody.get("/", params={"query": "SELECT 1"}),
            nobody.post("/", content=b"SELECT 1", headers={"X-ClickHouse-User": WRITER.name}),
            nobody.post("/", content=b"x" * 5_000_000),
        ):
            assert (answer.status_code, code_of(answer)) == (403, 516)
            assert WRITER.name not in answer.text


@pytest.mark.parametrize(
    ("format_name", "text"),
    [
        ("TabSeparated", "0\t0\n1\t1\n2\t2\n"),
        ("TSVWithNames", "a\tb\n0\t0\n1\t1\n2\t2\n"),
        ("CSV", '0,"0"\n1,"1"\n2,"2"\n'),
        ("CSVWithNamesAndTypes", '"a","b"\n"UInt64","String"\n0,"0"\n1,"1"\n2,"2"\n'),
        ("JSONEachRow", '{"a":0,"b":"0"}\n{"a":1,"b":"1"}\n{"a":2,"b":"2"}\n'),
        ("JSONCompactEachRow", '[0, "0"]\n[1, "1"]\n[2, "2"]\n'),
    ],
)
def test_text_formats(writer: Http, format_name: str, text: str) -> None:
    in_text = writer.ask(f"{SOME} FORMAT {format_name}")
    by_default = writer.ask(SOME, default_format=format_name)
    text_wins = writer.ask(f"{SOME} FORMAT {format_name}", default_format="Native")

    assert [in_text.text, by_default.text, text_wins.text] == [text] * 3
    assert in_text.headers["X-ClickHouse-Format"] == format_name


def test_json_has_names_types_and_rows(writer: Http) -> None:
    answer = writer.ask(f"{SOME} FORMAT JSON").json()

    assert answer["meta"] == [{"name": "a", "type": "UInt64"}, {"name": "b", "type": "String"}]
    assert [row["b"] for row in answer["data"]] == ["0", "1", "2"]


@pytest.mark.parametrize("rows", [0, 3, 200_000])
@pytest.mark.parametrize("format_name", ["Parquet", "Arrow", "ArrowStream"])
def test_columnar_formats_are_one_document(writer: Http, format_name: str, rows: int) -> None:
    answer = writer.ask(f"SELECT number AS a, 'x' AS b FROM numbers({rows}) FORMAT {format_name}")
    data = io.BytesIO(answer.content)

    read: dict[str, Any] = {
        "Parquet": pa.parquet.read_table,
        "Arrow": lambda source: pa.ipc.open_file(source).read_all(),
        "ArrowStream": lambda source: pa.ipc.open_stream(source).read_all(),
    }
    table = read[format_name](data)

    assert (table.column_names, table.num_rows) == (["a", "b"], rows)


@pytest.mark.parametrize(
    ("format_name", "body"),
    [
        ("Native", b"\x02\x00\x01a\x06UInt64\x03b c\x06String"),
        ("TSVWithNames", b"a\tb c\n"),
        ("CSVWithNamesAndTypes", b'"a","b c"\n"UInt64","String"\n'),
        ("RowBinaryWithNamesAndTypes", b"\x02\x01a\x03b c\x06UInt64\x06String"),
        ("JSONEachRow", b""),
    ],
)
def test_an_empty_result_keeps_its_columns(writer: Http, format_name: str, body: bytes) -> None:
    assert writer.ask(f"{EMPTY} FORMAT {format_name}").content == body
    assert writer.ask(f"{EMPTY};", default_format=format_name).content == body
    assert writer.ask(EMPTY, default_format=format_name, wait_end_of_query="1").content == body


def test_an_empty_native_result_of_other_statements(writer: Http) -> None:
    writer.rows("CREATE DATABASE IF NOT EXISTS nothing")

    assert writer.ask("SHOW TABLES FROM nothing", default_format="Native").content == (
        b"\x01\x00\x04name\x06String"
    )
    assert writer.ask("DROP DATABASE nothing", default_format="Native").content == b""
    with_parameters = writer.ask("SELECT {p:String} AS a WHERE 0 FORMAT Native -- end", param_p="x")
    assert with_parameters.content == b"\x01\x00\x01a\x06String"


def test_a_large_answer_comes_whole(writer: Http) -> None:
    answer = writer.ask("SELECT number FROM numbers(3000000)")

    assert "Content-Length" not in answer.headers
    assert answer.content == b"".join(b"%d\n" % number for number in range(3_000_000))


@pytest.mark.parametrize(
    ("sql", "status", "code"),
    [
        ("SELECT", 400, 62),
        ("sel ect 1 from", 400, 62),
        ("", 400, 62),
        (";", 400, 62),
        ("SELECT * FROM nowhere", 404, 60),
        ("SELECT nothing", 404, 47),
        ("SELECT nofunction(1)", 404, 46),
        ("SELECT throwIf(1)", 500, 395),
        ("SELECT 1 FORMAT NoSuchFormat", 404, 73),
        ("SELECT 1 SETTINGS no_such_setting = 1", 404, 115),
        ("SELECT {missing:String}", 500, 456),
        (b"SELECT '\xff\xfe'", 400, 36),
        ("SELECT 1 INTO OUTFILE '/tmp/x'", 501, 48),
        ("SELECT 1; SELECT 2", 400, 62),
        ("SELECT 1; SELECT 2; ", 400, 62),
        ("INSERT INTO t VALUES (1); SELECT 1", 400, 62),
    ],
)
def test_errors_before_the_first_row_have_a_status(
    writer: Http, sql: str | bytes, status: int, code: int
) -> None:
    answer = writer.ask(sql)

    assert (answer.status_code, code_of(answer)) == (status, code)
    assert answer.text.startswith(f"Code: {code}. DB::Exception: ")
    assert answer.text.endswith("\n")
    assert writer.rows("SELECT 1") == [["1"]]


def test_a_statement_may_be_large_but_not_endless(writer: Http) -> None:
    values = ", ".join(str(number) for number in range(120_000))
    large = writer.rows(f"SELECT length([{values}])", max_ast_elements=1_000_000)
    padded = writer.ask("SELECT 1 " + " " * (2 << 20) + "; DROP DATABASE wijkbeeld")

    assert large == [["120000"]]
    assert (padded.status_code, code_of(padded)) == (400, 62)
    assert "Max query size" in padded.text


def test_a_second_statement_is_seen_wherever_it_stands(writer: Http) -> None:
    writer.rows("CREATE DATABASE keep")
    for text in (
        "SELECT 1" + " " * 900_000 + "; DROP DATABASE keep",
        "SELECT 1 -- " + "x" * 900_000 + "\n; DROP DATABASE keep",
        "SELECT 1 /* ; */; DROP DATABASE keep",
        "SELECT '; -- '; DROP DATABASE keep",
        "SELECT $$;$$; DROP DATABASE keep",
    ):
        assert code_of(writer.ask(text)) == 62
    assert writer.rows("EXISTS DATABASE keep") == [["1"]]


@pytest.mark.parametrize("format_name", ["TSV", "JSONEachRow", "Native", "RowBinary"])
def test_an_error_half_way_ends_with_the_exception_tail(writer: Http, format_name: str) -> None:
    answer = writer.ask(
        "SELECT number, throwIf(number = 1500000) FROM numbers(3000000) SETTINGS max_threads = 1",
        default_format=format_name,
    )
    tag = answer.headers["X-ClickHouse-Exception-Tag"].encode()
    body, _, tail = answer.content.partition(b"\r\n__exception__\r\n" + tag + b"\r\n")

    assert answer.status_code == 200
    assert len(body) > 100_000
    assert tail.startswith(b"Code: 395. DB::Exception: ")
    message, _, end = tail.rpartition(b"\n")[0].rpartition(b"\n")[0].rpartition(b"\n")
    assert end == f"{len(message) + 1} ".encode() + tag + b"\r"
    assert writer.rows("SELECT 1") == [["1"]]


def test_a_failed_query_leaves_nothing_for_the_next(writer: Http) -> None:
    """The engine hands rows of a failed query to the next one on the same handle."""
    failing = (
        "SELECT number, throwIf(number = 100000) FROM numbers(200000) SETTINGS max_block_size = 1000"
    )
    writer.rows("CREATE TEMPORARY TABLE keeps_the_handle (a UInt8)", session_id="after-failure")

    for parameters in ({}, {"session_id": "after-failure"}, {"wait_end_of_query": "1"}):
        writer.ask(failing, **parameters)
        assert writer.rows("SELECT 42", **parameters) == [["42"]]
        assert writer.rows("SELECT 43 FORMAT TSVWithNames", **parameters) == [["43"], ["43"]]
    assert writer.rows("SELECT count() FROM keeps_the_handle", session_id="after-failure") == [["0"]]


@pytest.mark.parametrize("encoding", ["zstd", "lz4", "gzip", "deflate"])
@pytest.mark.parametrize("rows", [0, 3, 500_000])
def test_answers_are_encoded_on_request(server: LocalClickHouse, encoding: str, rows: int) -> None:
    with (
        httpx.Client(
            base_url=server.url, auth=(WRITER.name, WRITER.password), trust_env=False
        ) as client,
        client.stream(
            "POST",
            "/",
            params={"enable_http_compression": "1"},
            content=f"SELECT number FROM numbers({rows})".encode(),
            headers={"Accept-Encoding": encoding},
        ) as answer,
    ):
        body = b"".join(answer.iter_raw())

    assert answer.headers["Content-Encoding"] == encoding
    decoder = BodyDecoder(encoding)
    assert decoder.decode(body).count(b"\n") == rows
    decoder.finish()


def test_parameters_are_values(writer: Http) -> None:
    hostile = "x'; DROP DATABASE wijkbeeld; -- `\" \\\\"

    assert writer.rows("SELECT {p:String}", param_p=hostile) == [[hostile.replace("'", "\\'")]]
    assert writer.rows("SELECT {p:Array(UInt8)}", param_p="[1,2]") == [["[1,2]"]]
    assert code_of(writer.ask("SELECT {p:UInt8}", param_p="1; SELECT 2")) == 457
    assert code_of(writer.ask("SELECT * FROM {p:Identifier}", param_p="t; DROP TABLE t")) == 60
    assert code_of(writer.ask("SELECT 1", **{"param_a b": "x"})) == 36


def test_names_of_databases_are_quoted(writer: Http) -> None:
    strange = "a`b\\c'd\"e; DROP DATABASE wijkbeeld"
    quoted = "`" + strange.replace("\\", "\\\\").replace("`", "\\`") + "`"
    writer.rows(f"CREATE DATABASE {quoted}")

    assert writer.rows("SELECT currentDatabase() FORMAT TSVRaw", database=strange) == [[strange]]
    assert code_of(writer.ask("SELECT 1", database="nowhere")) == 81
    writer.rows(f"DROP DATABASE {quoted}")


def test_the_summary_counts(writer: Http) -> None:
    writer.rows("CREATE TABLE wijkbeeld.counted (a UInt64) ENGINE = MergeTree ORDER BY a")
    insert = writer.ask("INSERT INTO wijkbeeld.counted SELECT number FROM numbers(7)")
    answer = writer.ask("INSERT INTO wijkbeeld.counted FORMAT CSV\n1\n2\n")

    assert json.loads(insert.headers["X-ClickHouse-Summary"])["written_rows"] == "7"
    assert json.loads(answer.headers["X-ClickHouse-Summary"])["written_rows"] == "2"
    assert answer.content == b""


def test_the_go_clients_first_words(writer: Http) -> None:
    sql = "SELECT displayName(), version(), revision(), timezone()"

    first = writer.ask(sql, client_protocol_version="54460", default_format="Native")
    later = writer.ask("SELECT 1 AS a", client_protocol_version="54460", default_format="Native")

    assert first.content.startswith(b"\x01\x00\x02\xff\xff\xff\xff\x00\x04\x01")
    assert later.content == b"\x01\x01\x01a\x05UInt8\x01"


def test_a_get_only_reads(writer: Http) -> None:
    read = writer.client.get("/", params={"query": "SELECT 1"})
    write = writer.client.get("/", params={"query": "CREATE DATABASE by_get"})
    rows = writer.client.request("GET", "/", params={"query": "INSERT INTO t VALUES (1)"})

    assert read.text == "1\n"
    assert [code_of(write), code_of(rows)] == [164, 164]


def test_every_answer_names_its_query(writer: Http) -> None:
    answer = writer.ask("SELECT 1", query_id="mine-1")

    assert answer.headers["X-ClickHouse-Query-Id"] == "mine-1"
    assert answer.headers["X-ClickHouse-Timezone"] == "UTC"
    assert writer.ask("SELECT 1").headers["X-ClickHouse-Query-Id"] != ""


def test_two_queries_may_not_have_one_id(server: LocalClickHouse, writer: Http) -> None:
    with writer.client.stream(
        "POST", "/", params={"query_id": "twice"}, content=b"SELECT number FROM numbers(1e12)"
    ) as first:
        pieces = first.iter_raw()
        next(pieces)
        answer = httpx.post(
            server.url,
            params={"query_id": "twice"},
            content=b"SELECT 1",
            auth=(WRITER.name, WRITER.password),
            trust_env=False,
        )
    assert code_of(answer) == 216
