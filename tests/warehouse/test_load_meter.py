"""What the loader says of itself while it loads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from domain.metrics import (
    ACCEPTED_TO_STORED,
    CONSUMER_LAG,
    CONSUMER_UNCOMMITTED,
    LATE_BY,
    LOADER_BATCH_BYTES,
    LOADER_BATCH_ROWS,
    LOADER_BATCH_SECONDS,
    LOADER_INSERT_SECONDS,
    LOADER_OLDEST_UNSTORED,
    LOADER_ROWS,
    REJECTS,
)
from domain.topics import EVENTS, EVENTS_BACKFILL
from domain.vitals import Drained, Outside
from tests.support.vitals import Heard
from tests.warehouse.story import Record, Story
from tests.warehouse.test_loading import LIMITS, TOPICS, MemoryBroker, lanes, run
from tests.warehouse.test_storing import Table
from warehouse.loader.batching import Batch
from warehouse.loader.config import BatchLimits
from warehouse.loader.freshness import MOST_OF_A_BATCH, received_sample, sample
from warehouse.loader.loading import Loading
from warehouse.loader.measuring import LoadMeter
from warehouse.loader.storing import Store, dirty_mark, no_hook, targets

NOW = datetime(2030, 1, 1, tzinfo=UTC)


class Measured:
    """A loader's loop with its meter, against a broker and a table in memory."""

    def __init__(self, broker: MemoryBroker, sink: Any) -> None:
        self.heard = Heard()
        self.meter = LoadMeter(self.heard.vitals, now=lambda: NOW)
        self.broker = broker
        store = Store(sink, targets(1), LIMITS, no_hook, self.meter)
        self.loading = Loading(store, TOPICS, LIMITS, no_hook, lambda _: None, self.meter)

    def run(self, until: Callable[[], bool], drain: float = 5.0) -> None:
        run(self.broker, None, until, drain=drain, loading=self.loading)


def test_batches_inserts_and_ages_are_measured() -> None:
    records = lanes(100)
    measured = Measured(MemoryBroker(records), Table())
    measured.run(measured.broker.all_committed)

    heard, total = measured.heard, sum(len(found) for found in records.values())
    assert heard.counted(LOADER_ROWS, "event_log") == total
    for topic, found in records.items():
        assert sum(heard.observed(LOADER_BATCH_ROWS, topic)) == len(found)
        assert sum(heard.observed(LOADER_BATCH_BYTES, topic)) == sum(len(r.value or b"") for r in found)
        assert len(heard.observed(LOADER_BATCH_SECONDS, topic)) >= 1
    assert len(heard.observed(LOADER_INSERT_SECONDS, "event_log")) >= 2
    assert heard.busy() == []
    assert measured.loading.left == Drained(0)

    ages = {
        age
        for source in {r.key.partition(b"|")[0].decode() for r in records[EVENTS]}
        for age in heard.observed(ACCEPTED_TO_STORED, source)
    }
    rows = [orjson.loads(record.value or b"") for record in records[EVENTS]]
    moments = {datetime.fromisoformat(row["received_at"]).replace(tzinfo=UTC) for row in rows}
    assert ages == {(NOW - moment).total_seconds() for moment in moments}  # small batches: every event


def test_late_by_is_told_for_history_too_and_freshness_is_not() -> None:
    heard = Heard()
    meter = LoadMeter(heard.vitals, now=lambda: NOW)
    records = [record for record in Story(3, 50).records() if record.topic == EVENTS_BACKFILL]
    rows = [targets(1)[EVENTS].decode(record.value) for record in records]
    meter.stored(Batch(EVENTS_BACKFILL, records, {0: 50}), rows)
    sources = {row.source for row in rows}
    assert all(heard.observed(LATE_BY, source, "backfill") for source in sources)
    assert not any(heard.observed(ACCEPTED_TO_STORED, source) for source in sources)


def test_what_is_stored_and_not_committed_is_told_as_left() -> None:
    broker = MemoryBroker(lanes(20))
    broker.ours = False  # as when the group has moved on
    measured = Measured(broker, Table())
    measured.run(lambda: len(broker.acked) >= 20)
    assert measured.loading.left.in_flight == 0
    assert measured.loading.left.uncommitted > 0


def test_what_is_in_hand_at_the_end_is_told_as_left() -> None:
    broker = MemoryBroker(lanes(20))
    measured = Measured(broker, Table(away=1_000_000))
    measured.run(lambda: measured.heard.loop("batch").busy, drain=0.01)
    assert measured.loading.left.in_flight > 0
    assert measured.heard.busy() == []


