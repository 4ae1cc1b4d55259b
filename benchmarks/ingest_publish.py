"""The outbox and its publisher, beside a bare kafka-python loop over the same bytes, in one run.

    python -m benchmarks.ingest_publish [--events N] [--json FILE] [--broker auto|kafka|embedded]

`write` puts drafts through the outbox: identity, content hash, CloudEvent, one transaction per poll.
`publish` reads them back, sends them and marks them when the broker has acknowledged them. `bare loop`
calls `send` for the same keys, values and headers from a list in memory, with the same producer settings
and the vendor's partitioner, and remembers nothing. `whole ingest` is the running part: a connector that
always has more, polled, written and published at the same time.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kafka import KafkaProducer  # type: ignore[import-untyped]  # ships no types
from rich.console import Console
from rich.table import Table

from benchmarks.machine import machine_facts
from benchmarks.stand import broker_of
from domain.clock import SystemClock
from domain.codec import CODEC_VERSION, record_key
from domain.events import Incident
from domain.places import Location
from domain.topics import Lane, raw_topic, topic_specs
from ingest.broker import Producer, create_topics
from ingest.collector import rare_collections
from ingest.keys import KEY_BYTES, KeyedHash
from ingest.outbox.publishing import Record, UnpublishedReader
from ingest.outbox.store import Outbox
from ingest.protocol import Cursor, Draft, Feed, Poll, Source
from ingest.publisher import Publisher
from ingest.service import IngestConfig, run
from ingest.status import read_status
from wijkbeeld.gemeenten import load_municipality

POLL = 1_000
KEYED = KeyedHash(bytes(KEY_BYTES))
START = datetime(2026, 3, 1, tzinfo=UTC)
STREETS = ("graafseweg", "hatertseweg", "st. annastraat", "molenstraat", "zwanenveld")
BARE = "bare loop"


@dataclass(frozen=True, slots=True)
class Result:
    """A measured stretch: name, events, seconds by the clock, seconds of this process's CPU."""

    name: str
    events: int
    seconds: float
    cpu_seconds: float

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "events": self.events,
            "events_per_second": self.events / self.seconds,
            "events_per_cpu_second": self.events / self.cpu_seconds,
        }


