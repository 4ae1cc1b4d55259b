"""What lies in topics, read with a Kafka consumer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]  # ships no types

from domain.codec import HEADER_RECEIPT
from tests.support.waiting import wait_until


class Received(NamedTuple):
    topic: str
    partition: int
    key: bytes
    value: bytes
    receipt: int


def read_until(
    bootstrap: str, topics: Iterable[str], receipts: Iterable[int], timeout: float = 120.0
) -> list[Received]:
    """Return the records of ``topics`` from their beginning, as soon as all ``receipts`` are there."""
    wanted = set(receipts)
    records: list[Received] = []
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    try:
        assigned = [TopicPartition(topic, n) for topic in topics for n in range(4)]
        consumer.assign(assigned)
        consumer.seek_to_beginning(*assigned)

        def has_all() -> bool:
            for polled in consumer.poll(timeout_ms=200, max_records=5_000).values():
                for record in polled:
                    receipt = int(dict(record.headers)[HEADER_RECEIPT])
                    wanted.discard(receipt)
                    records.append(
                        Received(record.topic, record.partition, record.key, record.value, receipt)
                    )
            return not wanted

        wait_until(has_all, timeout, f"{len(wanted)} receipts in {bootstrap}")
    finally:
        consumer.close()
    return records
