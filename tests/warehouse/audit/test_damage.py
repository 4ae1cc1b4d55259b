"""A warehouse in order audits clean, and every kind of damage is found and named."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import pytest

from domain.rows import EventRow
from domain.topics import EVENTS, EVENTS_BACKFILL
from tests.warehouse.audit.accounts import GivenOut, accounts_of, audit, without_gaps
from tests.warehouse.story import Story, expected_cells, expected_counts
from warehouse.audit import Loss, Report, Verdict
from warehouse.client import Client
from warehouse.loader.batching import Batch
from warehouse.loader.config import BatchLimits
from warehouse.loader.storing import Store, targets
from warehouse.recompute.lease import Lease
from warehouse.recompute.stepping import Recompute

pytestmark = pytest.mark.integration


def load(client: Client, story: Story, rows: slice = slice(None)) -> None:
    store = Store(client, targets(1), BatchLimits())
    records = story.records()[rows]
    for lane in (EVENTS, EVENTS_BACKFILL):
        store.store(Batch(lane, [r for r in records if r.topic == lane], {}), threading.Event())


def recompute(client: Client) -> None:
    lease = Lease(client)
    lease.take()
    while Recompute(client, lease, 100_000).step():
        pass


@pytest.fixture
def story() -> Story:
    told = Story(31, events=150)
    told.rows = without_gaps(told.rows)
    return told


@pytest.fixture
def loaded(client: Client, story: Story) -> Client:
    """A warehouse that the story has gone through."""
    load(client, story)
    recompute(client)
    return client


def audited(client: Client, rows: Iterable[EventRow]) -> Report:
    return audit(client, GivenOut(accounts_of(rows)))


def test_a_story_with_every_kind_of_change_audits_clean(loaded: Client, story: Story) -> None:
    report = audited(loaded, story.rows)
    assert report.verdict is Verdict.CLEAN, report
    assert report.loss is Loss.NONE
    counts = {
        source.name: (sum(d.stored for d in source.days), sum(d.superseded for d in source.days))
        for source in report.sources
    }
    assert counts == expected_counts(story.rows)
    assert all(day.in_flight == 0 for source in report.sources for day in source.days)
