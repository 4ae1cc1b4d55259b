"""Faults 1, 3, 5 and 7: between the loader, the broker and the warehouse."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from domain.errors import WarehouseUnavailable
from domain.topics import EVENTS, EVENTS_BACKFILL
from tests.faults.conftest import Broker
from tests.support.apache_kafka import ApacheKafka
from tests.support.clickhouse import LocalClickHouse
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until
from tests.warehouse.outcome import check_story, configs, wait_for_all, wait_for_death
from tests.warehouse.part_process import Parts, ended
from tests.warehouse.story import Story
from tests.warehouse.topics import make_topics, publish
from warehouse.client import Client
from warehouse.counts import read_counts
from warehouse.loader.batching import Batch
from warehouse.loader.config import BatchLimits
from warehouse.loader.storing import Step, Store, targets
from warehouse.recompute.lease import Lease
from warehouse.recompute.stepping import Recompute

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]


def batches(story: Story) -> list[Batch]:
    """Return a story as one batch per lane."""
    records = story.records()
    return [
        Batch(lane, [record for record in records if record.topic == lane], {})
        for lane in (EVENTS, EVENTS_BACKFILL)
    ]


def recomputed(client: Client) -> Client:
    """Recompute every touched cell."""
    lease = Lease(client)
    lease.take()
    recompute = Recompute(client, lease, 100_000)
    while recompute.step():
        pass
    return client


def session_of(broker: Broker) -> dict[str, int]:
    """Return the loader's session: Apache Kafka takes none shorter than 6 s."""
    return {"session_timeout_ms": 6000} if isinstance(broker, ApacheKafka) else {}


def aside(work: Callable[[], object]) -> threading.Thread:
    """Run ``work`` in a thread."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def repeats(client: Client) -> int:
    """Return how many rows of ``event_log`` are there more than once."""
    ((rows, distinct),) = client.query(
        "SELECT count(), uniqExact(source, receipt, version) FROM event_log"
    )
    return int(rows) - int(distinct)


def test_01_killed_after_an_insert_and_replayed_in_other_batches(
    client: Client, database: str, broker: Broker, parts: Parts
) -> None:
    make_topics(broker.address)
    loading, recomputing = configs(database, broker.address, "fault-1")
    loading |= session_of(broker)
    story = Story(31, events=200)
    publish(broker.address, story.records())
    for step, rows in ((Step.ROWS, 40), (Step.DIRTY, 70), (Step.ACKED, 25), (Step.ROWS, 90)):
        limits = {"limits": {"rows": rows}}
        wait_for_death(parts.spawn("loader", loading | limits, step.value, times=1), step)
    loader = parts.spawn("loader", loading | {"limits": {"rows": 55}})
    recompute = parts.spawn("recompute", recomputing)
    wait_for_all(client, story.records())
    assert (ended(loader), ended(recompute)) == (0, 0)
    check_story(client, story)


def test_03_the_answer_to_an_insert_is_lost(
    client: Client,
    database: str,
    clickhouse: LocalClickHouse,
    client_of: Callable[[str], Client],
) -> None:
    story = Story(33, events=80)
    live, old = batches(story)
    with Proxy(clickhouse.port) as proxy:
        store = Store(client_of(proxy.url(database)), targets(1), BatchLimits())
        proxy.lose_answers()
        storing = aside(lambda: store.store(live, threading.Event()))
        wait_until(lambda: proxy.lost_answers >= 3, 60, "answers to be lost")
        ((rows,),) = client.query("SELECT count() FROM event_log")
        assert rows > 0, "the server had stored what it could not say"
        proxy.lose_answers(False)
        storing.join(60)
        assert not storing.is_alive()
        # A story repeats rows of its own; what the retries added would come on top of those.
        own = len(live.messages) - len({message.value for message in live.messages})
        assert repeats(client) == own
        store.store(old, threading.Event())
    beyond_the_window(client, live, old)
    recomputed(client)
    check_story(client, story)


def beyond_the_window(client: Client, *again: Batch) -> None:
    """Store batches once more when their tokens are forgotten."""
    before = repeats(client)
    client.execute("ALTER TABLE event_log MODIFY SETTING non_replicated_deduplication_window = 1")
    store = Store(client, targets(1), BatchLimits())
    for number in range(3):
        for batch in again:
            store.store(Batch(batch.topic, batch.messages[number:], {}), threading.Event())
    assert repeats(client) > before, "the window was meant to be over"


class Counting:
    """A sink that counts how often it was refused."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.refused = 0

    def insert_rows(self, table: str, body: bytes, token: str) -> None:
        try:
            self._client.insert_rows(table, body, token)
        except WarehouseUnavailable:
            self.refused += 1
            raise


def test_05_the_table_of_current_events_fails_in_the_middle_of_an_insert(client: Client) -> None:
    story = Story(35, events=80)
    sink = Counting(client)
    store = Store(sink, targets(1), BatchLimits())
    fails = "SELECT * FROM event_log WHERE throwIf(receipt % 3 = 0) = 0"
    client.execute(f"ALTER TABLE event_now_mv MODIFY QUERY {fails}")
    live, old = batches(story)
    storing = aside(lambda: store.store(live, threading.Event()))
    wait_until(lambda: sink.refused >= 2, 60, "two failures")
    client.execute("ALTER TABLE event_now_mv MODIFY QUERY SELECT * FROM event_log")
    storing.join(60)
    assert not storing.is_alive()
    store.store(old, threading.Event())
    recomputed(client)
    check_story(client, story)


def test_07_an_insert_hangs_while_another_loader_takes_over(
    client: Client, database: str, clickhouse: LocalClickHouse, broker: Broker, parts: Parts
) -> None:
    make_topics(broker.address)
    story = Story(37, events=240)
    records = story.records()
    third = len(records) // 3
    with Proxy(clickhouse.port) as proxy:
        hanging, recomputing = configs(proxy.url(database), broker.address, "fault-7")
        hanging |= session_of(broker)
        first = parts.spawn("loader", hanging)
        publish(broker.address, records[:third])
        wait_until(lambda: bool(read_counts(client)), 60, "the first rows")
        proxy.stall()
        publish(broker.address, records[third : 2 * third])
        second = parts.spawn("loader", hanging | {"url": database})
        wait_until(lambda: "loader_ready" in parts.said(second), 60, "the second one to join")
        publish(broker.address, records[2 * third :])
        proxy.flow()
        recompute = parts.spawn("recompute", recomputing | {"url": database})
        wait_for_all(client, records)
        assert (ended(first), ended(second), ended(recompute)) == (0, 0, 0)
    check_story(client, story)
