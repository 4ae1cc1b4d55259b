"""The loss test against Apache Kafka, which keeps what the outbox no longer does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]  # ships no types
from kafka.structs import OffsetAndMetadata  # type: ignore[import-untyped]  # ships no types

from domain.errors import BrokerUnavailable
from domain.topics import EVENTS, REJECTED, topic_specs
from ingest.broker import Producer, create_topics
from ingest.status import read_status
from tests.ingest.counting import RunningIngest, config_for, counting_source
from tests.support.apache_kafka import ApacheKafka, why_not
from tests.support.ports import free_port
from tests.support.waiting import wait_until
from warehouse.audit import Missing
from wijkbeeld.audit.kafka_ledger import LOADED, KafkaLedger, raw_topics

pytestmark = [
    pytest.mark.integration,
    # kafka-python leaves a socket open for each time that a broker refuses it.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]

TOTAL = 40
EVERYTHING: Missing = {"demo": [(1, TOTAL)]}


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApacheKafka]:
    """A running Kafka."""
    if reason := why_not():
        pytest.skip(reason)
    with ApacheKafka(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker


def publish_all(folder: Path, bootstrap: str) -> None:
    """Give out receipts 1 to ``TOTAL``; leave when the broker has all of them and the outbox none."""
    with RunningIngest(config_for(folder, bootstrap, counting_source(30, 10), forgets=False)):

        def published() -> bool:
            sources = read_status(folder / "outbox.sqlite").sources
            return bool(sources) and (sources[0].issued, sources[0].pending) == (TOTAL, 0)

        wait_until(published, 120, "Kafka to have everything")


def commit_ends(bootstrap: str, group: str, topics: tuple[str, ...]) -> None:
    """Do as if a group had read these topics to their ends."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    parts = [TopicPartition(topic, number) for topic in topics for number in range(4)]
    consumer.assign(parts)
    offsets = consumer.end_offsets(parts)
    consumer.commit({part: OffsetAndMetadata(offset, "", -1) for part, offset in offsets.items()})
    consumer.close()


def send(bootstrap: str, topic: str, receipts: range) -> None:
    producer = Producer(bootstrap)
    deliveries = [
        producer.send(
            topic, n % 4, b"demo|x", orjson.dumps({"source": "demo", "receipt": n}), [("h", b"1")]
        )
        for n in receipts
    ]
    wait_until(lambda: all(delivery.is_done for delivery in deliveries), 60)
    producer.close(5.0)


def test_what_is_in_flight_is_found_where_it_is_and_a_fence_passes_behind_it(
    kafka: ApacheKafka, tmp_path: Path
) -> None:
    create_topics(kafka.address, topic_specs(["demo"]))
    publish_all(tmp_path, kafka.address)
    ledger = KafkaLedger(
        tmp_path / "outbox.sqlite", kafka.address, streams_group="streams", loader_group="loader"
    )
    account = ledger.read().accounts["demo"]
    assert (account.issued, account.waiting) == (TOTAL, ())

    fence = ledger.fence()
    assert not fence.passed()
    assert fence.ahead() == "records before the streams"
    assert ledger.read().find(EVERYTHING) == EVERYTHING

    # The streams have read all of it, and published part of what came of it.
    send(kafka.address, EVENTS, range(1, 11))
    send(kafka.address, REJECTED, range(11, 14))
    commit_ends(kafka.address, "streams", raw_topics(["demo"]))
    assert not fence.passed()
    assert fence.ahead() == "records before the loader"
    assert ledger.read().find(EVERYTHING) == {"demo": [(1, 13)]}

    commit_ends(kafka.address, "loader", LOADED)
    assert fence.passed()
    assert ledger.read().find(EVERYTHING) == {"demo": []}


def test_of_a_broker_that_is_away_nothing_is_claimed(kafka: ApacheKafka, tmp_path: Path) -> None:
    create_topics(kafka.address, topic_specs(["demo"]))
    publish_all(tmp_path, kafka.address)
    outbox = tmp_path / "outbox.sqlite"
    away = KafkaLedger(
        outbox, f"127.0.0.1:{free_port()}", streams_group="streams", loader_group="loader"
    )
    assert away.read().find(EVERYTHING) is None
    with pytest.raises(BrokerUnavailable):
        away.fence().passed()
    unknown = KafkaLedger(outbox, "", streams_group="streams", loader_group="loader")
    assert unknown.read().find(EVERYTHING) is None
    assert not unknown.fence().passed()
