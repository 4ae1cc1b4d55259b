"""The loader's and the recompute's own work, without their processes."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from domain.topics import EVENTS, EVENTS_BACKFILL
from tests.warehouse.story import Record, Story
from warehouse.client import Client
from warehouse.loader.batching import Batch
from warehouse.loader.config import BatchLimits
from warehouse.loader.storing import Store, targets
from warehouse.recompute.lease import Lease
from warehouse.recompute.stepping import Recompute


def store(client: Client, records: Sequence[Record]) -> None:
    """Store and mark records of events, per lane."""
    loader = Store(client, targets(1), BatchLimits())
    for lane in (EVENTS, EVENTS_BACKFILL):
        loader.store(Batch(lane, [r for r in records if r.topic == lane], {}), threading.Event())


def load(client: Client, story: Story, rows: slice = slice(None)) -> None:
    """Store and mark rows of a story."""
    store(client, story.records()[rows])


def recompute(client: Client) -> None:
    """Recompute all that is marked."""
    lease = Lease(client)
    lease.take()
    while Recompute(client, lease, 100_000).step():
        pass
