"""Two recomputes at once: the newest works, the other stands by and takes over."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tests.support.clickhouse import WRITER
from tests.support.waiting import wait_until
from tests.warehouse.reading import read_cells, unequal_cells
from tests.warehouse.story import Story, expected_cells
from tests.warehouse.test_exactness import stored
from warehouse.client import Client
from warehouse.counts import read_lag
from warehouse.recompute import RecomputeConfig, run
from warehouse.recompute.lease import Lease, LeaseLost

pytestmark = pytest.mark.integration


class Running:
    """A recompute in a thread."""

    def __init__(self, url: str) -> None:
        self.steps: list[str] = []
        self.ready = threading.Event()
        self._stop = threading.Event()
        config = RecomputeConfig(
            url,
            WRITER.name,
            WRITER.password,
            interval=0.02,
            # A busy machine may hold a renewal up for seconds; the other must not take over by then.
            takeover=timedelta(seconds=8),
            renewal=timedelta(seconds=0.3),
            housekeeping=timedelta(seconds=0.5),
            keep_done=timedelta(0),
        )
        self._thread = threading.Thread(
            target=run, args=(config, self._stop, self.ready.set, self.steps.append)
        )
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=60)
        assert not self._thread.is_alive()


def test_the_newest_works_and_the_other_takes_over_when_it_is_gone(
    client: Client, database: str
) -> None:
    story = Story(31, events=120)
    third = len(story.rows) // 3
    old = Running(database)
    new: Running | None = None
    try:
        assert old.ready.wait(90)
        stored(client, story, slice(0, third))
        wait_until(lambda: read_lag(client).batches == 0, 90, "the first cells")
        new = Running(database)
        assert new.ready.wait(90)
        done_by_old = len(old.steps)
        stored(client, story, slice(third, 2 * third))
        wait_until(lambda: read_lag(client).batches == 0, 90, "the next cells")
        assert "done" in new.steps
        assert "done" not in old.steps[done_by_old:]
        new.stop()
        stored(client, story, slice(2 * third, None))
        wait_until(lambda: read_lag(client).batches == 0, 90, "the standby to take over")
    finally:
        for running in (old, new):
            if running is not None:
                running.stop()
    assert read_cells(client) == expected_cells(story.rows)
    assert unequal_cells(client) == 0


def test_of_two_with_one_term_nobody_has_it(client: Client) -> None:
    one, other = Lease(client), Lease(client)
    one.take()
    other.term = one.term
    other.renew()
    for lease in (one, other):
        with pytest.raises(LeaseLost):
            lease.check()
    other.take()
    assert other.term == one.term + 1
    other.check()


def test_terms_outrank_the_cells_of_a_lost_lease_table(client: Client) -> None:
    lease = Lease(client)
    lease.take()
    lease.take()
    story = Story(32, events=20)
    stored(client, story, slice(None))
    client.insert_select(
        "INSERT INTO cell (wijk, theme, hour, gen) VALUES ('BU02680100', 'brand', 0, {gen:UInt64})",
        {"gen": lease.next_gen()},
    )
    client.execute("TRUNCATE TABLE recompute_lease")
    successor = Lease(client)
    successor.take()
    assert successor.term == lease.term + 1
