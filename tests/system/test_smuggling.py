"""Personal data at the doors of a running Wijkbeeld, and then a search of all that it keeps and says.

What a connector lets through is tried field by field in its own tests. This looks behind all of them at
once: topics, outbox, logs, metrics, tables, pages, answers and messages.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import httpx
import pytest
from kafka import KafkaConsumer  # type: ignore[import-untyped]  # ships no types

from ingest.status import SourceStatus, read_status
from tests.support.smuggled import SMUGGLED, Smuggled, assert_no_trace, smuggled_into
from tests.support.waiting import wait_until
from tests.system.running import RunningWijkbeeld
from warehouse.client import connect
from wijkbeeld.access import WRITER, load_or_create_credentials
from wijkbeeld.datadir import DataDir
from wijkbeeld.gemeenten import municipality_folder

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

SOURCES = """\
[sources.meldkamer]
kind = "p2000"
settings = { file = "pages.log" }

[sources.odrn]
kind = "inspections"
settings = { folder = "drop", mapping = "mappings/odrn.toml", bag_table = "bag.csv" }
"""
NO_BUDGET = '[usual]\nshare = "off"\nrun = "off"\n[reasons.privacy]\nshare = "off"\nrun = "off"\n'
URN = "urn:nld:gemeente-nijmegen:systeem:geluid"
PAGES = (
    "{at}|1600/2/K/A|00.000|001123108|ALN|P 1 BON-01 BR woning {text} Nijmegen 082131",
    "{at}|1600/2/K/A|00.000|001123108|ALN|A1 12101 Rit 12345 {text} Nijmegen",
    "{at}|1600/2/K/A|00.000|001123108|ALN|Aanrijding letsel {text} Nijmegen 123456",
    "{at}|1600/2/K/A|00.000|{text}|ALN|P 2 BR afval Nijmegen 082131",
    "{text}",
)
DELIVERY = Path(__file__).parents[1] / "ingest" / "inspections" / "odrn.csv"


def searched(item: Smuggled) -> list[str]:
    """Return by what an item is known: not by a few digits, which stand in any long number."""
    telling = [trace for trace in item.traces if re.search("[a-z]", trace) or len(trace) >= 8]
    return telling or [item.value.lower()]


SEARCHED = sorted({trace for item in SMUGGLED for trace in searched(item)})


@dataclass
class Found:
    """What was found, by the place where it lay."""

    texts: dict[str, str | bytes] = field(default_factory=dict)

    def add(self, place: str, text: str | bytes) -> None:
        self.texts[place] = text

    def assert_clean(self) -> None:
        """Fail when a trace is anywhere, as it is or as it stands in an address."""
        for place, text in self.texts.items():
            assert_no_trace(place, text, unquote_to_bytes(text), traces=SEARCHED)

    def having(self, word: str) -> set[str]:
        """Return the kinds of places that have a word."""
        return {
            place.partition(" ")[0]
            for place, text in self.texts.items()
            if word.encode() in (text.encode() if isinstance(text, str) else text).lower()
        }


@pytest.fixture
def gemeente(tmp_path: Path) -> Path:
    folder = tmp_path / "proefstad"
    shutil.copytree(str(municipality_folder("nijmegen")), folder)
    (folder / "sources.toml").write_text(SOURCES)
    (folder / "rejects.toml").write_text(NO_BUDGET)
    (folder / "pages.log").touch()
    (folder / "drop").mkdir()
    (folder / "bag.csv").write_text("bag_id,wijk\n0268010000012345,BU02680423\n")
    return folder


def pages() -> str:
    """Every kind in every place of a page, far enough apart that no two are one incident."""
    first = datetime.now(UTC) - timedelta(days=30)
    texts = [item.value for item in SMUGGLED]
    return "".join(
        "FLEX|" + page.format(at=f"{first + n * timedelta(hours=2):%Y-%m-%d %H:%M:%S}", text=text) + "\n"
        for n, (page, text) in enumerate((page, text) for page in PAGES for text in texts)
    )


def delivery() -> tuple[str, int]:
    """Every kind in every column of a delivery, and the number of its rows."""
    header, row, *_ = csv.reader(io.StringIO(DELIVERY.read_text("cp1252")), delimiter=";")
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(header)
    number = 0
    for item in SMUGGLED:
        for column in range(len(header)):
            number += 1
            values = [f"W.Z26.{number}", *row[1:]]
            values[column] = item.value
            writer.writerow(values)
    return out.getvalue(), number


def pushed() -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "a-1",
        "source": URN,
        "type": "nl.veiligheid.signalen.signaal-ontvangen.v1",
        "data": {
            "kind": "signal",
            "occurredAt": datetime.now(UTC).isoformat(timespec="seconds"),
            "theme": "geluidsoverlast",
            "category": "luid",
            "location": {"wijk": "BU02680101"},
        },
    }


def push(running: RunningWijkbeeld, key: str) -> Iterator[httpx.Response]:
    """Every kind in every field of an event; the answers."""
    url = run_file(running)["urls"]["gateway"]
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/cloudevents+json"}
    with httpx.Client(base_url=url, headers=headers, timeout=30) as http:
        yield http.post("/v1/events", json=pushed())
        for carrier in smuggled_into(pushed()):
            yield http.post("/v1/events", json=carrier.record)
        for item in SMUGGLED:
            yield http.get(f"/v1/{quote(item.value)}")


def run_file(running: RunningWijkbeeld) -> dict[str, Any]:
    return dict(json.loads((running.data_dir / "run.json").read_text()))


def outbox(running: RunningWijkbeeld) -> list[SourceStatus]:
    return list(read_status(running.data_dir / "outbox.sqlite").sources)


def settled(running: RunningWijkbeeld, wanted: Mapping[str, int]) -> bool:
    """Whether at least so many records came of each source, and all is stored and trimmed.

    A row of a delivery may come to an inspection and its recheck.
    """
    held = {source.name: source for source in outbox(running)}
    counted = running.status().get("sources", {})
    return all(
        held[name].received + sum(held[name].filtered.values()) >= records
        and held[name].pending == 0
        and counted.get(name, {}).get("in_flight") == 0
        for name, records in wanted.items()
    )


def search(running: RunningWijkbeeld) -> Found:
    found = Found()
    _topics(found, run_file(running)["broker"])
    _tables(found, running)
    for name, part in run_file(running)["parts"].items():
        for path in ("metrics", "healthz", "readyz") if part["health"] else ():
            answer = httpx.get(f"{part['health']}/{path}")
            found.add(f"health {name} {path}", f"{answer.headers}{answer.text}")
    for command in ("status", "sources list", "rejected list", "clients list"):
        done = running.command(*command.split(), "--json")
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
        consumer.subscribe([name for name in consumer.topics() if not name.startswith("__")])
        records = []
        while polled := consumer.poll(timeout_ms=3000, max_records=5000):
            records += [record for part in polled.values() for record in part]
    found.add("topics", b"\n".join(repr(record).encode() + (record.value or b"") for record in records))


def _tables(found: Found, running: RunningWijkbeeld) -> None:
    password = load_or_create_credentials(DataDir(running.data_dir).credentials).writer_password
    with closing(connect(run_file(running)["urls"]["clickhouse"], WRITER, password)) as client:
        names = [
            name for (name,) in client.query("SELECT name FROM system.tables WHERE database = 'default'")
        ]
        for name in names:
            found.add(f"table {name}", repr(client.query(f"SELECT * FROM `{name}`")))


@pytest.mark.parametrize("item", SMUGGLED, ids=lambda item: item.kind)
def test_the_search_would_find_it(item: Smuggled) -> None:
    for text in (f"x{item.value}x", f"GET /v1/{quote(item.value)}", item.value.upper()):
        found = Found()
        found.add("place", text)
        with pytest.raises(AssertionError, match="place"):
            found.assert_clean()


def test_nothing_personal_is_anywhere(tmp_path: Path, gemeente: Path) -> None:
    env = {"WIJKBEELD_GEMEENTE": str(gemeente)}
    quiet = RunningWijkbeeld(tmp_path / "data", env=env)
    added = quiet.command(
        *("clients", "add", "sensoren", "--source", "geluid", "--urn", URN),
        *("--theme", "geluidsoverlast", "--category", "luid", "--rate", "5000", "--burst", "5000"),
    )
    key = re.search(r"wbk_\S+", added.stdout)
    assert key is not None, added.stderr
    rows, number = delivery()
    with quiet as running:
        (gemeente / "pages.log").write_text(pages())
        (gemeente / "drop" / "export.csv").write_text(rows)
        answers = list(push(running, key[0]))
        taken = sum(answer.status_code == 202 for answer in answers)
        assert 0 < taken < len(answers) / 2
        wanted = {"meldkamer": len(PAGES) * len(SMUGGLED), "odrn": number, "geluid": taken}
        wait_until(lambda: settled(running, wanted), 240, f"{wanted}; there is {outbox(running)}")
        found = search(running)
        for number, answer in enumerate(answers):
            found.add(f"answer {number}", f"{answer.headers}{answer.text}")
        found.assert_clean()
        # The search itself: a word that may be there is found at each kind of place.
        assert found.having("meldkamer") >= {"topics", "table", "health", "command", "page", "file"}
        assert found.having("errors") >= {"answer"}
