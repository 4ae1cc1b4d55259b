"""Proxies that delay, lose and cut what passes between the parts change no cell and no count."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.apache_kafka import ApacheKafka, why_not
from tests.support.broker import EmbeddedBroker
from tests.support.clickhouse import WRITER, LocalClickHouse
from tests.support.proxy import CALM, STORM, Proxy
from tests.support.waiting import wait_until
from tests.system.archives import write_lines
from tests.system.running import RunningWijkbeeld
from tests.system.test_replay import CELLS, everything_stored

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

LINES = 3_000
SLICES = 6
OURS = 5
"""Parts of ours; broker and warehouse stand behind proxies."""


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int], str]:
    """Lines, and the counts and cells of a run in which every connection holds."""
    folder = tmp_path_factory.mktemp("calm")
    lines = folder / "lines.txt"
    write_lines(lines, LINES, seed=5)
    with RunningWijkbeeld(folder / "data", "--source", f"p2000={lines}") as running:
        counts = everything_stored(running, LINES)
        return lines, counts, running.sql(CELLS)


@pytest.fixture(params=["embedded", pytest.param("apache-kafka", marks=pytest.mark.long)])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Proxy]:
    """A proxy; the broker behind it names the proxy to its clients as the place to go to."""
    if request.param == "apache-kafka" and (reason := why_not()):
        pytest.skip(reason)
    with Proxy(target=0, seed=1) as proxy:
        server = (
            EmbeddedBroker(advertised=proxy.port)
            if request.param == "embedded"
            else ApacheKafka(tmp_path / "kafka", advertised=proxy.port)
        )
        proxy.target = server.port
        with server:
            yield proxy


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[tuple[Proxy, dict[str, str]]]:
    """A proxy before a warehouse, and the settings to reach it."""
    with (
        LocalClickHouse(tmp_path / "warehouse") as server,
        Proxy(server.port, seed=2) as proxy,
    ):
        url = proxy.url(f"{server.url}/wijkbeeld")
        access = {
            "WIJKBEELD_CLICKHOUSE": url,
            "WIJKBEELD_CLICKHOUSE_USER": WRITER.name,
            "WIJKBEELD_CLICKHOUSE_PASSWORD": WRITER.password,
        }
        yield proxy, access


def test_broken_connections_change_nothing(
    tmp_path: Path,
    calm: tuple[Path, dict[str, int], str],
    broker: Proxy,
    warehouse: tuple[Proxy, dict[str, str]],
) -> None:
    file, counts, cells = calm
    lines = file.read_text().splitlines(keepends=True)
    growing = tmp_path / "growing.txt"
    growing.touch()
    before_warehouse, access = warehouse
    proxies = (broker, before_warehouse)
    env = {"WIJKBEELD_BROKER": broker.address, **access}
    with RunningWijkbeeld(
        tmp_path / "data", "--source", f"p2000={growing}", env=env, parts=OURS
    ) as running:
        for proxy in proxies:
            proxy.set_weather(STORM)
        for number in range(SLICES):
            suffered = [proxy.cuts for proxy in proxies]
            with growing.open("a") as more:
                more.writelines(lines[number * LINES // SLICES : (number + 1) * LINES // SLICES])
            for proxy, before in zip(proxies, suffered, strict=True):
                wait_until(lambda p=proxy, n=before: p.cuts > n, 120, "a connection to break")  # type: ignore[misc]  # mypy cannot type a default in a lambda
            proxies[number % 2].cut()
        for proxy in proxies:
            proxy.set_weather(CALM)
        assert everything_stored(running, LINES) == counts
        assert running.sql(CELLS) == cells
