"""Faults 11 to 14: what sources do: resend, correct out of order, retract, be late or ahead of time."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from domain.codec import encode_event
from domain.events import Incident
from domain.places import Location
from domain.rows import EventRow, clickhouse_time, pack_version
from domain.topics import EVENTS, EVENTS_BACKFILL, REJECTED, Lane
from ingest.outbox.store import Outbox
from ingest.protocol import Draft, Poll
from streams.pipeline import Pipeline
from streams.tables import build_tables
from tests.ingest.samples import KEYED, NOON, draft, source
from tests.streams.samples import RECEIVED, chunk_of, municipality, raw_event
from tests.warehouse.outcome import check_story
from tests.warehouse.reading import read_cells
from tests.warehouse.story import CellKey, CellValue, Story, as_record
from warehouse.client import Client
from warehouse.loader.batching import Batch
from warehouse.loader.config import BatchLimits
from warehouse.loader.storing import Store, targets
from warehouse.recompute.lease import Lease
from warehouse.recompute.stepping import Recompute

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
HERE, THERE, ELSEWHERE = "BU02680100", "BU02680101", "BU02680202"


def version(rev: int, wijk: str, at: datetime, *, deleted: bool = False, name: str = "one") -> EventRow:
    """Return a version of an event."""
    row = Story(1, events=1).rows[0].copy()
    row["event_id"], row["bucket"], row["counts"], row["kind"] = name, "2026-03-01", 1, "incident"
    row["rev"], row["geo_v"], row["version"] = rev, 1, pack_version(rev, 1)
    row["receipt"], row["deleted"] = 10 * sum(name.encode()) + rev, int(deleted)
    row["wijk"], row["theme"], row["severity"] = wijk, "brand", 2
    row["occurred_at"] = clickhouse_time(at)
    return row


def arrive(client: Client, rows: Iterable[EventRow]) -> dict[CellKey, CellValue]:
    """Store rows, each a batch of its own, recompute, and return the cells."""
    store = Store(client, targets(1), BatchLimits())
    for row in rows:
        record = as_record(row)
        store.store(Batch(record.topic, [record], {}), threading.Event())
    lease = Lease(client)
    lease.take()
    recompute = Recompute(client, lease, 100_000)
    while recompute.step():
        pass
    return read_cells(client)


def cell(wijk: str, at: datetime) -> dict[CellKey, CellValue]:
    """Return the one cell that counts one event."""
    return {(wijk, "brand", at.strftime("%Y-%m-%d %H:00:00")): (1, 1, 0, 0, 2)}


def test_11_a_source_sends_a_month_again_in_any_order(tmp_path: Path) -> None:
    dice = random.Random(11)
    outbox = Outbox(tmp_path / "outbox.sqlite", KEYED, "voorbeeld")
    outbox.register([source()])
    days = [NOON - timedelta(days=day) for day in range(30)]
    plain = [draft(f"plain-{n}", severity=1 + n % 5, occurred_at=at) for n, at in enumerate(days)]
    versions: list[Draft] = [
        draft(f"versioned-{n}", severity=revision, occurred_at=at, revision=revision)
        for n, at in enumerate(days)
        for revision in (1, 2, 3)
    ]
    first = [*plain, *versions]
    issued = outbox.write(source(), Lane.LIVE, Poll(first, {"at": 1}, timedelta(0)), NOON, None)
    assert (issued.issued, issued.duplicates) == (len(first), 0)
    again = dice.sample(first, len(first))
    resent = outbox.write(source(), Lane.LIVE, Poll(again, {"at": 2}, timedelta(0)), NOON, None)
    assert (resent.issued, resent.duplicates) == (0, len(first))
    outbox.close()


@pytest.mark.integration
def test_11_what_arrives_again_in_any_order_changes_no_row_and_no_cell(client: Client) -> None:
    story = Story(11, events=60)
    dice = random.Random(11)

    def store(rows: list[EventRow]) -> None:
        written = Store(client, targets(1), BatchLimits())
        records = [as_record(row) for row in rows]
        for lane in (EVENTS, EVENTS_BACKFILL):
            written.store(Batch(lane, [r for r in records if r.topic == lane], {}), threading.Event())
        arrive(client, [])

    current = "SELECT source, event_id, version, receipt FROM event_now FINAL ORDER BY ALL"
    store(story.rows)
    rows, cells = client.query(current), read_cells(client)
    resent = dice.sample(story.rows, len(story.rows))
    store(resent[:40])
    store(resent[40:])
    assert client.query(current) == rows
    assert read_cells(client) == cells
    check_story(client, story)


@pytest.mark.integration
@pytest.mark.parametrize("order", [(3, 1, 2), (1, 3, 2), (2, 3, 1), (1, 2, 3)])
def test_12_versions_arrive_in_any_order(client: Client, order: tuple[int, ...]) -> None:
    versions = {
        1: version(1, HERE, AT),
        2: version(2, THERE, AT + timedelta(hours=1)),
        3: version(3, ELSEWHERE, AT + timedelta(hours=2)),
    }
    arrived: list[int] = []
    for rev in order:
        arrived.append(rev)
        newest = versions[max(arrived)]
        at = AT + timedelta(hours=max(arrived) - 1)
        assert arrive(client, [versions[rev]]) == cell(newest["wijk"], at), f"after {arrived}"


@pytest.mark.integration
def test_13_a_stale_version_does_not_bring_a_retracted_event_back(client: Client) -> None:
    first, retracted = version(1, HERE, AT), version(2, HERE, AT, deleted=True)
    assert arrive(client, [first]) == cell(HERE, AT)
    assert arrive(client, [retracted]) == {}
    for table in ("event_log", "event_now", "cell"):
        client.execute(f"OPTIMIZE TABLE {table} FINAL")
    assert arrive(client, [first]) == {}
    assert client.query("SELECT count() FROM event_now FINAL") == [(0,)]
    client.execute("OPTIMIZE TABLE event_now FINAL")
    assert arrive(client, [first, retracted, first]) == {}


@pytest.mark.integration
def test_14_an_event_forty_days_late_changes_its_own_cell_alone(client: Client) -> None:
    generations = "SELECT wijk, theme, hour, gen FROM cell FINAL ORDER BY ALL"
    arrive(client, [version(1, HERE, AT + timedelta(hours=n), name=f"now-{n}") for n in range(3)])
    before = set(client.query(generations))
    late = AT - timedelta(days=40)
    cells = arrive(client, [version(1, THERE, late, name="late")])
    (changed,) = set(client.query(generations)) ^ before
    assert changed[:2] == (THERE, "brand")
    assert cells.items() >= cell(THERE, late).items()


def test_14_an_event_of_the_future_is_a_reject_that_can_be_replayed_and_harms_nobody() -> None:
    future = Incident(
        occurred_at=RECEIVED + timedelta(days=400),
        category="brand-woning",
        theme="brand",
        location=Location(wijk="BU99010101"),
    )
    values = [raw_event(1), raw_event(2, data=future), raw_event(3)]
    made = Pipeline(build_tables(municipality(), 1))(chunk_of([encode_event(event) for event in values]))
    by_topic = {part.topic: [orjson.loads(value) for value in part.values] for part in made}
    assert [row["receipt"] for row in by_topic[EVENTS]] == [1, 3]
    (reject,) = by_topic[REJECTED]
    assert (reject["receipt"], reject["reason"]) == (2, "future")
    assert orjson.loads(reject["record"]), "what can be replayed is kept"
