"""The page in headless Chromium, on the real engine."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped]  # ships no types
    Axe,
)
from playwright.sync_api import Page, expect

from domain.areas import Municipality
from tests.dashboards.page.serving import Served, serving
from tests.support.city_rows import add, city_events, event
from tests.support.clickhouse import LocalClickHouse
from tests.support.ports import free_port
from warehouse.audit import DayLine, LevelVerdict, Loss, Report, SourceReport, record
from warehouse.client import Client

pytestmark = pytest.mark.integration

Open = Callable[..., Page]
CENTRUM = "BU02680101"
_SLOW = 60_000
_NUMBERS = itertools.count(1)


def _live(page: Page) -> None:
    """Wait until the page shows figures and says that they are current."""
    expect(page.locator("html")).to_have_attribute("data-live", "live", timeout=_SLOW)
    expect(page.locator("#map .wijk[data-status=waiting]")).to_have_count(0, timeout=_SLOW)


def _add_now(warehouse: Client, number: int = 1, **columns: Any) -> None:
    now = datetime.now(UTC)
    add(
        warehouse,
        [event(f"live-{next(_NUMBERS)}", now, **columns) for _ in range(number)],
        gen=next(_NUMBERS) + 1000,
    )


@contextmanager
def _killed(server: LocalClickHouse) -> Iterator[None]:
    """Keep the shared server away for the length of a ``with`` block, whatever happens in it."""
    server.kill()
    try:
        yield
    finally:
        server.start()


def _fill(warehouse: Client, municipality: Municipality, weeks: float) -> None:
    """Write a city with that much history, and one wijk that is far above its normal."""
    now = datetime.now(UTC)
    start = now - timedelta(weeks=weeks)
    city = city_events(municipality, start, now - timedelta(seconds=5), per_hour=1.5, seed=11)
    add(warehouse, city)
    _add_now(warehouse, 9, wijk="BU02680616", theme="jongerenoverlast", kind="signal")


def test_a_new_event_appears_without_reload(
    warehouse: Client, page_of_city: Served, open_page: Open
) -> None:
    _add_now(warehouse, wijk="BU02680970", theme="milieu", kind="signal")
    page = open_page(page_of_city)
    _live(page)
    expect(page.locator("#feed li")).to_have_count(1, timeout=_SLOW)
    page.evaluate("window.theSamePage = true")
    _add_now(warehouse, theme="brand", severity=4, service="brandweer", priority="p1")
    first = page.locator("#feed li").first
    expect(first).to_contain_text("Brand", timeout=_SLOW)
    expect(first).to_contain_text("Stadscentrum")
    expect(first).to_contain_text("Incident · brandweer · P1 · test")
    expect(first).to_contain_text("nieuw")
    expect(page.locator("#announcer")).to_contain_text("laatste: Brand, Stadscentrum", timeout=_SLOW)
    expect(page.locator(f'#map .wijk[data-code="{CENTRUM}"] .number')).to_have_text("1", timeout=_SLOW)
    expect(page.locator("#incidents")).to_have_text("1", timeout=_SLOW)
    assert page.evaluate("window.theSamePage") is True


def test_the_table_is_the_twin_of_the_map(
    warehouse: Client, page_of_city: Served, open_page: Open, nijmegen: Municipality
) -> None:
    _fill(warehouse, nijmegen, weeks=10)
    page = open_page(page_of_city)
    _live(page)
    expect(page.locator('#map .wijk[data-status="much-higher"]')).not_to_have_count(0, timeout=_SLOW)
    page.click("#pause")  # so that both are read at one moment
    page.click("#as-table")
    expect(page.locator("#map-view")).to_be_hidden()
    shown = page.evaluate(
        """() => [...document.querySelectorAll("#map .wijk")].map((shape) => {
            const line = document.querySelector(`#twin tr[data-code="${shape.dataset.code}"]`);
            const cells = [...line.cells].map((cell) => cell.textContent);
            const {name, stadsdeel, status} = shape.dataset;
            const number = shape.querySelector("tspan").textContent;
            const label = shape.getAttribute("aria-label");
            return {map: [name, stadsdeel, number, label, status], cells, row: line.dataset.status};
        })"""
    )
    assert len(shown) == 44
    for wijk in shown:
        name, stadsdeel, number, label, status = wijk["map"]
        assert wijk["cells"][:3] == [name, stadsdeel, number]
        assert wijk["row"] == status
        assert f"normaal {wijk['cells'][3]}, {wijk['cells'][5].split(' ', 1)[1]}" in label
    first = page.locator("#twin tbody tr").first
    expect(first).to_have_attribute("data-status", "much-higher")
    page.click('#twin button[data-sort="name"]')
    expect(page.locator("#twin tbody th").first).to_have_text("'t Acker")
    expect(page.locator('#twin th[aria-sort="ascending"]')).to_have_text("Wijk")


def test_while_history_is_short_the_map_says_so(
    warehouse: Client, page_of_city: Served, open_page: Open
) -> None:
    _add_now(warehouse, 4)
    page_of_city.system["sources"] = {"test": {"received": 4, "progress": {"backfill": 0.43}}}
    page = open_page(page_of_city)
    _live(page)
    expect(page.locator("#building")).to_contain_text(
        "Normaal wordt opgebouwd: 0 van 8 weken", timeout=_SLOW
    )
    expect(page.locator("#building")).to_contain_text("historie voor 43% ingelezen", timeout=_SLOW)
    expect(page.locator("#legend-building")).to_be_visible()
    expect(page.locator("#legend-status")).to_be_hidden()
    shape = page.locator(f'#map .wijk[data-code="{CENTRUM}"]')
    expect(shape).to_have_attribute("data-count", "2", timeout=_SLOW)
    label = "Stadscentrum, Nijmegen-Centrum: 4 gebeurtenissen nu, normaal in opbouw"
    expect(shape).to_have_attribute("aria-label", label)


def test_a_part_that_restarts_is_told(page_of_city: Served, open_page: Open, warehouse: Client) -> None:
    page = open_page(page_of_city)
    _live(page)
    running = page_of_city.system["parts"]
    page_of_city.system["parts"] = running | {"loader": {"state": "restarting", "restarts": 2}}
    expect(page.locator("#notice")).to_contain_text("loader: herstart", timeout=_SLOW)
    expect(page.locator("#parts")).to_contain_text("loader herstart, 2 keer herstart")
    page_of_city.system["parts"] = running
    expect(page.locator("#notice")).to_be_hidden(timeout=_SLOW)


def test_a_paused_source_is_told(page_of_city: Served, open_page: Open, warehouse: Client) -> None:
    page = open_page(page_of_city)
    _live(page)
    paused = {"reason": "unparsed", "rejects": 50, "among": 50}
    page_of_city.system["sources"] = {"test": {"received": 3, "progress": {}, "paused": paused}}
    told = "Bron test is gepauzeerd: 50 records na elkaar afgewezen (unparsed)."
    expect(page.locator("#notice")).to_contain_text(told, timeout=_SLOW)
    expect(page.locator("#sources-rows")).to_contain_text("gepauzeerd")
    page_of_city.system["sources"] = {"test": {"received": 3, "progress": {}, "paused": None}}
    expect(page.locator("#notice")).to_be_hidden(timeout=_SLOW)


def test_walking_with_the_keyboard(warehouse: Client, page_of_city: Served, open_page: Open) -> None:
    _add_now(warehouse, 2, theme="drugs", kind="signal")
    page = open_page(page_of_city)
    _live(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Naar de wijken"
    expect(page.locator(".skips a").first).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "wijken"
    for _ in range(3):  # Kaart, Tabel, the first wijk
        page.keyboard.press("Tab")
    focused = "document.activeElement.dataset.name"
    assert page.evaluate(focused) == "Benedenstad"
    assert page.evaluate("document.querySelector('#ring-focus').getAttribute('d')") != ""
    for key, name in [
        ("ArrowDown", "Stadscentrum"),
        ("ArrowUp", "Benedenstad"),
        ("ArrowDown", "Stadscentrum"),
    ]:
        page.keyboard.press(key)
        assert page.evaluate(focused) == name
    page.keyboard.press("Enter")
    expect(page.locator("#h-detail")).to_have_text("Stadscentrum")
    expect(page.locator("#detail")).to_contain_text("2 gebeurtenissen nu")
    expect(page.locator("#detail tbody")).to_contain_text("Drugs", timeout=_SLOW)
    expect(page.locator(f'#map .wijk[data-code="{CENTRUM}"]')).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#h-detail")).to_have_text("Kies een wijk")
    page.keyboard.press("End")
    assert page.evaluate(focused) == "Lent"


def test_every_wijk_can_be_reached_with_the_arrows(page_of_city: Served, open_page: Open) -> None:
    page = open_page(page_of_city)
    reached = page.evaluate(
        """() => {
            const shapes = [...document.querySelectorAll("#map .wijk")];
            const seen = new Set([shapes[0]]);
            for (const shape of seen) {
                for (const key of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]) {
                    shape.focus();
                    shape.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
                    seen.add(document.activeElement);
                }
            }
            return seen.size;
        }"""
    )
    assert reached == 44


def test_the_picture_can_be_held(warehouse: Client, page_of_city: Served, open_page: Open) -> None:
    _add_now(warehouse)
    page = open_page(page_of_city)
    _live(page)
    expect(page.locator("#feed li")).to_have_count(1, timeout=_SLOW)
    page.click("#pause")
    expect(page.locator("#notice")).to_contain_text("Gepauzeerd")
    as_of = page.locator("#as-of").inner_text()
    _add_now(warehouse)
    # The clock goes on while the picture stands still.
    expect(page.locator("#as-of")).not_to_have_text(as_of, timeout=_SLOW)
    expect(page.locator("#feed li")).to_have_count(1)
    page.click("#pause")
    expect(page.locator("#feed li")).to_have_count(2, timeout=_SLOW)
    expect(page.locator("#notice")).to_be_hidden()


def test_a_warehouse_that_goes_away_is_seen_and_comes_back(
    warehouse: Client, server: LocalClickHouse, page_of_city: Served, open_page: Open
) -> None:
    _add_now(warehouse)
    page = open_page(page_of_city)
    _live(page)
    expect(page.locator("#feed li")).to_have_count(1, timeout=_SLOW)  # panels come one by one
    with _killed(server):
        expect(page.locator("html")).to_have_attribute("data-live", "stale", timeout=_SLOW)
        notice = "Niet actueel: dit is het beeld van"
        expect(page.locator("#notice")).to_contain_text(notice, timeout=_SLOW)
        expect(page.locator("#feed li")).to_have_count(1)
    _live(page)
    expect(page.locator("#notice")).to_be_hidden(timeout=_SLOW)


def test_before_the_warehouse_the_page_waits(nijmegen: Municipality, open_page: Open) -> None:
    with serving(f"http://127.0.0.1:{free_port()}", "reader", "password", nijmegen) as served:
        page = open_page(served)
        expect(page.locator("html")).to_have_attribute("data-live", "waiting", timeout=_SLOW)
        expect(page.locator("#notice")).to_contain_text("Wacht op gegevens")
        page.goto("about:blank")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 360)])
def test_axe_finds_no_serious_fault(
    warehouse: Client,
    page_of_city: Served,
    open_page: Open,
    nijmegen: Municipality,
    scheme: str,
    width: int,
) -> None:
    _fill(warehouse, nijmegen, weeks=10)
    page = open_page(page_of_city, width, color_scheme=scheme, reduced_motion="reduce")
    _live(page)
    expect(page.locator('#map .wijk[data-status="much-higher"]')).not_to_have_count(0, timeout=_SLOW)
    # The feed is of the last hours, of which a night has fewer events.
    expect(page.locator("#feed li").nth(20)).to_be_attached(timeout=_SLOW)
    page.locator('#map .wijk[data-code="BU02680616"]').click()
    page.locator("footer summary").click()
    page.click("#pause")
    for view in ("#as-map", "#as-table"):
        page.click(view)
        found = Axe().run(page).response["violations"]
        grave = [fault for fault in found if fault["impact"] in {"serious", "critical"}]
        assert [(fault["id"], fault["nodes"][0]["html"]) for fault in grave] == []


@pytest.mark.parametrize("width", [360, 420, 759, 900, 1160])
def test_nothing_sticks_out_sideways(
    warehouse: Client, page_of_city: Served, open_page: Open, nijmegen: Municipality, width: int
) -> None:
    _fill(warehouse, nijmegen, weeks=0.5)
    page = open_page(page_of_city, width, 740)
    _live(page)
    expect(page.locator("#themes-rows tr")).to_have_count(22, timeout=_SLOW)
    for view in ("#as-table", "#as-map"):
        page.click(view)
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_theme_is_chosen_and_kept(page_of_city: Served, open_page: Open) -> None:
    page = open_page(page_of_city, color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.click("#theme")
    assert page.evaluate(ground) == light
    page.click("#theme")
    expect(page.locator("#theme-name")).to_have_text("donker")
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    expect(page.locator("#theme-name")).to_have_text("donker")
    assert page.evaluate(ground) == dark


def test_the_last_audit_is_shown_without_reload(
    warehouse: Client, page_of_city: Served, open_page: Open
) -> None:
    page = open_page(page_of_city)
    _live(page)
    rows = page.locator("#audit-rows tr")
    expect(rows).to_have_text(["Alles samennog niet gecontroleerd––––"], timeout=_SLOW)
    now = datetime.now(UTC)
    days = (DayLine(now.date(), 3, 2, 0, 0, 0, 1),)
    source = SourceReport("p2000", days, (), 1, Loss.LOST, ((2, 2),))
    record(warehouse, Report(now, (source,), (LevelVerdict("hour"),)))
    expect(rows).to_have_text(["Alles samen✗ wijkt af1013", "p2000✗ wijkt af1–13"], timeout=_SLOW)
    expect(page.locator("#audit-at")).to_contain_text("gecontroleerd: ")
    expect(rows.last).to_have_attribute("data-verdict", "differs")


def test_the_chart_has_a_table(warehouse: Client, page_of_city: Served, open_page: Open) -> None:
    _add_now(warehouse, 3)
    page = open_page(page_of_city)
    _live(page)
    expect(page.locator("#chart .bar-incidents")).to_have_count(48, timeout=_SLOW)
    page.click(".hours summary")
    rows = page.locator("#hours-rows tr")
    expect(rows).to_have_count(48)
    expect(rows.first.locator("td").first).to_have_text("3", timeout=_SLOW)
