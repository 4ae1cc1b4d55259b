"""The page in headless Chromium, on the real engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from domain.areas import Municipality
from tests.dashboards.page.browsing import CENTRUM, SLOW, Open, add_now, live
from tests.dashboards.page.serving import Served, serving
from tests.support.clickhouse import LocalClickHouse
from tests.support.ports import free_port
from warehouse.audit import DayLine, LevelVerdict, Loss, Report, SourceReport, record
from warehouse.client import Client

pytestmark = pytest.mark.integration


@contextmanager
def _killed(server: LocalClickHouse) -> Iterator[None]:
    """Keep the shared server away for the length of a ``with`` block, whatever happens in it."""
    server.kill()
    try:
        yield
    finally:
        server.start()


def test_a_new_event_appears_without_reload(
    warehouse: Client, page_of_city: Served, open_page: Open
) -> None:
    add_now(warehouse, wijk="BU02680970", theme="milieu", kind="signal")
    page = open_page(page_of_city)
    live(page)
    expect(page.locator("#feed li")).to_have_count(1, timeout=SLOW)
    page.evaluate("window.theSamePage = true")
    add_now(warehouse, theme="brand", severity=4, service="brandweer", priority="p1")
    first = page.locator("#feed li").first
    expect(first).to_contain_text("Brand", timeout=SLOW)
    expect(first).to_contain_text("Stadscentrum")
    expect(first).to_contain_text("Incident · brandweer · P1 · test")
    expect(first).to_contain_text("nieuw")
    expect(page.locator("#announcer")).to_contain_text("laatste: Brand, Stadscentrum", timeout=SLOW)
    expect(page.locator(f'#map .wijk[data-code="{CENTRUM}"] .number')).to_have_text("1", timeout=SLOW)
    expect(page.locator("#incidents")).to_have_text("1", timeout=SLOW)
    assert page.evaluate("window.theSamePage") is True


def test_while_history_is_short_the_map_says_so(
    warehouse: Client, page_of_city: Served, open_page: Open
) -> None:
    add_now(warehouse, 4)
    page_of_city.system["sources"] = {"test": {"received": 4, "progress": {"backfill": 0.43}}}
    page = open_page(page_of_city)
    live(page)
    expect(page.locator("#building")).to_contain_text(
        "Normaal wordt opgebouwd: 0 van 8 weken", timeout=SLOW
    )
    expect(page.locator("#building")).to_contain_text("historie voor 43% ingelezen", timeout=SLOW)
    expect(page.locator("#legend-building")).to_be_visible()
    expect(page.locator("#legend-status")).to_be_hidden()
    shape = page.locator(f'#map .wijk[data-code="{CENTRUM}"]')
    expect(shape).to_have_attribute("data-count", "2", timeout=SLOW)
    label = "Stadscentrum, Nijmegen-Centrum: 4 gebeurtenissen nu, normaal in opbouw"
    expect(shape).to_have_attribute("aria-label", label)


def test_a_part_that_restarts_is_told(page_of_city: Served, open_page: Open, warehouse: Client) -> None:
    page = open_page(page_of_city)
    live(page)
    running = page_of_city.system["parts"]
    page_of_city.system["parts"] = running | {"loader": {"state": "restarting", "restarts": 2}}
    expect(page.locator("#notice")).to_contain_text("loader: herstart", timeout=SLOW)
    expect(page.locator("#parts")).to_contain_text("loader herstart, 2 keer herstart")
    page_of_city.system["parts"] = running
    expect(page.locator("#notice")).to_be_hidden(timeout=SLOW)


def test_a_paused_source_is_told(page_of_city: Served, open_page: Open, warehouse: Client) -> None:
    page = open_page(page_of_city)
    live(page)
    paused = {"reason": "unparsed", "rejects": 50, "among": 50}
    page_of_city.system["sources"] = {"test": {"received": 3, "progress": {}, "paused": paused}}
    told = "Bron test is gepauzeerd: 50 records na elkaar afgewezen (unparsed)."
    expect(page.locator("#notice")).to_contain_text(told, timeout=SLOW)
    expect(page.locator("#sources-rows")).to_contain_text("gepauzeerd")
    page_of_city.system["sources"] = {"test": {"received": 3, "progress": {}, "paused": None}}
    expect(page.locator("#notice")).to_be_hidden(timeout=SLOW)


def test_the_picture_can_be_held(warehouse: Client, page_of_city: Served, open_page: Open) -> None:
    add_now(warehouse)
    page = open_page(page_of_city)
    live(page)
    expect(page.locator("#feed li")).to_have_count(1, timeout=SLOW)
    page.click("#pause")
    expect(page.locator("#notice")).to_contain_text("Gepauzeerd")
    as_of = page.locator("#as-of").inner_text()
    add_now(warehouse)
    # The clock goes on while the picture stands still.
    expect(page.locator("#as-of")).not_to_have_text(as_of, timeout=SLOW)
    expect(page.locator("#feed li")).to_have_count(1)
    page.click("#pause")
    expect(page.locator("#feed li")).to_have_count(2, timeout=SLOW)
    expect(page.locator("#notice")).to_be_hidden()


def test_a_warehouse_that_goes_away_is_seen_and_comes_back(
    warehouse: Client, server: LocalClickHouse, page_of_city: Served, open_page: Open
) -> None:
    add_now(warehouse)
    page = open_page(page_of_city)
    live(page)
    expect(page.locator("#feed li")).to_have_count(1, timeout=SLOW)  # panels come one by one
    with _killed(server):
        expect(page.locator("html")).to_have_attribute("data-live", "stale", timeout=SLOW)
        notice = "Niet actueel: dit is het beeld van"
        expect(page.locator("#notice")).to_contain_text(notice, timeout=SLOW)
        expect(page.locator("#feed li")).to_have_count(1)
    live(page)
    expect(page.locator("#notice")).to_be_hidden(timeout=SLOW)


def test_before_the_warehouse_the_page_waits(nijmegen: Municipality, open_page: Open) -> None:
    with serving(f"http://127.0.0.1:{free_port()}", "reader", "password", nijmegen) as served:
        page = open_page(served)
        expect(page.locator("html")).to_have_attribute("data-live", "waiting", timeout=SLOW)
        expect(page.locator("#notice")).to_contain_text("Wacht op gegevens")
        page.goto("about:blank")


def test_the_last_audit_is_shown_without_reload(
    warehouse: Client, page_of_city: Served, open_page: Open
) -> None:
    page = open_page(page_of_city)
    live(page)
    rows = page.locator("#audit-rows tr")
    expect(rows).to_have_text(["Alles samennog niet gecontroleerd––––"], timeout=SLOW)
    now = datetime.now(UTC)
    days = (DayLine(now.date(), 3, 2, 0, 0, 0, 1),)
    source = SourceReport("p2000", days, (), 1, Loss.LOST, ((2, 2),))
    record(warehouse, Report(now, (source,), (LevelVerdict("hour"),)))
    expect(rows).to_have_text(["Alles samen✗ wijkt af1013", "p2000✗ wijkt af1–13"], timeout=SLOW)
    expect(page.locator("#audit-at")).to_contain_text("gecontroleerd: ")
    expect(rows.last).to_have_attribute("data-verdict", "differs")
