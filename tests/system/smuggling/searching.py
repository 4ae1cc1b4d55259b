"""All that a running Wijkbeeld keeps and says, and the search of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

import httpx
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]  # ships no types

from tests.support.smuggled import SMUGGLED, Smuggled, assert_no_trace
from tests.support.waiting import wait_until
from tests.system.running import RunningWijkbeeld
from warehouse.client import connect
from wijkbeeld.access import WRITER, load_or_create_credentials
from wijkbeeld.datadir import DataDir

COMMANDS = (
    "status --json",
    "sources list --json",
    "sources check",
    "rejected list --rows --json",
    "clients list --json",
)


def searched(item: Smuggled) -> list[str]:
    """Return by what an item is known: not by what numbers or thousands of hashes have by chance."""
    letters, digits = 7, 8
    telling = [t for t in item.traces if len(t) >= (letters if re.search("[a-z]", t) else digits)]
    return telling or [item.value.lower()]


SEARCHED = sorted({trace for item in SMUGGLED for trace in searched(item)})


@dataclass
class Found:
    """What was found, by the place where it lay."""

    texts: dict[str, str | bytes] = field(default_factory=dict)

    def add(self, place: str, text: str | bytes) -> None:
        """Take what lay at a place; its first word is the kind of place."""
        assert place not in self.texts
        self.texts[place] = text

    def assert_clean(self, *further: str) -> None:
        """Fail when a trace or one of ``further`` is anywhere, as it is or as in an address."""
        for place, text in self.texts.items():
            assert_no_trace(place, text, unquote_to_bytes(text), traces=[*SEARCHED, *further])

    def having(self, word: str) -> set[str]:
        """Return the kinds of places that have a word."""
        return {
            place.partition(" ")[0]
            for place, text in self.texts.items()
            if word.encode() in (text.encode() if isinstance(text, str) else text).lower()
        }


def run_file(running: RunningWijkbeeld) -> dict[str, Any]:
    """Return ``run.json``."""
    return dict(json.loads((running.data_dir / "run.json").read_text()))


def search(running: RunningWijkbeeld) -> Found:
    """Return everything that a running Wijkbeeld keeps in its folder, its topics and its tables, and all
    that its parts, its page and its commands say."""
    found = Found()
    _topics(found, run_file(running)["broker"])
    _tables(found, running)
    for name, part in run_file(running)["parts"].items():
        for path in ("metrics", "healthz", "readyz") if part["health"] else ():
            answer = httpx.get(f"{part['health']}/{path}")
            found.add(f"health {name} {path}", f"{answer.headers}{answer.text}")
    for command in COMMANDS:
        done = running.command(*command.split())
        found.add(f"command {command}", done.stdout + done.stderr)
    for path in ("", "api/state", "api/panels"):
        found.add(f"page /{path}", httpx.get(f"{running.page}/{path}").text)
    found.add("output", running.output)
    for file in sorted(running.data_dir.rglob("*")):
        if file.is_file():
            found.add(f"file {file.relative_to(running.data_dir)}", file.read_bytes())
    return found


def _topics(found: Found, broker: str) -> None:
    consumer = KafkaConsumer(bootstrap_servers=broker, auto_offset_reset="earliest", group_id=None)
    with closing(consumer):
        names = sorted(name for name in consumer.topics() if not name.startswith("__"))
        parts = [TopicPartition(t, n) for t in names for n in consumer.partitions_for_topic(t) or ()]
        consumer.assign(parts)
        for name, records in _read(consumer, parts).items():
            found.add(f"topic {name}", b"\n".join(records))


def _read(consumer: KafkaConsumer, parts: Iterable[TopicPartition]) -> dict[str, list[bytes]]:
    """Every record of these partitions, by topic: key, headers and value."""
    told = consumer.end_offsets(list(parts))
    records: dict[str, list[bytes]] = {part.topic: [] for part in told}

    def at_the_ends() -> bool:
        for polled in consumer.poll(timeout_ms=500, max_records=5000).values():
            for record in polled:
                records[record.topic].append(repr(record).encode() + (record.value or b""))
        # The embedded broker may tell an end that is short by a batch; what comes with records is right.
        ends = {part: consumer.highwater(part) for part in told}
        return all(
            end is not None and consumer.position(part) >= max(end, told[part])
            for part, end in ends.items()
        )

    wait_until(at_the_ends, 60, "every topic to be read to its end")
    return records


def _tables(found: Found, running: RunningWijkbeeld) -> None:
    password = load_or_create_credentials(DataDir(running.data_dir).credentials).writer_password
    with closing(connect(run_file(running)["urls"]["clickhouse"], WRITER, password)) as client:
        names = [
            name for (name,) in client.query("SELECT name FROM system.tables WHERE database = 'default'")
        ]
        for name in names:
            found.add(f"table {name}", repr(client.query(f"SELECT * FROM `{name}`")))
