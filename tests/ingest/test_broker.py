"""The Kafka client against a real embedded broker."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from domain.errors import BrokerUnavailable, SettingsError
from domain.topics import ACKS, PARTITIONS, REJECTED, TopicSpec, topic_specs
from ingest.broker import Producer, TailReader, create_topics
from tests.support.broker import EmbeddedBroker
from tests.support.ports import free_port
from tests.support.waiting import wait_until

pytestmark = [
    pytest.mark.integration,
    # kafka-python leaves a socket open for each time that a broker refuses it.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]

KEPT = timedelta(days=1)


def test_topics_are_made_once_and_another_layout_is_refused(broker: EmbeddedBroker) -> None:
    create_topics(broker.address, topic_specs(["demo"]))
    create_topics(broker.address, topic_specs(["demo", "p2000"]))
    with pytest.raises(SettingsError, match="acks has 1 partitions instead of 3"):
        create_topics(broker.address, [TopicSpec(ACKS, 3, KEPT)])


def test_all_partitions_of_a_topic_are_read(broker: EmbeddedBroker) -> None:
    create_topics(broker.address, topic_specs([]))
    producer = Producer(broker.address)
    sent = [producer.send(REJECTED, n % PARTITIONS, b"k", b"%d" % n, []) for n in range(20)]
    wait_until(lambda: all(delivery.is_done for delivery in sent))
    producer.close(5.0)
    reader = TailReader(broker.address, REJECTED, PARTITIONS)
    values: list[bytes] = []

    def has_all() -> bool:
        values.extend(reader.poll(0.1, 7))
        return len(values) >= 20

    wait_until(has_all)
    reader.close()
    assert sorted(values, key=int) == [b"%d" % n for n in range(20)]


def test_what_was_sent_is_read_from_the_beginning(broker: EmbeddedBroker) -> None:
    create_topics(broker.address, topic_specs([]))
    producer = Producer(broker.address)
    deliveries = [producer.send(ACKS, 0, b"k", b"%d" % n, [("h", b"1")]) for n in range(100)]
    wait_until(lambda: all(delivery.is_done for delivery in deliveries))
    assert [delivery.exception for delivery in deliveries] == [None] * 100
    producer.close(5.0)
    reader = TailReader(broker.address, ACKS)
    values: list[bytes] = []

    def has_all() -> bool:
        values.extend(reader.poll(0.1, 30))
        return len(values) >= 100

    wait_until(has_all)
    reader.close()
    assert values == [b"%d" % n for n in range(100)]


@pytest.mark.parametrize(
    "settings",
    [
        {"acks": 1},
        {"acks": 0},
        {"retries": 0},
        {"max_in_flight_requests_per_connection": 6},
        {"enable_idempotence": False},
    ],
)
def test_settings_that_switch_idempotence_off_are_refused(
    broker: EmbeddedBroker, settings: dict[str, Any]
) -> None:
    with pytest.raises(SettingsError, match=r"idempotence|KafkaConfigurationError") as caught:
        Producer(broker.address, settings)
    assert "\n" not in str(caught.value)


def test_no_client_makes_a_topic_by_asking_for_it(broker: EmbeddedBroker) -> None:
    producer = Producer(broker.address, {"max_block_ms": 300})
    with pytest.raises(BrokerUnavailable, match=r"raw\.demo"):
        producer.partitions("raw.demo")
    reader = TailReader(broker.address, ACKS)
    assert reader.poll(0.3, 1) == []
    reader.close()
    producer.close(5.0)
    # Had one of them made a topic, it would have the broker's number of partitions.
    create_topics(broker.address, [TopicSpec("raw.demo", 7, KEPT), TopicSpec(ACKS, 1, KEPT)])


def test_an_absent_broker_is_unavailable() -> None:
    nobody = f"127.0.0.1:{free_port()}"
    with pytest.raises(BrokerUnavailable, match=nobody):
        create_topics(nobody, topic_specs(["demo"]))
    with pytest.raises(BrokerUnavailable, match=nobody):
        Producer(nobody)


@pytest.mark.parametrize("address", ["", "localhost", "localhost:kafka"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="host:port"):
        Producer(address)


def test_closing_a_producer_whose_broker_died_takes_no_longer_than_it_may(
    broker: EmbeddedBroker,
) -> None:
    create_topics(broker.address, topic_specs([]))
    producer = Producer(broker.address, {"delivery_timeout_ms": 1_500, "request_timeout_ms": 1_000})
    before = producer.send(ACKS, 0, b"k", b"v", [])
    wait_until(lambda: before.is_done)
    broker.kill()
    delivery = producer.send(ACKS, 0, b"k", b"v", [])
    producer.close(0.01)
    assert not delivery.is_done
    wait_until(lambda: delivery.is_done)
    assert delivery.exception is not None
    wait_until(lambda: all(t.name != "producer-close" for t in threading.enumerate()))
