"""Topics on the real embedded broker: read to the end they had, and not one record further."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from domain.topics import EVENTS, EVENTS_BACKFILL
from tests.support.broker import EmbeddedBroker
from tests.warehouse.story import Record, Story
from tests.warehouse.topics import make_topics, publish
from warehouse.archive.rows import Selection
from warehouse.replay.from_topic import TOPICS, TopicOrigin
from warehouse.replay.kafka import Committed, TopicReader
from warehouse.replay.origin import Batch, Position
from wijkbeeld.replay_system import BackfillPublisher

pytestmark = pytest.mark.integration


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker() as broker:
        make_topics(broker.address)
        yield broker


def read(broker: EmbeddedBroker, selection: Selection, after: Position | None = None) -> list[Batch]:
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


def test_the_publisher_tells_where_its_records_end_and_the_loaders_place_is_seen(
    broker: EmbeddedBroker,
) -> None:
    publish(broker.address, Story(7, 500).records())
    batches = read(broker, Selection())
    before = _ends(broker)
    with BackfillPublisher(broker.address) as again:
        ends: dict[int, int] = {}
        for batch in batches:
            ends |= again(batch.records)
    assert ends == _ends(broker)
    assert ends != before

    committed = Committed(broker.address, "nobody", EVENTS_BACKFILL)
    assert committed.offsets() == {0: 0, 1: 0, 2: 0, 3: 0}
    committed.close()


def _ends(broker: EmbeddedBroker) -> dict[int, int]:
    reader = TopicReader(broker.address, [EVENTS_BACKFILL])
    ends = {partition: end for (_, partition), end in reader.ends().items()}
    reader.close()
    return ends
