"""Proxies that delay, lose and cut what passes between the parts change no cell and no count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ingest.status import read_status
from tests.support.apache_kafka import ApacheKafka, why_not
from tests.support.broker import EmbeddedBroker
from tests.support.clickhouse import WRITER, LocalClickHouse
from tests.support.proxy import CALM, STORM, Proxy
from tests.support.waiting import wait_until
from tests.system.archives import write_lines
from tests.system.replays import CELLS, everything_stored
from tests.system.running import RunningWijkbeeld
from warehouse.client import Client, connect
from warehouse.counts import SourceCounts, read_counts, read_lag

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

LINES = 3_000
SLICES = 6
OURS = 7
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
def warehouse(tmp_path: Path) -> Iterator[tuple[Proxy, str]]:
    """A proxy before a warehouse, and the warehouse's own address."""
    with (
        LocalClickHouse(tmp_path / "warehouse") as server,
        Proxy(server.port, seed=2) as proxy,
    ):
        yield proxy, f"{server.url}/wijkbeeld"


def test_broken_connections_change_nothing(
    tmp_path: Path,
    calm: tuple[Path, dict[str, int], str],
    broker: Proxy,
    warehouse: tuple[Proxy, str],
) -> None:
    file, counts, cells = calm
    lines = file.read_text().splitlines(keepends=True)
    growing = tmp_path / "growing.txt"
    growing.touch()
    before_warehouse, directly = warehouse
    proxies = (broker, before_warehouse)
    env = {
        "WIJKBEELD_BROKER": broker.address,
        "WIJKBEELD_CLICKHOUSE": before_warehouse.url(directly),
        "WIJKBEELD_CLICKHOUSE_USER": WRITER.name,
        "WIJKBEELD_CLICKHOUSE_PASSWORD": WRITER.password,
    }
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
        with closing(connect(directly, WRITER.name, WRITER.password)) as client:
            wait_until(lambda: _at_rest(running, client), 180, "every line to be stored")
            assert _counts(running, client) == counts
            assert _cells(client) == cells


def _at_rest(running: RunningWijkbeeld, client: Client) -> bool:
    counts = _counts(running, client)
    return counts["received"] == LINES and counts["in_flight"] == 0 and read_lag(client).batches == 0


def _counts(running: RunningWijkbeeld, client: Client) -> dict[str, int]:
    """Return the counts in the words of ``wijkbeeld status``, straight from outbox and warehouse."""
    found = read_counts(client).get("p2000", SourceCounts())
    (source,) = read_status(running.data_dir / "outbox.sqlite").sources
    return {
        "received": source.received,
        "stored": found.stored,
        "superseded": found.superseded,
        "duplicate": source.duplicate,
        "rejected": found.rejected,
        "in_flight": source.issued - found.arrived,
        "unplaced": found.unplaced,
    }


def _cells(client: Client) -> str:
    """Return the cells as ``wijkbeeld sql`` gives them."""
    rows = client.query(CELLS)
    return "".join(f"{wijk}\t{theme}\t{hour:%Y-%m-%d %H:%M:%S}\t{n}\n" for wijk, theme, hour, n in rows)
