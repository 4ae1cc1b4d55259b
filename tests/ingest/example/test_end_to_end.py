"""The source of docs/add-a-source.md, from its table in sources.toml to rows for the warehouse."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from domain.codec import CODEC_VERSION, HEADER_CODEC
from domain.topics import Lane, raw_topic, topic_specs
from ingest.broker import create_topics
from ingest.context import SourceContext
from ingest.declarations import parse_declarations
from ingest.kind import Kind
from ingest.outbox.desk import ask, read_request
from ingest.protocol import Period, Source
from ingest.sources import KINDS, build_sources
from ingest.status import read_status
from streams.pipeline import Pipeline
from streams.tables import build_tables
from tests.ingest.counting import TOWN, RunningIngest, config_for
from tests.ingest.example.geluid import source as geluid
from tests.ingest.samples import KEYED
from tests.ingest.topics import read_until
from tests.streams.samples import chunk_of
from tests.support.broker import EmbeddedBroker
from tests.support.waiting import wait_until

PAGE = Path(__file__).parents[3] / "docs" / "add-a-source.md"
NOW = datetime.now(UTC).replace(microsecond=0)
SECRET = "Jan Jansen, 06-12345678"


def declared() -> str:
    """The table of sources.toml on the page."""
    (table,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return str(table)


def built(folder: Path) -> Source:
    kinds = {**KINDS, "geluid": Kind(geluid.Settings, geluid.build, rhythm=geluid.RHYTHM)}
    context = SourceContext(TOWN, KEYED, None, False, 1, NOW)
    (made,) = build_sources(parse_declarations(declared(), kinds, folder).sources, context, kinds)
    return replace(made, schedule=type(made.schedule)())


def line(number: int, decibel: int = 90, **more: Any) -> str:
    at = NOW - timedelta(hours=number + 1)
    reading = {"id": f"r{number}", "at": at.isoformat(), "wijk": "BU09990101", "decibel": decibel}
    return json.dumps(reading | more) + "\n"


def test_the_page_shows_what_runs() -> None:
    text = PAGE.read_text(encoding="utf-8")
    code = Path(geluid.__file__).read_text(encoding="utf-8")
    shown = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert shown
    missing = [part for block in shown for part in block.split("\n...\n") if part.strip() not in code]
    assert [part for part in missing if "KINDS" not in part] == []


def test_findings_of_a_sample(tmp_path: Path) -> None:
    (tmp_path / "geluid.ndjson").write_text(line(1) + line(2, 60) + "{half\n" + line(3)[:20])
    poll = built(tmp_path).feeds[0].connector.poll(None, NOW)
    assert [type(finding).__name__ for finding in poll.findings] == ["Draft", "Unreadable"]
    assert poll.wait > timedelta(0)
    rest = line(3)[20:]
    with (tmp_path / "geluid.ndjson").open("a") as file:
        file.write(rest)
    again = built(tmp_path).feeds[0].connector.poll(poll.cursor, NOW)
    assert len(again.findings) == 1


@pytest.mark.integration
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_a_new_source_comes_all_the_way(broker: EmbeddedBroker, tmp_path: Path) -> None:
    (tmp_path / "geluid.ndjson").write_text(
        line(1, note=SECRET) + line(2) + line(3, 60) + f'{{"id": "{SECRET}"}}\n'
    )
    create_topics(broker.address, topic_specs(["geluid"]))
    outbox = tmp_path / "outbox.sqlite"
    with RunningIngest(config_for(tmp_path, broker.address, built(tmp_path))):
        wait_until(lambda: _issued(outbox) == 3)
        records = read_until(broker.address, [raw_topic("geluid", Lane.LIVE)], [1, 2])
        number = ask(outbox, "geluid", Period(NOW - timedelta(days=1), NOW), NOW)
        wait_until(lambda: read_request(outbox, number).ended_at is not None)
        wait_until(lambda: read_status(outbox).sources[0].heartbeat is not None)
    request = read_request(outbox, number)
    assert (request.received, request.duplicate, request.error) == (2, 2, None)

    header = ((HEADER_CODEC, CODEC_VERSION.encode()),)
    chunk = replace(
        chunk_of([record.value for record in records]),
        topic=raw_topic("geluid", Lane.LIVE),
        headers=[header] * len(records),
    )
    rows = [
        orjson.loads(value) for made in Pipeline(build_tables(TOWN, 1))(chunk) for value in made.values
    ]
    assert {(row["event_id"], row["wijk"], row["theme"]) for row in rows} == {
        ("r1", "BU09990101", "geluidsoverlast"),
        ("r2", "BU09990101", "geluidsoverlast"),
    }
    assert not any(SECRET.encode() in record.value for record in records)
    assert SECRET.encode() not in outbox.read_bytes()


def _issued(outbox: Path) -> int:
    sources = read_status(outbox).sources
    return sources[0].issued if sources else 0
