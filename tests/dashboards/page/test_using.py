"""The page in the hands of people: by keyboard, as a table, narrow, with poor sight."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped]  # ships no types
    Axe,
)
from playwright.sync_api import expect

from domain.areas import Municipality
from tests.dashboards.page.browsing import CENTRUM, SLOW, Open, add_now, fill, live
from tests.dashboards.page.serving import Served
from warehouse.client import Client

pytestmark = pytest.mark.integration


def test_the_table_is_the_twin_of_the_map(
    warehouse: Client, page_of_city: Served, open_page: Open, nijmegen: Municipality
) -> None:
    fill(warehouse, nijmegen, weeks=10)
    page = open_page(page_of_city)
    live(page)
    expect(page.locator('#map .wijk[data-status="much-higher"]')).not_to_have_count(0, timeout=SLOW)
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


def test_walking_with_the_keyboard(warehouse: Client, page_of_city: Served, open_page: Open) -> None:
    add_now(warehouse, 2, theme="drugs", kind="signal")
    page = open_page(page_of_city)
    live(page)
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
    expect(page.locator("#detail tbody")).to_contain_text("Drugs", timeout=SLOW)
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


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 360)])
def test_axe_finds_no_serious_fault(
    warehouse: Client,
    page_of_city: Served,
    open_page: Open,
    nijmegen: Municipality,
    scheme: str,
    width: int,
) -> None:
    fill(warehouse, nijmegen, weeks=10)
    page = open_page(page_of_city, width, color_scheme=scheme, reduced_motion="reduce")
    live(page)
    expect(page.locator('#map .wijk[data-status="much-higher"]')).not_to_have_count(0, timeout=SLOW)
    # The feed is of the last hours, of which a night has fewer events.
    expect(page.locator("#feed li").nth(20)).to_be_attached(timeout=SLOW)
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
    fill(warehouse, nijmegen, weeks=0.5)
    page = open_page(page_of_city, width, 740)
    live(page)
    expect(page.locator("#themes-rows tr")).to_have_count(22, timeout=SLOW)
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


def test_the_chart_has_a_table(warehouse: Client, page_of_city: Served, open_page: Open) -> None:
    add_now(warehouse, 3)
    page = open_page(page_of_city)
    live(page)
    expect(page.locator("#chart .bar-incidents")).to_have_count(48, timeout=SLOW)
    page.click(".hours summary")
    rows = page.locator("#hours-rows tr")
    expect(rows).to_have_count(48)
    expect(rows.first.locator("td").first).to_have_text("3", timeout=SLOW)
