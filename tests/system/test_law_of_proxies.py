"""Every connection between two parts is delayed, lossy and cut, alone and with all: counts stay exact.

Parts meet at the broker and at the warehouse alone, so a proxy before each of the two stands between
every two parts. It knows a part by the name that it says first, and so faults one link at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.support.apache_kafka import ApacheKafka, why_not
from tests.support.broker import EmbeddedBroker
from tests.support.clickhouse import WRITER, LocalClickHouse
from tests.support.links import CALM, NOBODY, STORM, Harm, Squall
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until
from tests.system.archives import write_lines
from tests.system.audits import audited_clean
from tests.system.replays import CELLS, everything_stored
from tests.system.running import RunningWijkbeeld

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

LINES = 3_000
OURS = 7
"""Parts of ours; broker and warehouse stand behind proxies."""

AT_THE_BROKER = {"ingest", "streams", "loader"}
AT_THE_WAREHOUSE = {"loader", "recompute", "archive", "page"}
FROM_THE_START = Squall(rounds=1, every=2)
ALONE = Squall(rounds=3, every=3)
SHORT = Squall(rounds=1, every=2)
QUIET = {"loader", "archive"}
"""At the warehouse: a slice of lines is a few inserts, and the archiver looks four times an hour."""


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
    with Proxy(target=0, seed=1, weather=FROM_THE_START) as proxy:
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
    """A proxy before a warehouse, and the address of the warehouse at the proxy."""
    with (
        LocalClickHouse(tmp_path / "warehouse") as server,
        Proxy(server.port, seed=2, weather=FROM_THE_START) as proxy,
    ):
        yield proxy, f"http://{proxy.address}/wijkbeeld"


def test_broken_connections_change_nothing(
    tmp_path: Path,
    calm: tuple[Path, dict[str, int], str],
    broker: Proxy,
    warehouse: tuple[Proxy, str],
) -> None:
    file, counts, cells = calm
    before_warehouse, url = warehouse
    links = [(broker, part) for part in sorted(AT_THE_BROKER)]
    links += [(before_warehouse, part) for part in sorted(AT_THE_WAREHOUSE)]
    growing = tmp_path / "growing.txt"
    growing.touch()
    slices = sliced(file.read_text().splitlines(keepends=True), len(links) + 1)
    env = {
        "WIJKBEELD_BROKER": broker.address,
        "WIJKBEELD_CLICKHOUSE": url,
        "WIJKBEELD_CLICKHOUSE_USER": WRITER.name,
        "WIJKBEELD_CLICKHOUSE_PASSWORD": WRITER.password,
    }
    with RunningWijkbeeld(
        tmp_path / "data", "--source", f"p2000={growing}", env=env, parts=OURS
    ) as running:
        assert parts_seen(broker) == AT_THE_BROKER | {"setup"}
        # The heartbeat of ingest speaks four times a minute, and nothing waits for it.
        assert parts_seen(before_warehouse) - {"heartbeat"} == AT_THE_WAREHOUSE | {"setup"}
        for proxy, part in [*links, (broker, "setup"), (before_warehouse, "setup")]:
            wait_until_suffered(proxy, part, 1, Counter())
        broker.set_weather(CALM)
        before_warehouse.set_weather(CALM)

        for (proxy, part), lines in zip(links, slices, strict=False):
            weather = SHORT if proxy is before_warehouse and part in QUIET else ALONE
            fault_alone(running, proxy, part, weather, partial(append, growing, lines))

        before = {(proxy, part): suffered(proxy, part) for proxy, part in links}
        broker.set_weather(STORM)
        before_warehouse.set_weather(STORM)
        append(growing, slices[-1])
        broker.cut()
        before_warehouse.cut()
        for proxy, part in before:
            # The archiver has only just looked, and keeps still for a quarter of an hour.
            if part != "archive":
                wait_for_a_cut(proxy, part, before[proxy, part])
        broker.set_weather(CALM)
        before_warehouse.set_weather(CALM)

        assert everything_stored(running, LINES) == counts
        assert running.sql(CELLS) == cells
        audited_clean(running)


def fault_alone(
    running: RunningWijkbeeld, proxy: Proxy, part: str, weather: Squall, more: Callable[[], None]
) -> None:
    """Let one link meet the weather and no other, while ``more`` lines come in."""
    before = {name: link.suffered.total() for name, link in proxy.links.items()}
    suffered_before = suffered(proxy, part)
    proxy.set_weather(weather, f"wijkbeeld-{part}")
    more()
    if part == "archive":
        running.kill_part(part)  # it looks when it starts
    wait_until_suffered(proxy, part, weather.rounds, suffered_before)
    others = {name: link.suffered.total() for name, link in proxy.links.items()}
    del before[f"wijkbeeld-{part}"], others[f"wijkbeeld-{part}"]
    assert {name: others[name] for name in before} == before


def parts_seen(proxy: Proxy) -> set[str]:
    """Return the parts that have spoken; whoever only knocks says no name."""
    assert all(name.startswith("wijkbeeld-") for name in proxy.links if name != NOBODY), proxy.links
    return {name.removeprefix("wijkbeeld-") for name in proxy.links if name != NOBODY}


def suffered(proxy: Proxy, part: str) -> Counter[Harm]:
    return Counter(proxy.links[f"wijkbeeld-{part}"].suffered)


def wait_until_suffered(proxy: Proxy, part: str, times: int, before: Counter[Harm]) -> None:
    wait_until(
        lambda: all((suffered(proxy, part) - before)[harm] >= times for harm in Harm),
        120,
        f"{part} to meet every harm {times} times",
    )


def wait_for_a_cut(proxy: Proxy, part: str, before: Counter[Harm]) -> None:
    wait_until(
        lambda: suffered(proxy, part)[Harm.CUT] > before[Harm.CUT],
        120,
        f"a connection of {part} to break",
    )


def append(file: Path, lines: list[str]) -> None:
    with file.open("a") as out:
        out.writelines(lines)


def sliced(lines: list[str], number: int) -> list[list[str]]:
    return [lines[n * len(lines) // number : (n + 1) * len(lines) // number] for n in range(number)]
