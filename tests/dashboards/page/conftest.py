"""A running page, and a browser to look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from domain.areas import Municipality
from tests.dashboards.conftest import DATABASE
from tests.dashboards.page.serving import SYSTEM, Served, serving
from tests.support.browser import chromium
from tests.support.clickhouse import READER, LocalClickHouse
from warehouse.client import Client


@pytest.fixture(scope="package")
def running_page(server: LocalClickHouse, engine: Client, nijmegen: Municipality) -> Iterator[Served]:
    """The page on the shared database, read by a user who may only read."""
    address = f"{server.url}/{DATABASE}"
    with serving(address, READER.name, READER.password, nijmegen) as served:
        yield served


@pytest.fixture
def page_of_city(running_page: Served) -> Served:
    """The same, with the platform in its usual state."""
    running_page.system = dict(SYSTEM)
    return running_page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium; not beyond one module, since its driver keeps an event loop running."""
    with chromium() as running:
        yield running


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page; fails the test when it wrote an error or asked anything of another server."""
    opened: list[tuple[Page, list[str]]] = []

    def open_one(served: Served, width: int = 1440, height: int = 900, **options: Any) -> Page:
        viewport = ViewportSize(width=width, height=height)
        context = browser.new_context(viewport=viewport, locale="nl-NL", **options)
        page = context.new_page()
        page.set_default_timeout(60_000)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: _note(faults, message.type, message.text))
        page.on("request", lambda request: _note_foreign(faults, request.url, served.url))
        page.goto(served.url)
        opened.append((page, faults))
        return page

    yield open_one
    found = [fault for _, faults in opened for fault in faults]
    for page, _ in opened:
        page.context.close()
    assert found == []


def _note(faults: list[str], kind: str, text: str) -> None:
    # A stream that breaks off because its server was ended on purpose is no fault of the page, nor is a
    # gateway that is away.
    if kind == "error" and "ERR_" not in text and "status of 503" not in text:
        faults.append(text)


def _note_foreign(faults: list[str], url: str, own: str) -> None:
    if not url.startswith((own, "data:", "blob:")):
        faults.append(f"asked {url}")