def test_an_insert_that_is_tried_again_waits_for_clickhouse_and_each_try_is_a_step() -> None:
    seen = []

    class Watching(Table):
        def insert_rows(self, table: str, body: bytes, token: str) -> None:
            seen.append(heard.loop("batch"))
            super().insert_rows(table, body, token)

    heard = Heard()
    meter = LoadMeter(heard.vitals)
    records = Story(7, 10).records()
    batch = Batch(EVENTS, records, {0: 10})
    meter.begin(batch)
    Store(Watching(away=3), targets(1), BatchLimits(), meter=meter).store(batch, threading.Event())
    assert {report.waiting_for for report in seen} == {Outside.WAREHOUSE}
    assert len({report.step for report in seen}) == len(seen) >= 5
    assert heard.loop("batch").waiting_for is None


def test_rows_that_are_refused_are_counted() -> None:
    heard = Heard()
    records = Story(7, 10).records()
    bad = orjson.loads(records[0].value or b"")["receipt"]
    source = orjson.loads(records[0].value or b"")["source"]
    sink = Table(
        bad=lambda row: row.get("receipt") == bad and row.get("source") == source and "theme" in row
    )
    store = Store(sink, targets(1), BatchLimits(), meter=LoadMeter(heard.vitals))
    store.store(Batch(EVENTS, records, {}), threading.Event())
    assert heard.counted(REJECTS, "loader", source, "invalid") == 1


def test_where_the_loader_stands_is_told_now_and_then() -> None:
    heard = Heard()
    meter = LoadMeter(heard.vitals, heard.clock)
    asked = []

    def standing() -> tuple[dict[tuple[str, int], tuple[int, int]], float]:
        asked.append(1)
        return {("events", 0): (100, 40)}, 0.0

    meter.turn(standing, None)
    meter.turn(standing, None)
    assert len(asked) == 1
    assert heard.gauge(CONSUMER_LAG, "loader", "events", "0") == 60
    assert heard.gauge(LOADER_OLDEST_UNSTORED) == 0

    batch = Batch("events", [], {0: 70})
    meter.begin(batch)
    meter.stored(batch, [])
    heard.clock.now += 1
    meter.turn(standing, heard.clock.now - 3)
    assert heard.gauge(CONSUMER_UNCOMMITTED, "loader", "events", "0") == 30
    assert heard.gauge(LOADER_OLDEST_UNSTORED) == 3
    meter.committed(batch)
    heard.clock.now += 1
    meter.turn(standing, None)
    assert heard.gauge(CONSUMER_LAG, "loader", "events", "0") == 30
    assert heard.gauge(CONSUMER_UNCOMMITTED, "loader", "events", "0") == 0

    meter.revoked()
    assert heard.gauge(CONSUMER_LAG, "loader", "events", "0") is None


def test_a_broker_that_does_not_answer_is_waited_for() -> None:
    heard = Heard()
    meter = LoadMeter(heard.vitals, heard.clock)

    def look(silent: float) -> None:
        heard.clock.now += 1
        meter.turn(lambda: ({}, silent), None)

    for second in range(20):
        look(silent=second)
    waiting = heard.loop("consumer")
    assert waiting.waiting_for is Outside.BROKER
    assert waiting.head_seconds > 10
    look(silent=0.1)
    assert not heard.loop("consumer").busy


def test_a_sample_is_small_spread_and_begins_with_the_first() -> None:
    decode = targets(1)[EVENTS].decode
    rows = [decode(record.value) for record in Story(3, 300).records()]
    found = sample(rows)
    assert 0 < len(found) <= MOST_OF_A_BATCH
    first = orjson.loads(rows[0].value)
    assert found[0].source == first["source"]
    assert found[0].received_at.utcoffset() == timedelta(0)
    assert received_sample(rows)[0] == first["received_at"]
    assert sample([]) == []
    assert received_sample([]) == []
    assert len(sample(rows[:5])) == 5


def test_only_live_batches_tell_the_recompute_when_they_were_received() -> None:
    records: list[Record] = Story(3, 30).records()
    rows = [targets(1)[EVENTS].decode(record.value) for record in records]
    live, history = (dirty_mark(topic, "t", rows) for topic in (EVENTS, EVENTS_BACKFILL))
    assert live is not None
    assert history is not None
    assert orjson.loads(live)["received"] == received_sample(rows)
    assert orjson.loads(history)["received"] == []
