"""The form for observations: what it sends, what another site may not, and how it looks to people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped]  # ships no types
    Axe,
)
from playwright.sync_api import Page, expect

from domain.areas import Municipality
from domain.errors import SourceRefused, Transient
from domain.themes import THEMES
from ingest.observations.form import Observation
from tests.dashboards.conftest import DATABASE
from tests.dashboards.page.serving import Served, serving
from tests.support.clickhouse import READER, LocalClickHouse
from warehouse.client import Client

pytestmark = pytest.mark.integration

Open = Callable[..., Page]
GOOD = {
    "id": "6f1c0a52-0000-4000-8000-000000000001",
    "wijk": "BU02680101",
    "theme": "drugs",
    "severity": 3,
}


class Gate:
    """Stands where the gateway is: keeps what it is handed, or refuses."""

    def __init__(self) -> None:
        self.taken: list[Observation] = []
        self.failure: Exception | None = None

    def __call__(self, observation: Observation) -> bool:
        if self.failure is not None:
            raise self.failure
        known = observation in self.taken
        self.taken.append(observation)
        return not known


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


@pytest.fixture(scope="module")
def page_with_form(
    server: LocalClickHouse, engine: Client, nijmegen: Municipality, gate: Gate
) -> Iterator[Served]:
    address = f"{server.url}/{DATABASE}"
    with serving(address, READER.name, READER.password, nijmegen, observe=gate) as served:
        yield served


@pytest.fixture
def served(page_with_form: Served, gate: Gate) -> Served:
    gate.taken.clear()
    gate.failure = None
    return page_with_form


def post(served: Served, content: Any = None, **headers: str) -> httpx.Response:
    sent = {"Origin": served.url, "Content-Type": "application/json"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    url = served.url + "/api/observations"
    body = {"content": content} if isinstance(content, bytes) else {"json": content or GOOD}
    return httpx.post(url, headers=sent | named, timeout=30, **body)


def test_an_observation_is_handed_in(served: Served, gate: Gate) -> None:
    answer = post(served)
    assert (answer.status_code, answer.json()) == (202, {"new": True})
    assert post(served).json() == {"new": False}
    assert gate.taken[0] == Observation.model_validate(GOOD)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Host": "elsewhere.example"}, 400),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_what_another_site_sends_is_not_taken(
    served: Served, gate: Gate, headers: dict[str, str], status: int
) -> None:
    assert post(served, **headers).status_code == status
    assert gate.taken == []


def test_another_site_may_not_even_ask(served: Served) -> None:
    answer = httpx.options(
        served.url + "/api/observations",
        headers={"Origin": "http://elsewhere.example", "Access-Control-Request-Method": "POST"},
    )
    assert answer.status_code == 405
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b" " * 2_000,
        GOOD | {"wijk": "BU03630101"},
        GOOD | {"severity": 6},
        GOOD | {"theme": "Jan Jansen"},
        GOOD | {"note": "Jan Jansen"},
        GOOD | {"id": "Jan Jansen"},
    ],
)
def test_what_is_no_observation_is_a_problem_without_its_values(
    served: Served, gate: Gate, content: Any
) -> None:
    answer = post(served, content)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Jansen" not in answer.text
    assert gate.taken == []


@pytest.mark.parametrize(
    ("failure", "status"),
    [(Transient("away", timedelta(seconds=1)), 503), (SourceRefused("no"), 502)],
)
def test_a_gateway_that_does_not_take_it(
    served: Served, gate: Gate, failure: Exception, status: int
) -> None:
    gate.failure = failure
    assert post(served).status_code == status


def test_without_a_gateway_there_is_no_form(page_of_city: Served) -> None:
    assert post(page_of_city).status_code in (404, 405)
    assert 'id="observation"' not in httpx.get(page_of_city.url).text


def opened(page: Page) -> Page:
    page.locator("#observe").click()
    expect(page.get_by_role("dialog", name="Meld wat u zag")).to_be_visible()
    return page


def fill(page: Page) -> None:
    form = page.locator("#observation")
    form.get_by_label("Wijk").select_option(label="Altrade")
    form.get_by_label("Thema").select_option(label="Vernieling")
    form.get_by_label("Ernst").select_option("4")


def test_the_form_knows_every_wijk_and_theme_and_has_no_text_field(
    served: Served, open_page: Open
) -> None:
    page = opened(open_page(served))
    assert page.locator("#observation-wijk option").count() == 1 + 44
    assert page.locator("#observation-theme option").count() == 1 + len(THEMES)
    assert page.locator("#observation textarea, #observation input").count() == 0


def test_a_filled_in_form_is_one_observation_also_when_it_is_sent_again(
    served: Served, open_page: Open, gate: Gate
) -> None:
    page = opened(open_page(served))
    fill(page)
    gate.failure = Transient("away")
    page.get_by_role("button", name="Verstuur").click()
    expect(page.locator("#observation-result")).to_contain_text("Niet ingevoerd")
    first = gate.failure
    gate.failure = None
    assert first is not None
    page.get_by_role("button", name="Verstuur").click()
    expect(page.locator("#observation-result")).to_contain_text("Ingevoerd om")
    (observation,) = gate.taken
    assert (observation.theme, observation.severity) == ("vernieling", 4)

    # The next one is another one; an incomplete form is not sent.
    page.get_by_role("button", name="Verstuur").click()
    assert len(gate.taken) == 1
    fill(page)
    page.get_by_role("button", name="Verstuur").click()
    expect(page.locator("#observation-theme")).to_have_value("")
    assert len({each.id for each in gate.taken}) == 2


def test_the_wijk_that_is_chosen_on_the_map_is_filled_in(served: Served, open_page: Open) -> None:
    page = open_page(served)
    page.locator('#map .wijk[data-code="BU02680101"]').focus()
    page.keyboard.press("Enter")
    opened(page)
    expect(page.locator("#observation-wijk")).to_have_value("BU02680101")
    page.keyboard.press("Escape")
    expect(page.locator("#observation")).to_be_hidden()
    expect(page.locator("#observe")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_form_is_accessible_and_fits(
    served: Served, open_page: Open, gate: Gate, scheme: str, width: int
) -> None:
    page = opened(open_page(served, width=width, height=800, color_scheme=scheme))
    fill(page)
    gate.failure = Transient("away")
    page.get_by_role("button", name="Verstuur").click()
    expect(page.locator("#observation-result")).to_contain_text("Niet ingevoerd")
    found = Axe().run(page)
    assert [violation["id"] for violation in found.response["violations"]] == []
    box = page.locator("#observation").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
