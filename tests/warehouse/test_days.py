"""The day level: Amsterdam days of 23, 24 and 25 hours, kept equal to their hours."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from domain.clock import AMSTERDAM
from domain.rows import EventRow, clickhouse_time
from domain.topics import EVENTS
from tests.warehouse.reading import read_cells, read_days, unequal_cells
from tests.warehouse.story import Story, as_record, expected_cells, expected_days
from warehouse.client import Client
from warehouse.loader.batching import Batch
from warehouse.loader.config import BatchLimits
from warehouse.loader.storing import Store, targets
from warehouse.recompute.lease import Lease
from warehouse.recompute.stepping import Recompute

pytestmark = pytest.mark.integration


def events_at(times: list[datetime]) -> list[EventRow]:
    """Return an event of one wijk and theme at each of these times."""
    rows = []
    for number, at in enumerate(times):
        row = next(row for row in Story(1, events=5).rows if row["rev"] == 1).copy()
        row["event_id"], row["receipt"], row["occurred_at"] = (
            f"at-{number}",
            number + 1,
            clickhouse_time(at),
        )
        row["wijk"], row["theme"], row["kind"] = "BU02680101", "brand", "incident"
        row["counts"], row["deleted"] = 1, 0
        rows.append(row)
    return rows


def load(client: Client, rows: list[EventRow]) -> None:
    Store(client, targets(1), BatchLimits()).store(
        Batch(EVENTS, [as_record(row) for row in rows], {}), threading.Event()
    )


def recompute(client: Client) -> None:
    lease = Lease(client)
    lease.take()
    steps = Recompute(client, lease, 100_000)
    while steps.step():
        pass


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-06-15", 24), ("2026-10-25", 25), ("2027-01-01", 24)]
)
def test_a_day_has_the_hours_that_the_clock_gives_it(client: Client, day: str, hours: int) -> None:
    begin = datetime.fromisoformat(day).replace(tzinfo=AMSTERDAM).astimezone(UTC)
    inside = [begin + timedelta(hours=hour) for hour in range(hours)]
    last = begin + timedelta(hours=hours, milliseconds=-1)
    before, after = begin - timedelta(milliseconds=1), last + timedelta(milliseconds=1)
    rows = events_at([*inside, last, before, after])
    load(client, rows)
    recompute(client)
    assert len([hour for _, _, hour in read_cells(client)]) == hours + 2
    assert read_days(client) == expected_days(rows)
    assert read_days(client)[("BU02680101", "brand", day)][0] == hours + 1
    assert unequal_cells(client) == 0


def test_an_event_forty_days_late_changes_its_own_cells_alone(client: Client) -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    rows = events_at([now - timedelta(hours=hour) for hour in range(0, 24 * 45, 6)])
    load(client, rows)
    recompute(client)
    gens = (
        "SELECT toString(hour), gen FROM cell FINAL"
        " UNION ALL SELECT toString(day), gen FROM cell_day FINAL"
    )
    before = dict(client.query(gens))
    late = events_at([*([now] * len(rows)), now - timedelta(days=40)])[-1]
    load(client, [late])
    recompute(client)
    after = dict(client.query(gens))
    changed = {period for period, gen in after.items() if before.get(period) != gen}
    assert changed == {"2026-10-11 12:00:00", "2026-10-11"}
    assert read_cells(client) == expected_cells([*rows, late])
    assert read_days(client) == expected_days([*rows, late])
