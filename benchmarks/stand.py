"""What the benchmarks of the whole path stand on: a broker with our topics, a migrated warehouse."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from domain.clock import SystemClock
from domain.topics import topic_specs
from ingest.broker import create_topics
from tests.support.apache_kafka import ApacheKafka, why_not
from tests.support.broker import EmbeddedBroker
from tests.support.clickhouse import WRITER, LocalClickHouse
from warehouse.client import Client, connect
from warehouse.migrate import migrate
from warehouse.reference import sync_reference
from wijkbeeld.gemeenten import load_municipality

DATABASE = "wijkbeeld"


@dataclass(frozen=True, slots=True)
class Stand:
    """A broker and a warehouse that run.

    Attributes:
        broker: running, with the topics of the sources.
        note: why it is not Apache Kafka when it should have been; else empty.
        clickhouse: running server; its database has our tables.
        url: of that database.
        client: a user who may write.
    """

    broker: ApacheKafka | EmbeddedBroker
    note: str
    clickhouse: LocalClickHouse
    url: str
    client: Client


@contextmanager
def standing(folder: Path, sources: tuple[str, ...], choice: str) -> Iterator[Stand]:
    """Run both for the length of a ``with`` block.

    Args:
        folder: for the engine's data.
        sources: whose topics are made.
        choice: ``kafka``, ``embedded``, or ``auto`` for Apache Kafka where it can run.
    """
    with broker_of(choice) as (broker, note), LocalClickHouse(folder / "clickhouse") as clickhouse:
        create_topics(broker.address, topic_specs(sources))
        url = f"{clickhouse.url}/{DATABASE}"
        client = connect(url, WRITER.name, WRITER.password)
        migrate(client)
        sync_reference(client, load_municipality("nijmegen"), SystemClock())
        yield Stand(broker, note, clickhouse, url, client)
        client.close()


@contextmanager
def broker_of(choice: str) -> Iterator[tuple[ApacheKafka | EmbeddedBroker, str]]:
    """Yield a running broker, and why it is not Apache Kafka when it should have been."""
    missing = why_not() if choice != "embedded" else "as asked for"
    if missing and choice == "kafka":
        sys.exit(f"benchmark: {missing}")
    with EmbeddedBroker() if missing else ApacheKafka() as broker:
        yield broker, missing or ""
