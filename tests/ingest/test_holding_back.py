"""A broker in memory gets only so much that the warehouse has not confirmed; each lane for itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from domain.topics import Lane
from ingest.outbox.publishing import UnpublishedReader
from ingest.outbox.store import Outbox
from ingest.publisher import Publisher, Window
from tests.ingest.fakes import MemoryProducer
from tests.ingest.samples import NOON, draft, open_outbox, poll, source, unpublished
from tests.support.waiting import wait_until

DEMO = source()


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    box = open_outbox(tmp_path, DEMO)
    yield box
    box.close()


def fill(outbox: Outbox, lane: Lane, prefix: str, number: int) -> None:
    drafts = (draft(f"{prefix}{n}") for n in range(number))
    outbox.write(DEMO, lane, poll(*drafts), NOON, None)


def sizes(outbox: Outbox) -> list[int]:
    return [len(record.payload) for lane in Lane for record in unpublished(outbox.path, lane)]


@contextmanager
def publishing(outbox: Outbox, producer: MemoryProducer, unconfirmed: int) -> Iterator[None]:
    stop = threading.Event()
    window = Window(read=4, glance=0.001, idle=0.01, unconfirmed=unconfirmed)
    publisher = Publisher(outbox, lambda: producer, keep=True, window=window)
    thread = threading.Thread(target=publisher.run, args=(stop, 0.05))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        outbox.news.set()
        thread.join(10)
        assert not thread.is_alive()


def held(outbox: Outbox, lane: Lane, budget: int) -> bool:
    return outbox.stock.at_broker(lane) >= budget


def test_publishing_stops_at_the_budget_and_goes_on_as_the_warehouse_confirms(outbox: Outbox) -> None:
    fill(outbox, Lane.LIVE, "e", 60)
    largest = max(sizes(outbox))
    budget = 10 * largest
    producer = MemoryProducer()
    confirmed, peak = 0, 0
    with capture_logs() as logs, publishing(outbox, producer, budget):
        while confirmed < 60:
            wait_until(lambda: held(outbox, Lane.LIVE, budget) or len(producer.sent) == 60)
            peak = max(peak, outbox.stock.at_broker(Lane.LIVE))
            outbox.trim("demo", [(confirmed + 1, confirmed + 5)])
            confirmed += 5
        wait_until(lambda: not unpublished(outbox.path))
    assert [sent.key for sent in producer.sent] == [f"demo|e{n}".encode() for n in range(60)]
    assert budget <= peak < budget + largest
    assert {"publishing_held_back", "publishing_goes_on"} <= {log["event"] for log in logs}


def test_a_backfill_that_is_held_back_lets_live_events_pass(outbox: Outbox) -> None:
    fill(outbox, Lane.BACKFILL, "old", 40)
    budget = 10 * max(sizes(outbox))
    producer = MemoryProducer()
    with publishing(outbox, producer, budget):
        wait_until(lambda: held(outbox, Lane.BACKFILL, budget))
        fill(outbox, Lane.LIVE, "new", 5)
        wait_until(lambda: not unpublished(outbox.path, Lane.LIVE))
        assert unpublished(outbox.path, Lane.BACKFILL)
    assert {sent.topic for sent in producer.sent[-5:]} == {"raw.demo"}


def test_what_is_on_its_way_counts_as_much_as_what_arrived(outbox: Outbox) -> None:
    fill(outbox, Lane.LIVE, "e", 40)
    budget = 10 * max(sizes(outbox))
    producer = MemoryProducer(at_once=lambda _sent: False)
    with publishing(outbox, producer, budget):
        wait_until(lambda: len(producer.sent) >= 10)
        fill(outbox, Lane.BACKFILL, "old", 1)  # its sending shows that the live lane had its turn again
        wait_until(lambda: producer.sent[-1].topic == "raw.demo.backfill")
        assert sum(len(sent.value) for sent in producer.sent[:-1]) < budget + max(sizes(outbox))


def test_a_new_life_of_the_broker_gets_no_more_than_the_budget_either(outbox: Outbox) -> None:
    fill(outbox, Lane.LIVE, "e", 40)
    budget = 10 * max(sizes(outbox))
    outbox.begin_incarnation("one")
    with publishing(outbox, MemoryProducer(), budget):
        wait_until(lambda: held(outbox, Lane.LIVE, budget))
    outbox.begin_incarnation("two")
    assert outbox.stock.at_broker(Lane.LIVE) == 0
    again = MemoryProducer()
    with publishing(outbox, again, budget):
        wait_until(lambda: held(outbox, Lane.LIVE, budget))
    assert again.sent[0].key == b"demo|e0"
    assert len(again.sent) < 40


def test_a_read_ends_where_its_bytes_are_full(outbox: Outbox) -> None:
    fill(outbox, Lane.LIVE, "e", 9)
    first, second, *_ = sizes(outbox)
    reader = UnpublishedReader(outbox.path)
    assert len(reader.read(Lane.LIVE, 0, 9, 1)) == 1
    assert len(reader.read(Lane.LIVE, 0, 9, first)) == 1
    assert len(reader.read(Lane.LIVE, 0, 9, first + 1)) == 2
    assert len(reader.read(Lane.LIVE, 0, 2, 10 * (first + second))) == 2
    reader.close()