class Endless:
    """A connector that always has more, up to ``total`` drafts with random ids."""

    def __init__(self, total: int) -> None:
        self._drafts = [_draft(number) for number in range(total)]

    def poll(self, cursor: Cursor | None, _now: datetime) -> Poll:
        at = 0 if cursor is None else int(str(cursor["at"]))
        found = self._drafts[at : at + POLL]
        end = at + len(found)
        return Poll(found, {"at": end}, timedelta(0), done=end == len(self._drafts))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurements and print them."""
    options = _options(arguments)
    console = Console()
    with broker_of(options.broker) as (broker, why), tempfile.TemporaryDirectory() as folder:
        console.print(f"broker: {broker.name}{f' ({why})' if why else ''}; {options.events:,} events")
        create_topics(broker.address, topic_specs(["written", "bare", "whole"]))
        results = _measure(console, broker.address, Path(folder), options.events)
    console.print(_table(results))
    if options.json:
        report = {
            "benchmark": "ingest_publish",
            "broker": broker.name,
            "machine": machine_facts(),
            "results": [result.as_dict() for result in results],
        }
        options.json.write_text(json.dumps(report, indent=2) + "\n")
    return 0


def _measure(console: Console, bootstrap: str, folder: Path, events: int) -> list[Result]:
    results = []
    source = Source("written", (Feed(Lane.LIVE, Endless(events)),))
    outbox = Outbox(folder / "outbox.sqlite", KEYED, "nijmegen")
    outbox.register([source])
    console.print("write ...")
    results.append(_timed("write", events, lambda: _write(outbox, source)))
    reader = UnpublishedReader(outbox.path)
    records = reader.read(Lane.LIVE, 0, events)
    reader.close()
    for name, work in (
        (BARE, lambda: _bare_loop(bootstrap, records)),
        ("publish", lambda: _publish(bootstrap, outbox)),
    ):
        console.print(f"{name} ...")
        results.append(_timed(name, events, work))
    outbox.close()
    console.print("whole ingest ...")
    whole = Source("whole", (Feed(Lane.LIVE, Endless(events)),))
    results.append(
        _timed(
            "whole ingest",
            events,
            lambda: _whole(bootstrap, folder / "whole.sqlite", whole, events),
        )
    )
    return results


def _timed(name: str, events: int, work: Callable[[], None]) -> Result:
    began, cpu_began = time.monotonic(), time.process_time()
    work()
    return Result(name, events, time.monotonic() - began, time.process_time() - cpu_began)


def _write(outbox: Outbox, source: Source) -> None:
    cursor, done = None, False
    while not done:
        poll = source.feeds[0].connector.poll(cursor, START)
        outbox.write(source, Lane.LIVE, poll, START, None)
        cursor, done = poll.cursor, poll.done


def _bare_loop(bootstrap: str, records: Sequence[Record]) -> None:
    producer = KafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        batch_size=256 * 1024,
        linger_ms=5,
        metrics_enabled=False,
    )
    topic, codec = raw_topic("bare", Lane.LIVE), CODEC_VERSION.encode()
    for record in records:
        producer.send(
            topic,
            record.payload,
            record_key(record.source, record.event_id),
            [
                ("codec", codec),
                ("receipt", str(record.receipt).encode()),
                ("ce_id", record.event_id.encode()),
            ],
        )
    producer.flush()
    producer.close()


def _publish(bootstrap: str, outbox: Outbox) -> None:
    stop = threading.Event()
    publisher = Publisher(outbox, lambda: Producer(bootstrap), keep=True)
    thread = threading.Thread(target=publisher.run, args=(stop,))
    reader = UnpublishedReader(outbox.path)
    with rare_collections():
        thread.start()
        while reader.read(Lane.LIVE, 0, 1):
            time.sleep(0.02)
        stop.set()
        thread.join()
    reader.close()


def _whole(bootstrap: str, path: Path, source: Source, events: int) -> None:
    config = IngestConfig(
        outbox_path=path,
        keyed=KEYED,
        bootstrap=bootstrap,
        incarnation="bench",
        forgets=True,
        municipality=load_municipality("nijmegen"),
        sources=(source,),
        clock=SystemClock(),
    )
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(config, stop, lambda: None))
    thread.start()
    _wait_until_published(path, events)
    stop.set()
    thread.join()


def _wait_until_published(path: Path, events: int) -> None:
    while True:
        sources = read_status(path).sources
        if sources and sources[0].issued == events and not sources[0].unpublished:
            return
        time.sleep(0.25)


def _draft(number: int) -> Draft:
    place = Location(street=STREETS[number % len(STREETS)], gemeente="GM0268")
    data = Incident(
        occurred_at=START + timedelta(seconds=number),
        category="brand-gebouw",
        theme="brand",
        severity=number % 5 + 1,
        service="brandweer",
        priority="p1",
        units=number % 4,
        location=place,
    )
    return Draft(KEYED.id("benchmark", str(number)), data)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--broker", choices=("auto", "kafka", "embedded"), default="auto")
    parser.add_argument("--json", type=Path, help="write the figures and the machine's facts to FILE")
    return parser.parse_args(arguments)


def _table(results: Sequence[Result]) -> Table:
    table = Table(title="source -> outbox -> broker")
    for column in ("", "events/s", "events/CPU-s", "of the bare loop"):
        table.add_column(column, justify="left" if not column else "right")
    bare = next(result for result in results if result.name == BARE)
    for result in results:
        rate = result.events / result.seconds
        table.add_row(
            result.name,
            f"{rate:,.0f}",
            f"{result.events / result.cpu_seconds:,.0f}",
            f"{rate / (bare.events / bare.seconds):.2f}x",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
