"""The commands on a real engine and outbox: what they do, what they log, and what they never say."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner, Result

from domain.codec import decode_event, encode_event
from domain.rejects import RejectReason
from domain.topics import Lane, raw_topic
from ingest.outbox.replays import LANE
from ingest.publisher import Publisher
from ingest.status import read_pending
from streams.rejecting import Record, Rejection, reject_row
from tests.ingest.fakes import MemoryProducer
from tests.ingest.samples import draft, open_outbox, poll, source, unpublished
from tests.streams.samples import headers_for, raw_event
from tests.support.clickhouse import WRITER, LocalClickHouse
from tests.support.waiting import wait_until
from warehouse.client import Client, connect
from warehouse.migrate import migrate
from wijkbeeld.cli import app

pytestmark = pytest.mark.integration

NOW = datetime.now(UTC).replace(microsecond=0)
NAME, PHONE = "Jan de Vries", "0612345678"
FUTURE, SMUGGLED, PRIVATE, PLACELESS = 1, 2, 3, 4
DEMO = source()
_NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalClickHouse]:
    with LocalClickHouse(tmp_path_factory.mktemp("warehouse") / "data") as server:
        yield server


@dataclass
class World:
    """A data dir whose four records were rejected, each for a reason of its own."""

    data_dir: Path
    url: str
    client: Client

    def run(self, *args: str, answer: str | None = None) -> Result:
        env = {
            "WIJKBEELD_CLICKHOUSE": self.url,
            "WIJKBEELD_CLICKHOUSE_USER": WRITER.name,
            "WIJKBEELD_CLICKHOUSE_PASSWORD": WRITER.password,
            "COLUMNS": "80",
        }
        command = ["rejected", *args, "--data-dir", str(self.data_dir)]
        return CliRunner().invoke(app, command, input=answer, env=env)

    def json(self, *args: str) -> Any:
        return json.loads(self.run(*args, "--json").stdout)

    def outcomes(self, *args: str) -> dict[int, str]:
        results = self.json("replay", *args)["results"]
        return {result["receipt"]: result["outcome"] for result in results}

    @property
    def outbox(self) -> Path:
        return self.data_dir / "outbox.sqlite"

    @property
    def trail(self) -> list[dict[str, str]]:
        path = self.data_dir / "trail.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def world(tmp_path: Path, clickhouse: LocalClickHouse) -> Iterator[World]:
    name = f"rejected_{next(_NUMBERS)}"
    admin = connect(clickhouse.url, WRITER.name, WRITER.password)
    admin.execute(f"CREATE DATABASE {name}")
    url = f"{clickhouse.url}/{name}"
    client = connect(url, WRITER.name, WRITER.password)
    migrate(client)
    with closing(open_outbox(tmp_path, DEMO)) as box:
        box.write(DEMO, Lane.LIVE, poll(*(draft(f"e{n}") for n in range(1, 5))), NOW, None)
        box.begin_incarnation("one")
        box.trim("demo", [(1, 4)])
    for row in rejected_rows():
        client.insert_rows("rejected", orjson.dumps(row), str(row["receipt"]))
    yield World(tmp_path, url, client)
    client.close()
    admin.close()


def rejected_rows() -> Iterator[dict[str, Any]]:
    """The rows that streams make of four records, of which two hold what nobody may see."""
    future = orjson.loads(encode_event(raw_event(FUTURE, time=NOW)))
    smuggled = orjson.loads(encode_event(raw_event(SMUGGLED, time=NOW)))
    smuggled["data"]["category"] = f"{NAME} {PHONE}"
    smuggled["data"]["remark"] = NAME
    placeless = orjson.loads(encode_event(raw_event(PLACELESS, time=NOW)))
    placeless["data"]["location"]["wijk"] = NAME
    for receipt, document, why in (
        (FUTURE, future, Rejection(RejectReason.FUTURE, "data.occurredAt", "future")),
        (SMUGGLED, smuggled, Rejection(RejectReason.INVALID, "data.incident.category", "pattern")),
        (PRIVATE, {**smuggled, "sequence": "3"}, Rejection(RejectReason.PRIVACY, "text", "privacy")),
        (PLACELESS, placeless, Rejection(RejectReason.INVALID, "data.incident.location.wijk", "x")),
    ):
        document["data"]["occurredAt"] = (NOW + timedelta(days=400)).isoformat().replace("+00:00", "Z")
        if receipt != FUTURE:
            document["data"]["occurredAt"] = (
                (NOW - timedelta(hours=1)).isoformat().replace("+00:00", "Z")
            )
        record = Record("demo", orjson.dumps(document), headers_for(receipt), 0)
        yield dict(reject_row(record, why))


FIX = f"data.occurredAt={(NOW - timedelta(hours=2)).isoformat().replace('+00:00', 'Z')}"
CATEGORY = "data.category=brand"


def test_list_counts_by_cause_and_names_single_ones(world: World) -> None:
    listed = world.json("list", "--rows", "--reason", "invalid")
    assert {(group["field"], group["n"], group["kept"]) for group in listed["groups"]} == {
        ("data.incident.category", 1, 1),
        ("data.incident.location.wijk", 1, 1),
    }
    assert {row["receipt"] for row in listed["rows"]} == {SMUGGLED, PLACELESS}
    assert "rows" not in world.json("list")
    assert world.run("list", "--source", "nobody").stdout == "no rejects\n"


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["--all"], {1: "still wrong", 2: "needs a fix", 3: "nothing kept", 4: "needs a fix"}),
        (["--all", "--fix", FIX], {1: "sent", 2: "needs a fix", 3: "nothing kept", 4: "needs a fix"}),
        (["demo", "2", "--fix", CATEGORY], {2: "sent"}),
        (["demo", "2", "--fix", f"data.category={NAME}"], {2: "still wrong"}),
        (["--field", "data.incident.location.wijk", "--fix", "data.location.wijk=null"], {4: "sent"}),
    ],
)
def test_a_dry_run_says_what_a_replay_then_does(
    world: World, args: list[str], expected: dict[int, str]
) -> None:
    assert world.outcomes(*args, "--dry-run") == expected
    assert (unpublished(world.outbox, LANE), world.trail) == ([], [])
    done = world.run("replay", *args)
    sent = {receipt for receipt, outcome in expected.items() if outcome == "sent"}
    assert {record.receipt for record in unpublished(world.outbox, LANE)} == sent
    assert done.exit_code == (0 if len(sent) == len(expected) else 1)


def test_what_is_replayed_is_published_under_its_old_identity_at_the_next_start(world: World) -> None:
    assert world.outcomes("demo", "1", "--fix", FIX) == {1: "sent"}
    assert world.outcomes("demo", "1", "--fix", FIX) == {1: "on its way"}
    producer, stop = MemoryProducer(), threading.Event()
    with closing(open_outbox(world.data_dir, DEMO)) as box:
        publisher = Publisher(box, lambda: producer, keep=True)
        thread = threading.Thread(target=publisher.run, args=(stop,))
        thread.start()
        wait_until(lambda: producer.sent)
        stop.set()
        thread.join(60)
        (sent,) = producer.sent
        event = decode_event(sent.value)
        assert (sent.topic, sent.key) == (raw_topic("demo", LANE), b"demo|e1")
        assert dict(sent.headers)["receipt"] == event.sequence.encode() == b"1"
        assert (event.id, event.rev, event.bucket) == ("e1", 1, raw_event().bucket)
        assert event.time == NOW
        assert event.data.occurred_at == NOW - timedelta(hours=2)  # type: ignore[union-attr]  # an incident
        assert read_pending(box.path, "demo") == [(1, 1)]


def test_each_look_at_a_record_is_logged_and_shows_only_what_may_be_kept(world: World) -> None:
    assert world.json("show", "demo", "1")["kept"] > 0
    assert world.trail == []
    shown = world.json("show", "demo", "1", "--record")["record"]
    assert shown["data"]["occurredAt"].startswith(str((NOW + timedelta(days=400)).year))
    assert world.json("show", "demo", "3", "--record")["record"] is None
    assert [(line["action"], line["object"], line["result"]) for line in world.trail] == [
        ("look", "rejected/demo/1", "shown"),
        ("look", "rejected/demo/3", "nothing kept"),
    ]


def test_no_look_without_its_line(world: World) -> None:
    (world.data_dir / "trail.jsonl").mkdir()
    refused = world.run("show", "demo", "1", "--record")
    assert refused.exit_code == 1
    assert "occurredAt" not in refused.output
    assert world.run("replay", "demo", "1", "--fix", FIX).exit_code == 1
    assert unpublished(world.outbox, LANE) == []


def test_discarding_asks_first_and_leaves_the_rows(world: World) -> None:
    assert world.run("discard", "--reason", "invalid", answer="n\n").exit_code == 1
    assert sum(group["kept"] for group in world.json("list")["groups"]) == 3
    assert world.json("discard", "--reason", "invalid", "--yes") == {"discarded": 2}
    groups = world.json("list")["groups"]
    assert sum(group["n"] for group in groups) == 4
    assert sum(group["kept"] for group in groups) == 1
    assert world.outcomes("demo", "2", "--fix", CATEGORY, "--dry-run") == {2: "nothing kept"}
    assert [line["result"] for line in world.trail] == ["begun, 2 records", "emptied 2 records"]


@pytest.mark.parametrize(
    "args",
    [
        ("list", "--rows"),
        ("list", "--rows", "--json"),
        ("show", "demo", "2"),
        ("show", "demo", "2", "--record"),
        ("show", "demo", "4", "--record", "--json"),
        ("replay", "--all", "--dry-run", "--json"),
        ("replay", "--all"),
        ("replay", "demo", "2", "--fix", CATEGORY),
        ("replay", "demo", "2", "--fix", f"data.category={NAME}"),
        ("replay", "demo", "2", "--fix", f"data.remark={NAME}", "--fix", CATEGORY),
        ("discard", "--all", "--yes"),
    ],
)
def test_what_was_smuggled_in_comes_out_nowhere(world: World, args: tuple[str, ...]) -> None:
    done = world.run(*args)
    files = b"".join(path.read_bytes() for path in world.data_dir.iterdir())
    for secret in (NAME, PHONE, "Vries"):
        assert secret not in done.output
        assert secret not in str(done.exception)
        assert secret.encode() not in files


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("show", "demo", "99"), "no reject with receipt 99"),
        (("replay", "demo", "99"), "no reject like that"),
        (("replay",), "say which rejects"),
        (("discard",), "say which rejects"),
        (("replay", "demo"), "SOURCE RECEIPT"),
        (("replay", "--all", "--fix", "rev=2"), "only what the source reported"),
        (("resume", "nobody"), "choose from demo"),
    ],
)
def test_a_mistake_is_one_line(world: World, args: tuple[str, ...], says: str) -> None:
    done = world.run(*args)
    assert done.exit_code == 1
    assert says in str(done.exception)


def test_without_a_warehouse_it_says_that_nothing_runs(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["rejected", "list", "--data-dir", str(tmp_path), "--json"])
    assert done.exit_code == 3
    assert json.loads(done.stdout) == {"running": False}
    assert "nothing runs" in done.stderr
