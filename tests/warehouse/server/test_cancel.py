"""A query ends when its client leaves, and places are shared out."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import httpx
import pytest

from tests.support.clickhouse import READER, WRITER, LocalClickHouse
from tests.support.waiting import wait_until
from tests.warehouse.server.conftest import Http, code_of, http_of

pytestmark = pytest.mark.integration

SLOW = "SELECT count() FROM numbers_mt(1000000000000) WHERE sipHash64(number) = 1"
ENDLESS = "SELECT number FROM numbers(1000000000000)"


def running(writer: Http, query_id: str) -> bool:
    sql = "SELECT count() FROM system.processes WHERE Settings['log_comment'] = {id:String}"
    return writer.rows(sql, param_id=query_id) != [["0"]]


def request_bytes(server: LocalClickHouse, sql: str, query_id: str, extra: str = "") -> bytes:
    body = sql.encode()
    return (
        f"POST /?query_id={query_id}{extra}&user={WRITER.name}&password={WRITER.password} HTTP/1.1\r\n"
        f"Host: x\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


@pytest.mark.parametrize(
    ("sql", "extra"),
    [(SLOW, ""), (SLOW, "&default_format=JSON"), (SLOW, "&session_id=leaves"), (ENDLESS, "")],
)
def test_a_query_ends_when_its_client_leaves(
    server: LocalClickHouse, writer: Http, sql: str, extra: str
) -> None:
    query_id = "leaves"
    with socket.create_connection((server.host, server.port)) as client:
        client.sendall(request_bytes(server, sql, query_id, extra))
        wait_until(lambda: running(writer, query_id), what="the query to run")

    wait_until(lambda: not running(writer, query_id), what="the query to be cancelled")
    assert writer.ask("SELECT 1", session_id="leaves").text == "1\n"


def test_a_write_goes_on_when_its_client_leaves(server: LocalClickHouse, writer: Http) -> None:
    writer.rows("CREATE TABLE wijkbeeld.goes_on (a UInt64) ENGINE = MergeTree ORDER BY a")
    sql = (
        "INSERT INTO wijkbeeld.goes_on SELECT sleepEachRow(0.05) + number FROM numbers(20) "
        "SETTINGS max_block_size = 1, min_insert_block_size_rows = 1"
    )
    with socket.create_connection((server.host, server.port)) as client:
        client.sendall(request_bytes(server, sql, "goes-on"))
        wait_until(lambda: running(writer, "goes-on"), what="the insert to run")

    wait_until(lambda: not running(writer, "goes-on"), what="the insert to end")
    assert writer.rows("SELECT count() FROM wijkbeeld.goes_on") == [["20"]]


def test_a_query_can_be_killed_by_hand(server: LocalClickHouse, writer: Http) -> None:
    killer = http_of(server, WRITER)
    with socket.create_connection((server.host, server.port)) as client:
        client.sendall(request_bytes(server, SLOW, "by-hand"))
        wait_until(lambda: running(killer, "by-hand"), what="the query to run")
        killer.rows("KILL QUERY WHERE Settings['log_comment'] = 'by-hand'")
        client.settimeout(30)
        answer = client.recv(65536)

    assert b"X-ClickHouse-Exception-Code: 394" in answer or b"x-clickhouse-exception-code: 394" in answer
    killer.client.close()


def test_a_full_server_says_so(tmp_path: Path) -> None:
    limits = {"concurrent": 2, "concurrent_readers": 1, "queue_seconds": 0.2}
    with LocalClickHouse(tmp_path / "data", limits=limits) as server:
        writer, reader = http_of(server, WRITER), http_of(server, READER)
        with httpx.Client(base_url=server.url, trust_env=False, timeout=60) as busy:
            auth = (READER.name, READER.password)
            with busy.stream("POST", "/", content=ENDLESS.encode(), auth=auth) as answer:
                pieces = answer.iter_raw()
                next(pieces)
                refused = reader.ask("SELECT 1")
                assert writer.rows("SELECT 1") == [["1"]]
                auth = (WRITER.name, WRITER.password)
                with busy.stream("POST", "/", content=ENDLESS.encode(), auth=auth) as second:
                    more = second.iter_raw()
                    next(more)
                    full = writer.ask("SELECT 1")

        assert [code_of(refused), code_of(full)] == [202, 202]
        assert refused.status_code == 503
        wait_until(lambda: reader.ask("SELECT 1").status_code == 200, what="the place to be free again")
        writer.client.close()
        reader.client.close()


def test_a_cancelled_read_is_logged_with_its_code(server: LocalClickHouse) -> None:
    lines = [json.loads(line) for line in server.log_file.read_text().splitlines()]

    assert any(line.get("kind") == "read" and line.get("code") == 394 for line in lines)
