"""Asking a panel at a fixed moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from dashboards.panels.definition import Panel
from domain.rows import EventRow
from tests.support.city_rows import event
from warehouse.client import Client

MOMENT = datetime(2026, 5, 20, 12, 30, tzinfo=UTC)
"""A Wednesday, 14:30 in Amsterdam: half of the current hour has passed."""
WEEK = timedelta(weeks=1)


def ago(hours: float) -> datetime:
    """Return the time that many hours before ``MOMENT``."""
    return MOMENT - timedelta(hours=hours)


def ask(client: Client, panel: Panel, moment: datetime = MOMENT) -> list[dict[str, Any]]:
    """Return the panel's answer at ``moment``, a row per dict, without ``as_of``, which is checked."""
    names = [column.name for column in panel.columns]
    rows = [
        dict(zip(names, row, strict=True))
        for row in client.query(panel.sql_at(f"{moment:%Y-%m-%d %H:%M:%S}"))
    ]
    assert all(row.pop("as_of") == moment.replace(microsecond=0) for row in rows)
    return rows


def pick(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """Return these columns of the rows."""
    return [tuple(row[name] for name in names) for row in rows]


def quiet_weeks(number: int, moment: datetime = MOMENT) -> list[EventRow]:
    """Return events that make ``number`` weeks count as history, without touching the window itself.

    They lie 26 hours before and after each week's window, in Lent.
    """
    return [
        event(
            f"quiet-{week}-{side}", moment - week * WEEK + side * timedelta(hours=26), wijk="BU02680970"
        )
        for week in range(1, number + 1)
        for side in (-1, 1)
    ]
