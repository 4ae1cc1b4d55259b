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


class Cluster:
    """The topics of one test on a running broker, which may serve other tests too.

    Args:
        address: of the broker.
        source: name of the test's source; raw topics, rows and the consumer group carry it.
    """

    def __init__(self, address: str, source: str = SOURCE) -> None:
        self.address = address
        self.source = source
        self.group = f"group-{source}"
        self.raw = f"raw.{source}"

    def create_topics(self) -> None:
        admin = KafkaAdminClient(bootstrap_servers=self.address)
        outputs = [EVENTS, f"{EVENTS}.backfill", "figures", REJECTED]
        wanted = {self.raw, f"{self.raw}.backfill", *outputs} - set(admin.list_topics())
        admin.create_topics(
            [NewTopic(name, num_partitions=PARTITIONS, replication_factor=1) for name in wanted]
        )
        admin.close()

    def events(self, receipts: Iterable[int]) -> list[Record]:
        """Return raw events, spread over the partitions."""
        return [(n, n % PARTITIONS, encode_event(raw_event(n, source=self.source))) for n in receipts]

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

    def _send(self, producer: Any, records: Sequence[Record], topic: str) -> None:
        for receipt, partition, value in records:
            key = record_key(self.source, f"e{receipt}")
            producer.send(topic, value, key=key, headers=headers_for(receipt), partition=partition)

    def committed(self) -> dict[int, int]:
        """Return the group's committed offset per partition; partitions without one are left out."""
        consumer = KafkaConsumer(
            bootstrap_servers=self.address, group_id=self.group, enable_auto_commit=False
        )
        try:
            found = {n: consumer.committed(TopicPartition(self.raw, n)) for n in range(PARTITIONS)}
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
    """Reads the rows of a test's source in a topic from the start, and keeps what it has seen."""

    def __init__(self, cluster: Cluster, topic: str) -> None:
        self._source = cluster.source
        self._consumer = KafkaConsumer(bootstrap_servers=cluster.address, enable_auto_commit=False)
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
                rows = [orjson.loads(record.value) for record in records]
                self.rows += [row for row in rows if row["source"] == self._source]
            return wanted <= self.receipts()

        wait_until(complete, timeout, f"{len(wanted)} receipts")

    def close(self) -> None:
        self._consumer.close()
