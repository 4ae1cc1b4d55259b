"""A broker's topics as a test needs them: create, fill, read back, ask for committed offsets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from kafka import KafkaConsumer, KafkaProducer, TopicPartition  # type: ignore[import-untyped]  # has none
from kafka.admin import KafkaAdminClient, NewTopic  # type: ignore[import-untyped]  # ships no types

from domain.codec import encode_event, record_key
from domain.topics import EVENTS, PARTITIONS, REJECTED
from tests.streams.samples import SOURCE, headers_for, raw_event
from tests.support.waiting import wait_until

Record = tuple[int, int, bytes]
"""Receipt, partition, value."""


def events(receipts: Iterable[int]) -> list[Record]:
    """Return raw events, spread over the partitions."""
    return [(n, n % PARTITIONS, encode_event(raw_event(n))) for n in receipts]


class Cluster:
    """The topics of one test on a running broker. All names carry ``suffix``, but for the outputs.

    Args:
        address: of the broker.
        source: name of the test's source; its raw topics are created.
    """

    def __init__(self, address: str, source: str = SOURCE) -> None:
        self.address = address
        self.raw = f"raw.{source}"

    def create_topics(self, *more: str) -> None:
        admin = KafkaAdminClient(bootstrap_servers=self.address)
        names = [
            self.raw,
            f"{self.raw}.backfill",
            EVENTS,
            f"{EVENTS}.backfill",
            "figures",
            REJECTED,
            *more,
        ]
        admin.create_topics(
            [NewTopic(name, num_partitions=PARTITIONS, replication_factor=1) for name in names]
        )
        admin.close()

    def send(self, records: Sequence[Record], topic: str | None = None) -> None:
        producer = KafkaProducer(bootstrap_servers=self.address, linger_ms=20)
        self._send(producer, records, topic or self.raw)
        producer.flush()
        producer.close()

    def send_in_transactions(self, batches: Sequence[tuple[Sequence[Record], bool]]) -> None:
        """Send each batch as one transaction; with False it is aborted."""
        producer = KafkaProducer(bootstrap_servers=self.address, transactional_id="test")
        producer.init_transactions()
        for records, commit in batches:
            producer.begin_transaction()
            self._send(producer, records, self.raw)
            if commit:
                producer.commit_transaction()
            else:
                producer.flush()
                producer.abort_transaction()
        producer.close()

    @staticmethod
    def _send(producer: Any, records: Sequence[Record], topic: str) -> None:
        for receipt, partition, value in records:
            key = record_key(SOURCE, f"e{receipt}")
            producer.send(topic, value, key=key, headers=headers_for(receipt), partition=partition)

    def committed(self, group: str, topic: str | None = None) -> dict[int, int]:
        """Return the group's committed offset per partition; partitions without one are left out."""
        consumer = KafkaConsumer(
            bootstrap_servers=self.address, group_id=group, enable_auto_commit=False
        )
        try:
            found = {
                n: consumer.committed(TopicPartition(topic or self.raw, n)) for n in range(PARTITIONS)
            }
        finally:
            consumer.close()
        return {n: offset for n, offset in found.items() if offset}

    def log_ends(self) -> dict[int, int]:
        """Return the end of each partition's log, markers included. Apache Kafka only."""
        consumer = KafkaConsumer(bootstrap_servers=self.address)
        partitions = [TopicPartition(self.raw, n) for n in range(PARTITIONS)]
        try:
            return {tp.partition: offset for tp, offset in consumer.end_offsets(partitions).items()}
        finally:
            consumer.close()


class Reader:
    """Reads a topic of rows from the start and keeps what it has seen."""

    def __init__(self, address: str, topic: str) -> None:
        self._consumer = KafkaConsumer(bootstrap_servers=address, enable_auto_commit=False)
        partitions = [TopicPartition(topic, n) for n in range(PARTITIONS)]
        self._consumer.assign(partitions)
        self._consumer.seek_to_beginning(*partitions)
        self.rows: list[dict[str, Any]] = []

    def receipts(self) -> set[int]:
        return {row["receipt"] for row in self.rows}

    def wait_for(self, receipts: Iterable[int], timeout: float = 90.0) -> None:
        """Read until every receipt was seen at least once."""
        wanted = set(receipts)

        def complete() -> bool:
            for records in self._consumer.poll(timeout_ms=200).values():
                self.rows += [orjson.loads(record.value) for record in records]
            return wanted <= self.receipts()

        wait_until(complete, timeout, f"{len(wanted)} receipts")

    def close(self) -> None:
        self._consumer.close()
