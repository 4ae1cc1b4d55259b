from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from aiokafka.errors import (
    CommitFailedError,
    KafkaConnectionError,
    OutOfOrderSequenceNumber,
    TopicAuthorizationFailedError,
)
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]  # ships no types
from kafka.admin import KafkaAdminClient, NewTopic  # type: ignore[import-untyped]  # ships no types

from domain.errors import BrokerUnavailable
from streams.chunk import Outgoing
from streams.publishing import MAX_BATCH_BYTES, Publisher, passes_by_itself
from tests.support.apache_kafka import ApacheKafka, why_not
from tests.support.broker import EmbeddedBroker


@pytest.fixture(params=["embedded", "apache-kafka"])
def broker(request: pytest.FixtureRequest) -> Iterator[EmbeddedBroker | ApacheKafka]:
    reason = why_not() if request.param == "apache-kafka" else None
    if reason:
        pytest.skip(reason)
    with EmbeddedBroker() if request.param == "embedded" else ApacheKafka() as running:
        admin = KafkaAdminClient(bootstrap_servers=running.address)
        admin.create_topics([NewTopic("out", num_partitions=4, replication_factor=1)])
        admin.close()
        yield running


def outgoing(count: int, size: int, partition: int = 3) -> Outgoing:
    return Outgoing(
        "out",
        partition,
        [str(n).encode() for n in range(count)],
        [bytes(size)] * count,
        [[("ce_id", str(n).encode())] for n in range(count)],
    )


@pytest.mark.integration
def test_a_chunk_larger_than_a_batch_arrives_whole_in_order_on_its_partition(
    broker: EmbeddedBroker | ApacheKafka,
) -> None:
    part = outgoing(3000, MAX_BATCH_BYTES // 1000)

    async def publish() -> bool:
        publisher = Publisher(broker.address, "test")
        await publisher.start()
        await publisher.publish([part])
        numbered = publisher._producer._txn_manager is not None
        await publisher.stop()
        return numbered

    idempotent = asyncio.run(publish())
    assert idempotent is (broker.name == "apache-kafka")
    consumer = KafkaConsumer(bootstrap_servers=broker.address, consumer_timeout_ms=3000)
    consumer.assign([TopicPartition("out", 3)])
    consumer.seek_to_beginning()
    found = [(record.key, dict(record.headers)["ce_id"]) for record in consumer]
    consumer.close()
    assert found == [(key, key) for key in part.keys]


@pytest.mark.integration
def test_a_broker_that_is_away_is_a_reason_to_wait_and_to_connect_again() -> None:
    async def publish() -> None:
        with EmbeddedBroker() as place:
            port = place.port
        publisher = Publisher(f"127.0.0.1:{port}", "test")
        for _ in range(2):
            with pytest.raises(BrokerUnavailable):
                await publisher.publish([outgoing(1, 1, partition=0)])
        with EmbeddedBroker(port) as back:
            admin = KafkaAdminClient(bootstrap_servers=back.address)
            admin.create_topics([NewTopic("out", num_partitions=4, replication_factor=1)])
            admin.close()
            await publisher.publish([outgoing(1, 1, partition=0)])
            await publisher.stop()

    asyncio.run(publish())


def test_which_errors_need_no_more_than_another_try() -> None:
    assert passes_by_itself(KafkaConnectionError())
    assert passes_by_itself(CommitFailedError())
    assert not passes_by_itself(OutOfOrderSequenceNumber())
    assert not passes_by_itself(TopicAuthorizationFailedError())
    assert not passes_by_itself(ValueError())
