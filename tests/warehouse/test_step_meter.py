"""What the recompute says of itself, on the real engine."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from domain.metrics import (
    ACCEPTED_TO_VISIBLE,
    RECOMPUTE_LAG,
    RECOMPUTE_LEASE,
    RECOMPUTE_OLDEST,
    RECOMPUTE_STEP_CELLS,
    RECOMPUTE_STEP_SECONDS,
    RECOMPUTE_WAITING,
)
from domain.vitals import Drained, Outside
from tests.support.clickhouse import WRITER
from tests.support.ports import free_port
from tests.support.vitals import Heard
from tests.support.waiting import wait_until
from tests.warehouse.story import Story
from tests.warehouse.test_exactness import stored
from warehouse.client import Client
from warehouse.loader.freshness import MOST_OF_A_BATCH
from warehouse.recompute import RecomputeConfig, run
from warehouse.recompute.lease import Lease
from warehouse.recompute.measuring import StepMeter
from warehouse.recompute.stepping import Recompute, Step

pytestmark = pytest.mark.integration


def test_a_step_tells_what_it_took_and_how_old_its_events_were(client: Client) -> None:
    story = Story(41, events=60)
    stored(client, story, slice(0, 40))
    stored(client, story, slice(40, None))
    heard = Heard()
    loops: dict[Step, Any] = {}
    lease = Lease(client)
    lease.take()

    def note(step: Step) -> None:
        loops[step] = heard.loop("steps")

    now = datetime(2040, 1, 1, tzinfo=UTC)
    meter = StepMeter(heard.vitals, now=lambda: now)
    recompute = Recompute(client, lease, 1_000_000, note, meter)
    live = recompute.step()
    waiting = heard.gauge(RECOMPUTE_WAITING)
    history = recompute.step()

    done = live + history
    assert live > 0
    assert history > 0, "the lanes take turns, one of them in a step"
    assert waiting == done
    assert heard.gauge(RECOMPUTE_WAITING) == history
    assert (heard.gauge(RECOMPUTE_OLDEST) or 0.0) >= 0.0
    assert len(heard.observed(RECOMPUTE_STEP_SECONDS)) == 2
    assert heard.observed(RECOMPUTE_STEP_CELLS)[0] > 0
    assert len(heard.observed(RECOMPUTE_LAG, "live")) == live
    assert len(heard.observed(RECOMPUTE_LAG, "backfill")) == history
    ages = heard.observed(ACCEPTED_TO_VISIBLE)
    assert 0 < len(ages) <= done * MOST_OF_A_BATCH
    rows = [orjson.loads(record.value or b"") for record in story.records()]
    moments = {datetime.fromisoformat(row["received_at"]).replace(tzinfo=UTC) for row in rows}
    assert set(ages) <= {(now - moment).total_seconds() for moment in moments}
    assert {report.waiting_for for report in loops.values()} == {None}  # between calls it is its own
    assert heard.busy() == []
    assert Recompute(client, lease, 1_000_000, meter=meter).step() == 0
    assert heard.gauge(RECOMPUTE_WAITING) == 0


def test_the_older_places_of_ids_keep_the_lane_and_the_ages_of_their_batch(client: Client) -> None:
    story = Story(42, events=80)
    stored(client, story, slice(None))
    lease = Lease(client)
    lease.take()
    heard = Heard()
    recompute = Recompute(client, lease, 1, meter=StepMeter(heard.vitals))
    while recompute.step():
        pass
    assert heard.observed(ACCEPTED_TO_VISIBLE)
    assert heard.busy() == []


class Running:
    def __init__(self, url: str) -> None:
        self.heard = Heard()
        self.stop_it = threading.Event()
        config = RecomputeConfig(url, WRITER.name, WRITER.password, interval=0.02)
        self._thread = threading.Thread(
            target=run,
            args=(config, self.stop_it, lambda: None),
            kwargs={"vitals": self.heard.vitals},
        )
        self._thread.start()

    def stop(self) -> None:
        self.stop_it.set()
        self._thread.join(timeout=60)
        assert not self._thread.is_alive()


def test_it_holds_the_lease_and_leaves_nothing(client: Client, database: str) -> None:
    running = Running(database)
    try:
        wait_until(lambda: running.heard.gauge(RECOMPUTE_LEASE) == 1.0, 60, "the lease")
    finally:
        running.stop()
    assert running.heard.drains == [Drained(0)]
    assert running.heard.busy() == []


def test_a_clickhouse_that_is_away_is_waited_for() -> None:
    running = Running(f"http://127.0.0.1:{free_port()}")
    try:
        wait_until(lambda: running.heard.busy() == ["clickhouse"], 60, "it to wait")
        first = running.heard.loop("clickhouse")
        assert first.waiting_for is Outside.WAREHOUSE
        wait_until(lambda: running.heard.loop("clickhouse").step > first.step, 60, "another try")
    finally:
        running.stop()
