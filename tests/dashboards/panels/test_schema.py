"""Every panel runs on the migrated schema, also when there is nothing in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dashboards.panels.definition import Panel
from dashboards.panels.fragments import CHART_HOURS
from dashboards.panels.stad_nu import BOARDS
from tests.dashboards.panels.asking import MOMENT, ask
from tests.support.city_rows import add, city_events, insert, reject
from warehouse.client import Client
from wijkbeeld.gemeenten import load_municipality

pytestmark = pytest.mark.integration

PANELS = [panel for board in BOARDS for panel in board.panels]
ROWS_WHEN_EMPTY = {
    "now": 1,
    "wijken": 44,
    "per-hour": CHART_HOURS,
    "themes": 22,
    "stadsdelen": 10,
    "unplaced": 7,
    "rejects": 7,
    "sensitive": 3,
    "audit": 1,
}


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
def test_the_answer_has_the_declared_columns(warehouse: Client, panel: Panel) -> None:
    described = warehouse.query(f"DESCRIBE TABLE ({panel.sql})")
    assert [name for name, *_ in described] == [column.name for column in panel.columns]
    assert described[-1][1] == "DateTime('UTC')"


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
def test_a_panel_answers_over_empty_tables(warehouse: Client, panel: Panel) -> None:
    rows = ask(warehouse, panel)
    assert len(rows) == ROWS_WHEN_EMPTY.get(panel.id, 0)
    assert all(row.get("n", 0) in {0, None} and row.get("n_now", 0) == 0 for row in rows)
    assert {row["status"] for row in rows if "status" in row} <= {"building"}


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
def test_a_panel_answers_in_a_city_with_history_at_the_real_time(
    warehouse: Client, panel: Panel
) -> None:
    city = city_events(
        load_municipality("nijmegen"), MOMENT - timedelta(weeks=10), MOMENT, per_hour=3, seed=7
    )
    add(warehouse, city)
    insert(warehouse, "rejected", [reject(1, "invalid", MOMENT)])
    assert ask(warehouse, panel)
    warehouse.query(panel.sql)  # at this very moment: the text that Grafana sends
