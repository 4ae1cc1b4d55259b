"""What tests of the page in a browser begin with."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, expect

from domain.areas import Municipality
from tests.support.city_rows import add, city_events, event
from warehouse.client import Client

Open = Callable[..., Page]
CENTRUM = "BU02680101"
SLOW = 60_000
_NUMBERS = itertools.count(1)


def live(page: Page) -> None:
    """Wait until the page shows figures and says that they are current."""
    expect(page.locator("html")).to_have_attribute("data-live", "live", timeout=SLOW)
    expect(page.locator("#map .wijk[data-status=waiting]")).to_have_count(0, timeout=SLOW)


def add_now(warehouse: Client, number: int = 1, **columns: Any) -> None:
    now = datetime.now(UTC)
    add(
        warehouse,
        [event(f"live-{next(_NUMBERS)}", now, **columns) for _ in range(number)],
        gen=next(_NUMBERS) + 1000,
    )


def fill(warehouse: Client, municipality: Municipality, weeks: float) -> None:
    """Write a city with that much history, and one wijk that is far above its normal."""
    now = datetime.now(UTC)
    start = now - timedelta(weeks=weeks)
    city = city_events(municipality, start, now - timedelta(seconds=5), per_hour=1.5, seed=11)
    add(warehouse, city)
    add_now(warehouse, 9, wijk="BU02680616", theme="jongerenoverlast", kind="signal")
