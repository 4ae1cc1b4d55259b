"""Ingest as a whole against real brokers: nothing is lost, whatever is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter as Tally
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from domain.codec import decode_event, encode_row
from domain.errors import SettingsError
from domain.rows import AckRow
from domain.topics import ACKS, Lane, raw_topic, topic_specs
from ingest.broker import Producer, create_topics
from ingest.outbox.feeds import FeedState
from ingest.protocol import Cursor, Feed, Poll, Source
from ingest.status import SourceStatus, read_pending, read_status
from tests.ingest.counting import RunningIngest, config_for, counting_source
from tests.ingest.topics import read_until
from tests.support.apache_kafka import ApacheKafka, why_not
from tests.support.broker import EmbeddedBroker
from tests.support.ports import free_port
from tests.support.waiting import wait_until

pytestmark = [
    pytest.mark.integration,
    # kafka-python leaves a socket open for each time that a broker refuses it.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]

RAW = [raw_topic("demo", lane) for lane in Lane]


def demo_of(folder: Path) -> SourceStatus | None:
    sources = read_status(folder / "outbox.sqlite").sources
    return sources[0] if sources else None


def all_published(folder: Path, total: int) -> bool:
    demo = demo_of(folder)
    return demo is not None and demo.issued == total and demo.unpublished == 0


def send_acks(bootstrap: str, *ranges: list[int]) -> None:
    producer = Producer(bootstrap)
    value = encode_row(AckRow(source="demo", ranges=list(ranges)))
    delivery = producer.send(ACKS, 0, b"demo", value, [])
    wait_until(lambda: delivery.is_done)
    assert delivery.exception is None
    producer.close(5.0)


@contextmanager
def ingest_process(folder: Path, bootstrap: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.ingest.counting", folder, bootstrap, *options]
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(30)


def test_fifty_one_thousand_events_arrive_once_and_leave_when_they_are_acknowledged(
    broker: EmbeddedBroker, tmp_path: Path
) -> None:
    total = 51_000
    create_topics(broker.address, topic_specs(["demo"]))
    with RunningIngest(config_for(tmp_path, broker.address, counting_source(17_000, 34_000))):
        wait_until(lambda: all_published(tmp_path, total), 240.0)
        records = read_until(broker.address, RAW, range(1, total + 1))
        assert len(records) == total
        assert len({(record.key, record.partition) for record in records}) == total
        for record in records[::997]:
            event = decode_event(record.value)
            assert (event.sequence, record.key) == (str(record.receipt), f"demo|{event.id}".encode())
            assert record.topic == RAW[0 if event.id.startswith("live") else 1]
        demo = demo_of(tmp_path)
        assert demo is not None
        assert [feed.state for feed in demo.feeds] == [FeedState.DONE] * 2
        assert demo.pending == total
        send_acks(broker.address, [1, 30_000], [30_002, total])
        wait_until(lambda: read_pending(tmp_path / "outbox.sqlite", "demo") == [(30_001, 30_001)])


def test_a_new_broker_gets_everything_that_was_not_acknowledged(
    broker: EmbeddedBroker, tmp_path: Path
) -> None:
    total = 3_000
    create_topics(broker.address, topic_specs(["demo"]))
    source = counting_source(1_000, 2_000)
    with RunningIngest(config_for(tmp_path, broker.address, source)):
        wait_until(lambda: all_published(tmp_path, total), 60.0)
        send_acks(broker.address, [500, 1_499])
        wait_until(lambda: len(read_pending(tmp_path / "outbox.sqlite", "demo")) == 2)
        broker.kill()
    kept = [*range(1, 500), *range(1_500, total + 1)]
    broker.start()
    create_topics(broker.address, topic_specs(["demo"]))
    with RunningIngest(config_for(tmp_path, broker.address, source, incarnation="two")):
        records = read_until(broker.address, RAW, kept)
    assert sorted(record.receipt for record in records) == kept


def test_a_broker_that_comes_later_gets_what_gathered(tmp_path: Path) -> None:
    later = EmbeddedBroker(free_port())
    with RunningIngest(config_for(tmp_path, later.address, counting_source(500, 500))):
        wait_until(lambda: (demo := demo_of(tmp_path)) is not None and demo.issued == 1_000, 60.0)
        with later:
            create_topics(later.address, topic_specs(["demo"]))
            records = read_until(later.address, RAW, range(1, 1_001))
            wait_until(lambda: all_published(tmp_path, 1_000))
    assert len(records) == 1_000


@pytest.mark.parametrize("options", [(), ("--remembers",)], ids=["forgets", "remembers"])
def test_kill_9_in_the_middle_of_publishing_loses_nothing(
    broker: EmbeddedBroker, tmp_path: Path, options: tuple[str, ...]
) -> None:
    total = 12_000
    create_topics(broker.address, topic_specs(["demo"]))
    sizes = (str(total // 3), str(total - total // 3))

    def has_published(part: int) -> bool:
        demo = demo_of(tmp_path)
        return demo is not None and demo.issued - demo.unpublished >= part

    for part in (1_000, total // 4, total // 2):
        with ingest_process(tmp_path, broker.address, *sizes, *options) as ingest:
            wait_until(lambda enough=part: has_published(enough), 120.0)  # type: ignore[misc]  # a default binds the loop's value
            os.kill(ingest.pid, signal.SIGKILL)
            ingest.wait(30)
    with ingest_process(tmp_path, broker.address, *sizes, *options):
        wait_until(lambda: all_published(tmp_path, total), 120.0)
    records = read_until(broker.address, RAW, range(1, total + 1))
    ids: Tally[int] = Tally()
    for key, receipt in {(record.key, record.receipt) for record in records}:
        assert key.startswith(b"demo|")
        ids[receipt] += 1
    assert ids == Tally(range(1, total + 1))
    demo = demo_of(tmp_path)
    assert demo is not None
    assert demo.received == demo.issued == total
    assert demo.pending == (0 if options else total)


@pytest.mark.skipif(why_not() is not None, reason=why_not() or "")
def test_on_apache_kafka_what_the_broker_acknowledged_leaves_the_outbox(tmp_path: Path) -> None:
    total = 6_000
    with ApacheKafka(tmp_path / "kafka") as kafka:
        create_topics(kafka.address, topic_specs(["demo"]))
        create_topics(kafka.address, topic_specs(["demo"]))
        config = config_for(
            tmp_path, kafka.address, counting_source(2_000, 4_000), incarnation="kafka", forgets=False
        )
        with RunningIngest(config):
            wait_until(
                lambda: (
                    (demo := demo_of(tmp_path)) is not None
                    and demo.issued == total
                    and demo.pending == 0
                ),
                240.0,
            )
        records = read_until(kafka.address, RAW, range(1, total + 1))
    assert len(records) == total


class Blocked:
    """A connector that never answers."""

    def __init__(self) -> None:
        self.asked = threading.Event()

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        self.asked.set()
        threading.Event().wait()
        raise AssertionError("never")


class Restless:
    """A live connector that always has one more."""

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        return Poll([], {"at": 1}, timedelta(milliseconds=5))


def test_the_end_comes_within_five_seconds_even_with_a_blocked_source_and_no_broker(
    tmp_path: Path,
) -> None:
    blocked = Blocked()
    source = Source("demo", (Feed(Lane.LIVE, Restless()), Feed(Lane.BACKFILL, blocked)))
    config = config_for(tmp_path, f"127.0.0.1:{free_port()}", source)
    with RunningIngest(config) as ingest:
        assert ingest.ready.wait(30)
        assert blocked.asked.wait(30)
        began = time.monotonic()
    # The contract of a part, with which the supervisor reckons; not a measure of speed.
    assert time.monotonic() - began < 5.0


def test_sources_and_folders_that_cannot_be_are_refused(tmp_path: Path) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    feed = Feed(Lane.LIVE, Restless())
    wrong = {
        "two feeds in one lane": (Source("demo", (feed, feed)),),
        "same name": (Source("demo", (feed,)), Source("demo", (feed,))),
        "lower-case": (Source("Demo City", (feed,)),),
    }
    for message, sources in wrong.items():
        config = config_for(tmp_path, nobody, sources[0])
        config = replace(config, sources=sources)
        with pytest.raises(SettingsError, match=message), RunningIngest(config):
            pass
    config = config_for(tmp_path / "outbox.sqlite" / "below", nobody, Source("demo", (feed,)))
    (tmp_path / "outbox.sqlite").touch()
    with pytest.raises(SettingsError, match="writable"), RunningIngest(config):
        pass
