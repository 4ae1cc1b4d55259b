"""A user who may only read cannot write, leave the database, see other databases or lift limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.clickhouse import READER, WRITER, LocalClickHouse, TestUser
from tests.warehouse.server.attacks import ESCAPES, WRITES
from tests.warehouse.server.conftest import Http, code_of, http_of

pytestmark = pytest.mark.integration

SECRET = "written-by-the-test"
SERVER_FAILED = 1002


@pytest.fixture(scope="module")
def world(server: LocalClickHouse) -> dict[str, str]:
    """Tables to attack and a file to read; names for the statements above."""
    http = http_of(server, WRITER)
    for sql in (
        "CREATE TABLE wijkbeeld.t (a UInt64, s String) ENGINE = MergeTree ORDER BY a",
        "INSERT INTO wijkbeeld.t VALUES (1, 'one')",
        "CREATE DATABASE other",
        f"CREATE TABLE other.t (a UInt64, s String DEFAULT '{SECRET}') ENGINE = MergeTree ORDER BY a",
        "INSERT INTO other.t (a) VALUES (1)",
    ):
        http.rows(sql)
    http.client.close()
    secret = server.data_dir.parent / "secret.txt"
    secret.write_text(SECRET)
    outside = server.data_dir.parent / "outside"
    return {
        "secret": str(secret),
        "outside": str(outside),
        "folder": str(server.data_dir.parent),
        "url": server.url,
    }


def state(server: LocalClickHouse, world: dict[str, str]) -> Any:
    """What an attack must not change."""
    http = http_of(server, WRITER)
    try:
        return (
            http.rows("SELECT * FROM wijkbeeld.t ORDER BY a"),
            http.rows("SELECT name, engine FROM system.tables WHERE database IN ('wijkbeeld', 'other')"),
            http.rows("SELECT name FROM system.databases ORDER BY name"),
            http.rows("SELECT count() FROM system.functions WHERE origin != 'System'"),
            Path(world["outside"]).exists(),
        )
    finally:
        http.client.close()


def fill(sql: str, world: dict[str, str]) -> str:
    for name, value in world.items():
        sql = sql.replace("{" + name + "}", value)
    return sql


def routes(http: Http, sql: str) -> list[httpx.Response]:
    """The same statement by every way that a request offers."""
    first, _, rest = sql.partition("\n")
    return [
        http.ask(sql),
        http.ask(b"", query=sql),
        http.ask(rest, query=first),
        http.client.get("/", params={"query": sql}),
        http.client.request("HEAD", "/", params={"query": sql}),
        http.client.post("/", files={"query": (None, sql)}),
        http.ask(sql, session_id="a"),
        http.ask(sql, readonly="2", wait_end_of_query="1"),
    ]


@pytest.mark.parametrize("sql", WRITES)
def test_a_reader_cannot_write(
    server: LocalClickHouse, reader: Http, world: dict[str, str], sql: str
) -> None:
    before = state(server, world)

    answers = routes(reader, fill(sql, world))

    assert [answer.status_code for answer in answers if answer.status_code == 200] == []
    assert not {code_of(answer) for answer in answers} & {0, SERVER_FAILED}
    assert state(server, world) == before


@pytest.mark.parametrize("sql", ESCAPES)
def test_a_reader_cannot_leave_its_database(reader: Http, world: dict[str, str], sql: str) -> None:
    answers = routes(reader, fill(sql, world)) + [
        reader.ask(fill(sql, world), param_table="system.users", default_format=name)
        for name in ("Native", "JSON", "Parquet")
    ]

    assert [answer.status_code for answer in answers if answer.status_code == 200] == []
    for answer in answers:
        assert SECRET not in answer.text
        assert code_of(answer) not in {0, SERVER_FAILED}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("readonly", "0"),
        ("readonly", "0, max_execution_time = 0"),
        ("allow_ddl", "1"),
        ("profile", "default"),
        ("dialect", "prql"),
        ("async_insert_threads", "1"),
        ("additional_table_filters", "{}"),
        ("format_schema", "x"),
        ("format_template_row", "x"),
        ("max_execution_time = 0, readonly", "0"),
        ("readonly` = 0; --", "0"),
        ("allow_experimental_eval_table_function", "1"),
        ("allow_introspection_functions", "1"),
        ("role", "warehouse_everything"),
        ("param_x = 1, readonly", "0"),
        ("database", "other"),
        ("database", "wijkbeeld`; DROP TABLE t; --"),
        ("default_format", "CSV INTO OUTFILE 'x'"),
        ("default_format", "CSV; DROP TABLE t"),
        ("query_id", "x'; DROP TABLE t; --"),
        ("compress", "1"),
        ("decompress", "1"),
    ],
)
def test_a_parameter_smuggles_nothing(
    server: LocalClickHouse, reader: Http, world: dict[str, str], name: str, value: str
) -> None:
    before = state(server, world)

    answer = reader.ask("SELECT * FROM t", **{name: value})

    assert answer.status_code != 200
    assert state(server, world) == before


def test_limits_of_a_reader_can_only_be_made_tighter(reader: Http, world: dict[str, str]) -> None:
    sql = "SELECT getSetting('max_execution_time'), getSetting('max_memory_usage')"

    usual = reader.rows(sql)
    wider = reader.rows(sql, max_execution_time="100000", max_memory_usage="0")
    tighter = reader.rows(sql, max_execution_time="5")

    assert wider == usual == [["60", str(2 << 30)]]
    assert tighter == [["5", str(2 << 30)]]


def test_a_reader_is_cut_off_at_its_limits(reader: Http) -> None:
    rows = reader.ask("SELECT number FROM numbers(2000000) FORMAT JSON")
    memory = reader.ask("SELECT length(groupArray(number)) FROM numbers(1000000000)")
    time = reader.ask(
        "SELECT count() FROM numbers(1e12) WHERE cityHash64(number) = 1", max_execution_time="1"
    )

    assert [code_of(rows), code_of(memory), code_of(time)] == [396, 241, 159]


def test_a_reader_reads_what_is_its_own(reader: Http, world: dict[str, str]) -> None:
    assert reader.rows("SELECT * FROM t") == [["1", "one"]]
    assert reader.rows("SELECT * FROM wijkbeeld.t", database="wijkbeeld") == [["1", "one"]]
    assert reader.rows("SHOW TABLES") == [["t"]]
    assert reader.rows("SELECT a FROM {table:Identifier}", param_table="t") == [["1"]]
    assert reader.rows("SELECT 'file', 'a\\\\b' /* file */") == [["file", "a\\\\b"]]
    assert reader.rows("SELECT s AS profile FROM t", output_format_json_quote_64bit_integers="1") == [
        ["one"]
    ]


def test_system_tables_tell_a_reader_nothing_of_others(
    server: LocalClickHouse, reader: Http, writer: Http, world: dict[str, str]
) -> None:
    for table in ("processes", "parts", "disks", "server_settings", "errors", "grants", "roles"):
        answer = reader.ask(f"SELECT * FROM system.{table}")
        assert answer.text == "" or code_of(answer) == 497, table
    assert int(writer.rows("SELECT count() FROM system.disks")[0][0]) > 0
    assert reader.rows("SELECT DISTINCT database FROM system.columns WHERE database = 'other'") == []
    assert reader.rows("SELECT count() FROM view(SELECT * FROM system.disks)") == [["0"]]
    assert reader.rows("SHOW TABLES FROM other") == []


def test_every_system_table_is_either_named_or_hidden(reader: Http, writer: Http) -> None:
    """A new version of the engine may bring tables that nobody has thought about."""
    from warehouse.server.grants import SYSTEM_TABLES_FOR_ALL

    names = [row[0] for row in writer.rows("SELECT name FROM system.tables WHERE database = 'system'")]
    assert len(names) > 100
    for name in set(names) - SYSTEM_TABLES_FOR_ALL:
        answer = reader.ask(f"SELECT * FROM system.{name} LIMIT 1")
        assert answer.status_code != 200 or answer.text == "", name


def test_a_readers_external_table_is_data_only(reader: Http, world: dict[str, str]) -> None:
    good = reader.client.post(
        "/",
        params={"query": "SELECT sum(x) FROM mine", "mine_structure": "x UInt8", "mine_format": "CSV"},
        files={"mine": ("mine", b"1\n2\n")},
    )
    assert good.text == "3\n"
    for structure in (
        f"x String DEFAULT file('{world['secret']}')",
        f"x UInt8, y String MATERIALIZED file('{world['secret']}')",
        "x UInt8) ENGINE = Memory; DROP TABLE t; --",
        f"x UInt8) AS SELECT file('{world['secret']}') --",
        "x UInt8, CONSTRAINT c CHECK 1",
        "x UInt8 CODEC(NONE)",
        "x UInt8 TTL now()",
    ):
        answer = reader.client.post(
            "/",
            params={"query": "SELECT * FROM mine", "mine_structure": structure, "mine_format": "CSV"},
            files={"mine": ("mine", b"1\n")},
        )
        assert code_of(answer) == 36, structure
    name = reader.client.post(
        "/",
        params={"query": "SELECT 1", "a`b_structure": "x UInt8"},
        files={"a`b": ("a`b", b"1\n")},
    )
    assert code_of(name) == 36


def test_another_users_session_is_another_session(
    server: LocalClickHouse, reader: Http, writer: Http
) -> None:
    writer.rows("CREATE TEMPORARY TABLE mine (a UInt8)", session_id="shared")

    answer = reader.ask("SELECT * FROM mine", session_id="shared")

    assert code_of(answer) == 60


def test_a_writer_of_one_database_stays_in_it(tmp_path: Path) -> None:
    clerk = TestUser("clerk", "clerk-password-of-tests", read_only=False, databases=("wijkbeeld",))
    with LocalClickHouse(tmp_path / "data", users=(WRITER, READER, clerk)) as server:
        admin, http = http_of(server, WRITER), http_of(server, clerk)
        admin.rows("CREATE DATABASE other")
        admin.rows("CREATE TABLE other.t (a UInt8) ENGINE = Memory")

        http.rows("CREATE TABLE t (a UInt8) ENGINE = Memory")
        http.rows("INSERT INTO t VALUES (1)")
        refused = [
            http.ask("SELECT * FROM other.t"),
            http.ask("INSERT INTO other.t VALUES (1)"),
            http.ask("INSERT INTO other.t FORMAT CSV\n1"),
            http.ask("SELECT * FROM file('/etc/hostname', 'LineAsString')"),
            http.ask("SET ROLE ALL", session_id="a"),
            http.ask("CREATE DATABASE mine"),
        ]

        assert [code_of(answer) for answer in refused] == [497] * 6
        assert http.rows("SELECT a FROM t") == [["1"]]
        http.client.close()
        admin.client.close()
