"""The loader beside a bare insert of the same bytes: rows per second into ClickHouse.

    python -m benchmarks.loader [--events N] [--json FILE]

Contenders, each one process, in one run on one machine, each into an empty database:

- loader: topic `events` -> event_log, event_now and dirty, acknowledged and committed; from having
  joined the group until the last batch is committed.
- bare: the same bytes, already joined in memory, inserted into event_log (the view into event_now with
  it) in batches of the loader's size. Nothing is read, decoded, marked or acknowledged.

The broker is the embedded one and takes part of the same cores, as does the warehouse server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from subprocess import PIPE, run
from typing import Any

import orjson
from aiokafka import AIOKafkaProducer
from rich.console import Console
from rich.table import Table

from benchmarks.machine import machine_facts
from domain.codec import record_key
from domain.rows import EventRow, clickhouse_time, pack_version
from domain.topics import EVENTS, PARTITIONS
from tests.support.broker import EmbeddedBroker
from tests.support.clickhouse import WRITER, LocalClickHouse
from tests.warehouse.topics import make_topics
from warehouse import loader
from warehouse.client import Client, connect
from warehouse.loader.storing import Step
from warehouse.migrate import migrate

BATCH = loader.BatchLimits().rows
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def rows(events: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield key and bytes of first versions spread over a year, 44 wijken and 24 themes."""
    dice = random.Random(1)
    for number in range(events):
        at = clickhouse_time(BEGIN + timedelta(seconds=dice.randrange(365 * 86_400)))
        wijk = f"BU0268{dice.randrange(44):04d}"
        row = EventRow(
            source="bench",
            event_id=f"{dice.getrandbits(96):024x}",
            receipt=number + 1,
            rev=1,
            geo_v=1,
            version=pack_version(1, 1),
            deleted=0,
            counts=1,
            bucket="2026-11-01",
            kind="incident",
            theme=f"theme-{dice.randrange(24)}",
            category="bench",
            severity=dice.randrange(1, 6),
            occurred_at=at,
            received_at=at,
            wijk=wijk,
            stadsdeel="WK026801",
            gemeente="GM0268",
            match_level="coordinates",
            boundary_year=2024,
            service="",
            priority="",
            attrs='{"status":"open"}',
            schema_v=1,
        )
        yield record_key("bench", row["event_id"]), orjson.dumps(row)


async def fill(address: str, events: int) -> None:
    """Write the rows to topic ``events``, a few hundred to a record batch."""
    async with AIOKafkaProducer(bootstrap_servers=address, max_batch_size=256 * 1024) as producer:
        pending = []
        source = rows(events)
        partition = 0
        while part := list(islice(source, 400)):
            batch = producer.create_batch()
            for key, value in part:
                batch.append(key=key, value=value, timestamp=None)
            pending.append(await producer.send_batch(batch, EVENTS, partition=partition))
            partition = (partition + 1) % PARTITIONS
        await asyncio.gather(*pending)


def load(url: str, address: str, events: int) -> dict[str, float]:
    """Run the loader until every row is stored, marked and committed."""
    client = connect(url, WRITER.name, WRITER.password)
    stop = threading.Event()
    clock: list[tuple[float, float]] = []

    def begin() -> None:
        clock.append((time.monotonic(), time.process_time()))

    def step(at: Step) -> None:
        if at is Step.COMMITTED and stored(client) >= events:
            clock.append((time.monotonic(), time.process_time()))
            stop.set()

    config = loader.LoaderConfig(address, "bench", url, WRITER.name, WRITER.password)
    loader.run(config, stop, begin, step)
    ((marked,),) = client.query("SELECT sum(length(cells.wijk)) FROM dirty")
    return reading(events, *clock) | {"cells_marked": float(marked)}


def insert(url: str, events: int) -> dict[str, float]:
    """Insert the same bytes and do nothing else."""
    client = connect(url, WRITER.name, WRITER.password)
    source = rows(events)
    bodies = []
    while part := [value for _, value in islice(source, BATCH)]:
        bodies.append(b"\n".join(part))
    begin = (time.monotonic(), time.process_time())
    for number, body in enumerate(bodies):
        client.insert_rows("event_log", body, token=f"bench-{number}")
    return reading(stored(client), begin, (time.monotonic(), time.process_time()))


def stored(client: Client) -> int:
    """Return how many rows are in event_now; it has no repeats here."""
    ((number,),) = client.query("SELECT count() FROM event_now")
    return int(number)


def reading(events: int, begin: tuple[float, float], end: tuple[float, float]) -> dict[str, float]:
    """Return rates of a process and its highest memory."""
    seconds, cpu = end[0] - begin[0], end[1] - begin[1]
    return {
        "events": events,
        "seconds": seconds,
        "events_per_second": events / seconds,
        "events_per_cpu_second": events / cpu,
        "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


CONTENDERS: dict[str, Callable[[str, str, int], dict[str, float]]] = {
    "bare": lambda url, _address, events: insert(url, events),
    "loader": load,
}


def measure(name: str, server: LocalClickHouse, address: str, events: int) -> dict[str, float]:
    """Run a contender in a process of its own, on an empty database."""
    admin = connect(server.url, WRITER.name, WRITER.password)
    admin.execute(f"CREATE DATABASE {name}")
    admin.close()
    url = f"{server.url}/{name}"
    client = connect(url, WRITER.name, WRITER.password)
    migrate(client)
    client.close()
    order = ["--be", name, "--url", url, "--address", address, "--events", str(events)]
    child = run([sys.executable, "-m", "benchmarks.loader", *order], stdout=PIPE, check=True, text=True)
    result: dict[str, float] = json.loads(child.stdout.splitlines()[-1])
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison; return 0 if all rows arrived."""
    options = _options(arguments)
    if options.be:
        print(json.dumps(CONTENDERS[options.be](options.url, options.address, options.events)))
        return 0
    console = Console()
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalClickHouse(Path(folder) / "data") as server,
        EmbeddedBroker() as broker,
    ):
        make_topics(broker.address)
        console.print(f"writing {options.events:,} rows to topic {EVENTS} ...")
        asyncio.run(fill(broker.address, options.events))
        results = {name: measure(name, server, broker.address, options.events) for name in CONTENDERS}
    _show(console, results)
    if options.json:
        report: dict[str, Any] = {"machine": machine_facts(), "results": results}
        Path(options.json).write_text(json.dumps(report, indent=2))
    return 0 if all(found["events"] == options.events for found in results.values()) else 1


def _show(console: Console, results: dict[str, dict[str, float]]) -> None:
    table = Table("contender", "rows/s", "rows per CPU-second of it", "peak MiB", "of bare")
    for name, found in results.items():
        share = found["events_per_second"] / results["bare"]["events_per_second"]
        table.add_row(
            name,
            f"{found['events_per_second']:,.0f}",
            f"{found['events_per_cpu_second']:,.0f}",
            f"{found['peak_rss_mib']:,.0f}",
            f"{share:.0%}",
        )
    console.print(table)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="the loader beside a bare insert")
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--json", metavar="FILE")
    for hidden in ("--be", "--url", "--address"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
