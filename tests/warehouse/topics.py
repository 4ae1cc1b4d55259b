"""Topics on a real broker, for tests of the loader: made, filled and read."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from domain.topics import ACKS, topic_specs
from tests.warehouse.story import Record


def make_topics(address: str) -> None:
    """Create the topics of the system."""

    async def make() -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=address)
        await admin.start()
        answer = await admin.create_topics([NewTopic(s.name, s.partitions, 1) for s in topic_specs(())])
        assert [error for _, error, *_ in answer.topic_errors if error] == []
        await admin.close()

    asyncio.run(make())


def publish(address: str, records: Sequence[Record]) -> None:
    """Publish records, each to its topic, and return when the broker has them."""

    async def send() -> None:
        async with AIOKafkaProducer(bootstrap_servers=address, acks="all") as producer:
            sent = [
                await producer.send(
                    record.topic, record.value, key=record.key, headers=list(record.headers)
                )
                for record in records
            ]
            await asyncio.gather(*sent)

    asyncio.run(send())


def acknowledged(address: str) -> set[tuple[str, int]]:
    """Return every (source, receipt) that topic ``acks`` names."""

    async def read() -> set[tuple[str, int]]:
        found: set[tuple[str, int]] = set()
        async with AIOKafkaConsumer(bootstrap_servers=address, auto_offset_reset="earliest") as consumer:
            consumer.assign([TopicPartition(ACKS, 0)])
            while batches := await consumer.getmany(timeout_ms=1000):
                for records in batches.values():
                    for record in records:
                        ack = orjson.loads(record.value)
                        for first, last in ack["ranges"]:
                            found |= {(ack["source"], n) for n in range(first, last + 1)}
        return found

    return asyncio.run(read())
