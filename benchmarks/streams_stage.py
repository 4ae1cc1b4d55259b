"""Our streams worker beside idiomatic Faust, quixstreams, bytewax and a bare loop, in one run.

    python -m benchmarks.streams_stage [--events N] [--json FILE] [--broker auto|kafka|embedded]

Each contender is one process that reads the same raw topic (4 partitions) from the start, validates,
locates and classifies every event with the same stage functions, and publishes the row with its key and
headers to a topic of its own. Afterwards the output topics are read and compared: every event is there,
and its row has the same bytes. The bare loop (see ``bare_loop``) is the limit of one process and makes
no rows: of it only the number of records is compared. Idiomatic Faust gets fewer events, since it would
take minutes. Rates run from the first record until the last one is stored.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import zlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from subprocess import PIPE, run
from typing import Any

from aiokafka import AIOKafkaConsumer
from kafka.admin import KafkaAdminClient, NewTopic  # type: ignore[import-untyped]  # ships no types
from rich.console import Console
from rich.table import Table

from benchmarks.contenders import CONTENDERS
from benchmarks.machine import machine_facts
from benchmarks.meter import Meter
from benchmarks.raw_events import SOURCE, batches
from benchmarks.stand import broker_of
from domain.topics import PARTITIONS, Lane, raw_topic
from streams.publishing import Publisher
from streams.tables import build_tables
from wijkbeeld.gemeenten import load_municipality

RAW = raw_topic(SOURCE, Lane.LIVE)
BARS = {"bare loop": 0.5, "quixstreams": 3.0, "bytewax": 3.0, "faust take(1000)": 15.0}
"""How many times as fast as this ours is expected to be."""
LIMIT = "bare loop"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison; return 0 if every output was complete."""
    options = _options(arguments)
    if options.contender:
        return _be_contender(options)
    console = Console()
    with broker_of(options.broker) as (broker, why):
        console.print(f"broker: {broker.name}{f' ({why})' if why else ''}; one process each")
        _create_topics(broker.address)
        console.print(f"writing {options.events:,} raw events to {PARTITIONS} partitions ...")
        asyncio.run(_fill(broker.address, options.events))
        rows: dict[bytes, int] = {}
        results = [
            _measure(console, broker.address, name, options, rows)
            for name in CONTENDERS
            if (not options.only or name in options.only) and _is_here(console, name)
        ]
    console.print(_table(results))
    complete = all(result["complete"] for result in results)
    if not complete:
        console.print("the outputs are NOT the same work", style="bold red")
    report = {"benchmark": "streams_stage", "broker": broker.name, "machine": machine_facts()}
    if options.json:
        options.json.write_text(json.dumps(report | {"results": results}, indent=2) + "\n")
    return 0 if complete else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--events", type=int, default=600_000, help="raw events to write")
    parser.add_argument("--events-faust", type=int, default=60_000, help="of these, for idiomatic Faust")
    parser.add_argument("--broker", choices=("auto", "kafka", "embedded"), default="auto")
    parser.add_argument("--only", action="append", choices=tuple(CONTENDERS), help="repeat for several")
    parser.add_argument("--json", type=Path, help="write the figures and the machine's facts to FILE")
    parser.add_argument("--contender", help=argparse.SUPPRESS)
    parser.add_argument("--bootstrap", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    options.events_faust = min(options.events_faust, options.events)
    return options


def _is_here(console: Console, name: str) -> bool:
    if name != "bytewax" or find_spec("bytewax") is not None:
        return True
    console.print("bytewax: left out, it has no wheel for this Python")
    return False


def _create_topics(bootstrap: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    names = [RAW, *(_out(name) for name in CONTENDERS)]
    admin.create_topics(
        [NewTopic(name, num_partitions=PARTITIONS, replication_factor=1) for name in names]
    )
    admin.close()


def _out(contender: str) -> str:
    return "out." + contender.partition(" ")[0]


async def _fill(bootstrap: str, events: int) -> None:
    publisher = Publisher(bootstrap, "benchmark")
    await publisher.start()
    for batch in batches(RAW, events, PARTITIONS, load_municipality("nijmegen")):
        await publisher.publish([batch])
    await publisher.stop()


def _measure(
    console: Console, bootstrap: str, name: str, options: argparse.Namespace, rows: dict[bytes, int]
) -> dict[str, Any]:
    """Let a contender work; compare its rows with ``rows``, which the first contender fills."""
    events = options.events_faust if name.startswith("faust") else options.events
    console.print(f"{name}: {events:,} events ...")
    command = (sys.executable, "-m", "benchmarks.streams_stage")
    child = run(
        [*command, f"--contender={name}", f"--bootstrap={bootstrap}", f"--events={events}"],
        stdout=PIPE,
        timeout=900,
        check=True,
    )
    reading: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    found = asyncio.run(_read_back(bootstrap, _out(name), events))
    if not rows and name != LIMIT:
        rows.update(found)
    same = name == LIMIT or all(rows.get(key) == digest for key, digest in found.items())
    complete = same and len(found) >= events
    return {"contender": name, **reading, "published": len(found), "complete": complete}


def _be_contender(options: argparse.Namespace) -> int:
    meter = Meter(options.events, SOURCE, f"bench-{_out(options.contender)}")
    tables = build_tables(load_municipality("nijmegen"), geo_v=1)
    with tempfile.TemporaryDirectory() as folder:
        work = CONTENDERS[options.contender]
        work(options.bootstrap, RAW, _out(options.contender), tables, meter, Path(folder))
    if meter.reading is None:
        return 1
    print(json.dumps(meter.reading.as_dict()), flush=True)
    return 0


async def _read_back(bootstrap: str, topic: str, expected: int) -> dict[bytes, int]:
    """Return the checksum of each event's row that a topic holds, by the event's key."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    found: dict[bytes, int] = {}
    try:
        while len(found) < expected:
            fetched = await consumer.getmany(timeout_ms=5000)
            if not fetched:
                break
            for records in fetched.values():
                found.update((record.key, zlib.crc32(record.value)) for record in records)
    finally:
        await consumer.stop()
    return found


def _table(results: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="raw topic -> validated, located, classified -> topic")
    for column in ("", "events/s", "events/CPU-s", "peak MiB", "events", "ours is", "bar"):
        table.add_column(column, justify="left" if not column else "right")
    ours = next((r["events_per_second"] for r in results if r["contender"] == "ours"), None)
    for result in results:
        name, rate = result["contender"], result["events_per_second"]
        bar = BARS.get(name)
        table.add_row(
            name,
            f"{rate:,.0f}",
            f"{result['events_per_cpu_second']:,.0f}",
            f"{result['peak_rss_mib']:,.0f}",
            f"{result['published']:,}",
            f"{ours / rate:.2f}x" if ours and bar else "",
            f">= {bar:g}x" if bar else "",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
