"""A drain leaves nothing in hand: what a group has committed is what its part has stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]  # has none

from domain.topics import EVENTS, EVENTS_BACKFILL, FIGURES, PARTITIONS, REJECTED, Lane, raw_topic
from tests.support.broker import EmbeddedBroker
from tests.support.clickhouse import WRITER, LocalClickHouse
from tests.support.waiting import wait_until
from tests.system.archives import write_lines
from tests.system.running import RunningWijkbeeld
from warehouse.client import Client, connect

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

LINES = 20_000
LOADED = (EVENTS, EVENTS_BACKFILL, FIGURES, REJECTED)
RECEIPTS = """
SELECT count() FROM
(
    SELECT source, receipt FROM event_log UNION DISTINCT SELECT source, receipt FROM rejected
)
"""


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    """A broker that stays when ``up`` ends, so that it can be asked what was committed."""
    with EmbeddedBroker() as running:
        yield running


@pytest.fixture
def clickhouse(tmp_path: Path) -> Iterator[LocalClickHouse]:
    with LocalClickHouse(tmp_path / "clickhouse") as server:
        yield server


def test_what_is_committed_is_what_is_stored(
    tmp_path: Path, broker: EmbeddedBroker, clickhouse: LocalClickHouse
) -> None:
    archive = tmp_path / "lines.txt"
    write_lines(archive, LINES, seed=1)
    env = {
        "WIJKBEELD_BROKER": broker.address,
        "WIJKBEELD_CLICKHOUSE": clickhouse.url,
        "WIJKBEELD_CLICKHOUSE_USER": WRITER.name,
        "WIJKBEELD_CLICKHOUSE_PASSWORD": WRITER.password,
    }
    source = f"p2000={archive}"
    with RunningWijkbeeld(tmp_path / "data", "--source", source, env=env, parts=7) as running:
        client = connect(clickhouse.url, WRITER.name, WRITER.password)
        wait_until(lambda: stored(client) > 0, 120, "the middle of the replay")
        assert running.interrupt(timeout=30) == 0
        assert "drained: in flight 0, committed = flushed" in running.output, running.output[-1500:]
        for part in ("ingest", "streams", "loader", "recompute"):
            (drained,) = [entry for entry in running.log(part) if entry["event"] == "drained"]
            assert drained["clean"], part

    raw = committed(broker, "wijkbeeld-streams", [raw_topic("p2000", lane) for lane in Lane])
    loaded = committed(broker, "wijkbeeld-loader", LOADED)
    assert 0 < raw <= LINES
    assert published(broker) == raw  # each raw record became one event or reject
    assert stored(client) == loaded
    client.close()


def stored(client: Client) -> int:
    ((receipts,),) = client.query(RECEIPTS)
    return int(receipts)


def committed(broker: EmbeddedBroker, group: str, topics: list[str] | tuple[str, ...]) -> int:
    """Return the sum of a group's committed offsets."""
    consumer = KafkaConsumer(bootstrap_servers=broker.address, group_id=group, enable_auto_commit=False)
    try:
        offsets = [
            consumer.committed(TopicPartition(topic, n)) for topic in topics for n in range(PARTITIONS)
        ]
    finally:
        consumer.close()
    return sum(offset or 0 for offset in offsets)


def published(broker: EmbeddedBroker) -> int:
    """Return how many records the topics that are loaded hold, read from their start."""
    consumer = KafkaConsumer(bootstrap_servers=broker.address, enable_auto_commit=False)
    partitions = [TopicPartition(topic, n) for topic in LOADED for n in range(PARTITIONS)]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    found = 0
    try:
        while polled := consumer.poll(timeout_ms=2000, max_records=5000):
            found += sum(len(records) for records in polled.values())
    finally:
        consumer.close()
    return found
