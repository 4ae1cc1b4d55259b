"""Topics on the real embedded broker: read to the end they had, and not one record further."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from domain.topics import EVENTS, EVENTS_BACKFILL
from tests.support.apache_kafka import ApacheKafka, why_not
from tests.support.broker import EmbeddedBroker
from tests.warehouse.story import Record, Story
from tests.warehouse.topics import make_topics, publish
from warehouse.archive.rows import Selection
from warehouse.replay.from_topic import TOPICS, TopicOrigin
from warehouse.replay.kafka import Committed, TopicReader
from warehouse.replay.origin import Batch, Position
from wijkbeeld.replay.publishing import BackfillPublisher

pytestmark = pytest.mark.integration


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker() as broker:
        make_topics(broker.address)
        yield broker


def read(
    broker: EmbeddedBroker | ApacheKafka, selection: Selection, after: Position | None = None
) -> list[Batch]:
    reader = TopicReader(broker.address, TOPICS)
    try:
        return list(TopicOrigin(reader, selection).batches(after))
    finally:
        reader.close()


def values(batches: list[Batch]) -> list[bytes]:
    return sorted(v for batch in batches for part in batch.records.values() for v in part.values)


def test_both_lanes_are_read_as_they_were_published(broker: EmbeddedBroker) -> None:
    records = Story(3, 400).records()
    publish(broker.address, records)
    batches = read(broker, Selection())
    assert values(batches) == sorted(record.value for record in records)
    assert sum(batch.read for batch in batches) == len(records)


def test_only_what_is_wanted_is_published_and_the_rest_is_counted_as_read(
    broker: EmbeddedBroker,
) -> None:
    records = [*Story(3, 200).records(), Record(EVENTS, b"demo|x", b"not a row")]
    publish(broker.address, records)
    batches = read(broker, Selection(source="demo"))
    assert values(batches) == sorted(r.value for r in records if b'"source":"demo"' in r.value)
    assert sum(batch.read for batch in batches) == len(records)
    none = Selection(until=datetime(2020, 1, 1, tzinfo=UTC))
    assert values(read(broker, none)) == []


def test_what_is_published_meanwhile_is_not_read(broker: EmbeddedBroker) -> None:
    records = Story(4, 300).records()
    publish(broker.address, records)
    reader = TopicReader(broker.address, TOPICS)
    origin = TopicOrigin(reader, Selection())
    assert origin.total(None) == len(records)
    batches = []
    with BackfillPublisher(broker.address) as again:
        for batch in origin.batches(None):
            batches.append(batch)
            again(batch.records)
    reader.close()
    assert sum(batch.read for batch in batches) == len(records)


def test_it_goes_on_to_the_end_that_was_there_at_first(broker: EmbeddedBroker) -> None:
    records = Story(5, 900).records()
    publish(broker.address, records)
    batches = read(broker, Selection())
    assert len(batches) > 1
    publish(broker.address, Story(6, 50).records())

    rest = read(broker, Selection(), batches[0].position)
    assert values(rest) == values(batches[1:])


def test_empty_topics_are_an_end_too(broker: EmbeddedBroker) -> None:
    assert read(broker, Selection()) == []


@pytest.fixture(params=["embedded", "apache-kafka"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EmbeddedBroker | ApacheKafka]:
    """A broker of each kind."""
    reason = why_not() if request.param == "apache-kafka" else None
    if reason:
        pytest.skip(reason)
    with EmbeddedBroker() if request.param == "embedded" else ApacheKafka(tmp_path) as broker:
        make_topics(broker.address)
        yield broker


def test_on_either_broker_the_replays_end_and_the_loaders_place_can_be_compared(
    either: EmbeddedBroker | ApacheKafka,
) -> None:
    records = Story(7, 500).records()
    publish(either.address, records)
    batches = read(either, Selection(since=datetime(2026, 3, 1, tzinfo=UTC)))
    assert values(batches) == sorted(record.value for record in records)
    before = _ends(either)
    with BackfillPublisher(either.address) as again:
        ends: dict[int, int] = {}
        for batch in batches:
            ends |= again(batch.records)
    assert ends == _ends(either)
    assert sum(ends.values()) == sum(before.values()) + len(records)

    committed = Committed(either.address, "loader", EVENTS_BACKFILL)
    assert committed.offsets() == {0: 0, 1: 0, 2: 0, 3: 0}
    asyncio.run(_commit(either.address, "loader", {1: ends[1], 3: 2}))
    assert committed.offsets() == {0: 0, 1: ends[1], 2: 0, 3: 2}
    committed.close()


async def _commit(address: str, group: str, offsets: dict[int, int]) -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers=address, group_id=group, enable_auto_commit=False)
    await consumer.start()
    parts = {TopicPartition(EVENTS_BACKFILL, partition): at for partition, at in offsets.items()}
    consumer.assign(list(parts))
    await consumer.commit(parts)
    await consumer.stop()


def _ends(broker: EmbeddedBroker | ApacheKafka) -> dict[int, int]:
    reader = TopicReader(broker.address, [EVENTS_BACKFILL])
    ends = {partition: end for (_, partition), end in reader.ends().items()}
    reader.close()
    return ends
