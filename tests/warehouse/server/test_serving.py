"""Start, stop, and what a start says when it cannot."""

from __future__ import annotations

import json
import signal
import socket
import stat
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.support.clickhouse import WRITER, LocalClickHouse
from tests.support.waiting import wait_until
from tests.warehouse.server.conftest import http_of

pytestmark = pytest.mark.integration


def complaint(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, text = process.communicate(timeout=60)
    return process.returncode, text


def test_a_second_server_on_the_folder_is_told_why(tmp_path: Path) -> None:
    with LocalClickHouse(tmp_path / "data") as first:
        status, text = complaint(LocalClickHouse(tmp_path / "data").spawn())

        assert status == 2
        assert text.startswith("DataDirTaken: another warehouse server has ")
        assert text.count("\n") == 1
        assert first.client().command("SELECT 1") == 1


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        status, text = complaint(LocalClickHouse(tmp_path / "data", port=port).spawn())

    assert status == 2
    assert text.startswith(f"PortTaken: the warehouse cannot listen on 127.0.0.1:{port}")
    assert text.count("\n") == 1


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1"])  # noqa: S104 - it is refused
def test_another_host_than_loopback_is_refused(tmp_path: Path, host: str) -> None:
    status, text = complaint(LocalClickHouse(tmp_path / "data", host=host).spawn())

    assert status == 2
    assert text.startswith("SettingsError: ")
    assert "loopback" in text


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    status, text = complaint(LocalClickHouse(tmp_path / "file" / "data", log=tmp_path / "log").spawn())

    assert status == 2
    assert text.startswith("SettingsError: the warehouse cannot write its folder ")


def test_it_serves_over_ipv6_loopback(tmp_path: Path) -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback address")
    with LocalClickHouse(tmp_path / "data", host="::1") as server:
        assert server.url.startswith("http://[::1]:")
        assert httpx.get(f"{server.url}/ping", trust_env=False).text == "Ok.\n"


def test_a_stop_lets_a_short_query_end(tmp_path: Path) -> None:
    with LocalClickHouse(tmp_path / "data") as server:
        http = http_of(server, WRITER)
        with http.client.stream(
            "POST",
            "/",
            content=b"SELECT sleepEachRow(0.1), number FROM numbers(10) SETTINGS max_block_size = 1",
        ) as answer:
            pieces = answer.iter_raw()
            first = next(pieces)
            server.signal(signal.SIGTERM)
            rest = b"".join(pieces)
        assert (first + rest).count(b"\n") == 10
        assert server.wait() == 0
        http.client.close()


def test_a_stop_cancels_a_long_query(tmp_path: Path) -> None:
    with LocalClickHouse(tmp_path / "data", limits={"drain_seconds": 0.5}) as server:
        http = http_of(server, WRITER)
        with http.client.stream(
            "POST",
            "/",
            content=b"SELECT number FROM numbers(1000000000000) SETTINGS max_block_size = 1000",
        ) as answer:
            pieces = answer.iter_raw()
            next(pieces)
            assert server.stop() == 0
        http.client.close()


def test_data_lives_over_a_restart_and_the_port_is_kept(tmp_path: Path) -> None:
    with LocalClickHouse(tmp_path / "data") as server:
        port = server.port
        with server.client() as client:
            client.command("CREATE TABLE wijkbeeld.t (a UInt64) ENGINE = MergeTree ORDER BY a")
            client.command("INSERT INTO wijkbeeld.t VALUES (1)")
        assert server.stop() == 0
        server.start()
        with server.client() as client:
            assert client.command("SELECT a FROM wijkbeeld.t") == 1
        assert server.port == port


def test_what_is_written_is_for_its_owner_only(tmp_path: Path) -> None:
    with LocalClickHouse(tmp_path / "data"):
        assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
        for file in (tmp_path / "data" / "config").iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            assert WRITER.password not in file.read_text()


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    """The helper of the tests, not the server, but what keeps tests from leaving servers behind."""
    server = LocalClickHouse(tmp_path / "data")
    process = server.spawn()
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline().startswith("http://")

    process.stdin.close()

    assert process.wait(timeout=60) == 0
    process.stdout.close()
    assert process.stderr is not None
    process.stderr.close()
    log = [json.loads(line)["event"] for line in server.log_file.read_text().splitlines()]
    assert wait_until(lambda: log[-1] == "warehouse_closed")
