"""Cells and counts equal an oracle, whatever repeats, fails, dies or comes in another order.

The engine and every statement are the real ones; the broker is a list with a committed position, so that
a seed decides where what dies.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from domain.errors import WarehouseUnavailable
from domain.places import UNPLACED
from domain.topics import EVENTS, EVENTS_BACKFILL
from tests.warehouse.reading import read_cells, read_days, unequal_cells
from tests.warehouse.story import (
    Record,
    Story,
    current,
    expected_cells,
    expected_counts,
    expected_days,
)
from warehouse.client import Client
from warehouse.counts import read_counts, read_lag
from warehouse.loader.batching import Batch
from warehouse.loader.config import BatchLimits
from warehouse.loader.storing import Step, Store, targets
from warehouse.recompute import stepping
from warehouse.recompute.housekeeping import delete_done
from warehouse.recompute.lease import Lease, LeaseLost
from warehouse.recompute.stepping import Recompute

pytestmark = pytest.mark.integration

_VIEW = "SELECT * FROM event_log"
_VIEW_THAT_FAILS = "SELECT * FROM event_log WHERE throwIf(receipt > 0) = 0"


class Died(Exception):  # noqa: N818 - not an error, a death
    """Stands for kill -9: nothing that was in memory is left."""


class Stumbling:
    """ClickHouse with a connection that fails before or after, and a view that sometimes throws."""

    def __init__(self, client: Client, dice: random.Random) -> None:
        self._client, self._dice = client, dice
        self.stumbles = 0

    def insert_rows(self, table: str, body: bytes, token: str) -> None:
        what = self._dice.random()
        self.stumbles += what < 0.12
        if what < 0.03:
            raise WarehouseUnavailable("refused", retry_after=timedelta(0))
        if what < 0.06:
            self._client.insert_rows(table, body, token)
            raise WarehouseUnavailable("answer lost", retry_after=timedelta(0))
        if what < 0.12 and table == "event_log":
            self._client.execute(f"ALTER TABLE event_now_mv MODIFY QUERY {_VIEW_THAT_FAILS}")
            try:
                self._client.insert_rows(table, body, token)
            finally:
                self._client.execute(f"ALTER TABLE event_now_mv MODIFY QUERY {_VIEW}")
            raise AssertionError("the view did not fail")
        self._client.insert_rows(table, body, token)


class World:
    """A loader and a recompute that die and start again, over a log with a committed position."""

    def __init__(self, client: Client, records: Sequence[Record], seed: int) -> None:
        self._dice = random.Random(seed)
        self._client = client
        self.sink = Stumbling(client, self._dice)
        self._log = {lane: [r for r in records if r.topic == lane] for lane in (EVENTS, EVENTS_BACKFILL)}
        self._committed = dict.fromkeys(self._log, 0)
        self.deaths = 0
        self._recompute = self._new_recompute()

    def run(self) -> None:
        """Let everything happen until the log is read, then recompute in peace."""
        while any(self._committed[lane] < len(found) for lane, found in self._log.items()):
            self._dice.choices(
                (self._load, self._step, self._resend, self._mark_again, self._clean), (10, 6, 1, 1, 1)
            )[0]()
        recompute = Recompute(self._client, self._taken(), 100)
        while recompute.step():
            pass

    def _load(self) -> None:
        lane = self._dice.choice(list(self._log))
        begin = self._committed[lane]
        end = min(len(self._log[lane]), begin + self._dice.randrange(1, 40))
        if begin == end:
            return
        if self._store(lane, self._log[lane][begin:end]) and not self._dies(0.1):
            self._committed[lane] = end

    def _resend(self) -> None:
        lane = self._dice.choice(list(self._log))
        read = self._log[lane][: self._committed[lane]]
        if read:
            self._store(lane, self._dice.sample(read, min(len(read), 10)))

    def _store(self, lane: str, records: list[Record]) -> bool:
        store = Store(self.sink, targets(1), BatchLimits(), self._fatal(Step.ROWS, 0.05))
        try:
            store.store(Batch(lane, records, {}), threading.Event())
        except Died:
            return False
        return True

    def _step(self) -> None:
        try:
            self._recompute.step()
        except (Died, LeaseLost):
            self._recompute = self._new_recompute()

    def _mark_again(self) -> None:
        self._client.insert_select(
            "INSERT INTO dirty SELECT * FROM dirty WHERE cityHash64(token) % 5 = 0"
        )

    def _clean(self) -> None:
        delete_done(self._client, timedelta(0))

    def _new_recompute(self) -> Recompute:
        return Recompute(
            self._client, self._taken(), self._dice.randrange(1, 200), self._fatal(None, 0.08)
        )

    def _taken(self) -> Lease:
        lease = Lease(self._client)
        lease.take()
        return lease

    def _fatal(self, _step: object, chance: float) -> Callable[[object], None]:
        def hook(_at: object) -> None:
            if self._dies(chance):
                raise Died

        return hook

    def _dies(self, chance: float) -> bool:
        dies = self._dice.random() < chance
        self.deaths += dies
        return dies


@pytest.mark.parametrize("seed", range(3))
def test_cells_and_counts_equal_the_oracle(client: Client, seed: int) -> None:
    story = Story(seed, events=250)
    world = World(client, story.records(), seed)
    world.run()
    assert world.deaths > 3
    assert world.sink.stumbles > 3
    assert read_cells(client) == expected_cells(story.rows)
    assert read_days(client) == expected_days(story.rows)
    assert unequal_cells(client) == 0
    assert read_lag(client).batches == 0
    counts = read_counts(client)
    assert {name: (found.stored, found.superseded) for name, found in counts.items()} == expected_counts(
        story.rows
    )
    latest = [row for row in current(story.rows).values() if not row["deleted"]]
    for name, found in counts.items():
        levels = [row["match_level"] for row in latest if row["source"] == name and row["counts"]]
        assert found.by_match_level == {level: levels.count(level) for level in set(levels)}
        assert found.unplaced == sum(level in UNPLACED for level in levels)
        assert (found.rejected, found.arrived) == (0, found.stored + found.superseded)


def stored(client: Client, story: Story, rows: slice) -> None:
    store = Store(client, targets(1), BatchLimits())
    records = story.records()[rows]
    for lane in (EVENTS, EVENTS_BACKFILL):
        store.store(Batch(lane, [r for r in records if r.topic == lane], {}), threading.Event())


@pytest.mark.parametrize("step", list(stepping.Step))
def test_a_recompute_that_dies_at_any_step_is_made_good(client: Client, step: stepping.Step) -> None:
    story = Story(11, events=80)
    stored(client, story, slice(0, 60))

    def die(at: object) -> None:
        if at is step:
            raise Died

    lease = Lease(client)
    lease.take()
    with pytest.raises(Died):
        Recompute(client, lease, 100_000, die).step()
    stored(client, story, slice(60, None))
    successor = Lease(client)
    successor.take()
    while Recompute(client, successor, 100_000).step():
        pass
    assert read_cells(client) == expected_cells(story.rows)
    assert read_days(client) == expected_days(story.rows)
    assert unequal_cells(client) == 0


@pytest.mark.parametrize("step", list(stepping.Step))
def test_one_that_was_paused_at_any_step_does_no_harm_when_it_goes_on(
    client: Client, step: stepping.Step
) -> None:
    """While the old one sleeps, more comes in and a new one recomputes; then the old one wakes."""
    story = Story(12, events=80)
    stored(client, story, slice(0, 60))
    old = Lease(client)
    old.take()

    def sleep(at: object) -> None:
        if at is not step:
            return
        stored(client, story, slice(60, None))
        new = Lease(client)
        new.take()
        while Recompute(client, new, 100_000).step():
            pass

    try:
        Recompute(client, old, 100_000, sleep).step()
    except LeaseLost:
        assert step is stepping.Step.LISTED
    with pytest.raises(LeaseLost):
        old.check()
    last = Lease(client)
    last.take()
    while Recompute(client, last, 100_000).step():
        pass
    assert read_cells(client) == expected_cells(story.rows)
    assert read_days(client) == expected_days(story.rows)
    assert unequal_cells(client) == 0


def test_only_what_is_done_is_cleared_away(client: Client) -> None:
    story = Story(13, events=40)
    stored(client, story, slice(0, 30))
    lease = Lease(client)
    lease.take()
    recompute = Recompute(client, lease, 100_000)
    while recompute.step():
        pass
    stored(client, story, slice(30, None))
    waiting = read_lag(client).batches
    assert waiting
    delete_done(client, timedelta(hours=1))
    ((kept,),) = client.query("SELECT uniqExact(token) FROM dirty")
    assert kept > waiting
    delete_done(client, timedelta(0))
    assert client.query("SELECT uniqExact(token) FROM dirty") == [(waiting,)]
    assert client.query("SELECT count() FROM dirty_done") == [(0,)]
    lease.check()
    while recompute.step():
        pass
    assert read_cells(client) == expected_cells(story.rows)
    assert read_days(client) == expected_days(story.rows)
