"""The part itself: addresses, headers, waiting for the warehouse, and ending."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from dashboards.page import PageConfig, run
from dashboards.panels.stad_nu import STAD_NU
from domain.areas import Municipality
from domain.errors import ResourceTaken, SettingsError
from tests.dashboards.page.serving import SYSTEM, Served, answers, serving
from tests.support.city_rows import add, event
from tests.support.ports import free_port
from warehouse.client import Client

pytestmark = pytest.mark.integration


@pytest.fixture
def http(page_of_city: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=page_of_city.url, timeout=30) as client:
        answers(lambda: client.get("/healthz").json()["status"] == "ok", "the first reading")
        yield client


def test_the_page_has_its_texts_and_all_wijken(http: httpx.Client) -> None:
    answer = http.get("/")
    assert answer.status_code == 200
    assert '<html lang="nl">' in answer.text
    assert answer.text.count('class="wijk"') == 44
    for panel in STAD_NU.panels:
        assert panel.title_nl.replace("'", "&#39;") in answer.text
    assert "<script>" not in answer.text
    assert "style=" not in answer.text


@pytest.mark.parametrize("path", ["/", "/healthz", "/static/main.js", "/api/state", "/nothing"])
def test_every_answer_keeps_the_browser_in(http: httpx.Client, path: str) -> None:
    headers = http.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert "cache-control" in headers


def test_a_panel_as_json(http: httpx.Client, warehouse: Client) -> None:
    add(warehouse, [event("a", datetime.now(UTC))])

    def incidents() -> int:
        rows = http.get("/api/panels/now").json()["rows"]
        return int(rows[0]["incidents"])

    answers(lambda: incidents() == 1, "the incident in panel now")
    answer = http.get("/api/panels/now").json()
    assert answer["available"] is True
    assert [column["name"] for column in answer["columns"]][-1] == "as_of"
    assert answer["title"] == "Nu in de stad"
    listed = http.get("/api/panels").json()["panels"]
    assert [panel["id"] for panel in listed] == [panel.id for panel in STAD_NU.panels]


def test_an_unknown_panel_is_a_problem(http: httpx.Client) -> None:
    answer = http.get("/api/panels/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "No such panel"


def test_the_state_of_the_platform(http: httpx.Client) -> None:
    answers(lambda: http.get("/api/state").json()["system"] == SYSTEM, "the usual state")
    assert http.get("/api/state").json()["failed"] == []


def test_a_foreign_host_name_is_refused(http: httpx.Client) -> None:
    assert http.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert http.get("/", headers={"Host": "localhost"}).status_code == 200


def test_nothing_can_be_written(http: httpx.Client) -> None:
    assert http.post("/api/panels/now").status_code == 405
    assert http.get("/static/../app.py").status_code == 404


def test_it_waits_for_the_warehouse_and_ends_with_a_browser_attached(nijmegen: Municipality) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with serving(nowhere, "reader", "password", nijmegen) as served, httpx.Client(timeout=30) as client:
        assert client.get(f"{served.url}/healthz").json() == {"status": "waiting", "asOf": None}
        stream = client.stream("GET", f"{served.url}/api/stream")
        lines = stream.__enter__().iter_lines()
        assert next(lines) == "event: update"
        assert '"available":false' in next(lines)
    # Leaving the block stopped the page; the stream it served ended with it.
    with pytest.raises(httpx.HTTPError):
        list(lines)
        raise httpx.StreamClosed
    stream.__exit__(None, None, None)


def _config(municipality: Municipality, port: int, geojson: Path | None = None) -> PageConfig:
    nowhere = "http://127.0.0.1:1"
    return PageConfig("127.0.0.1", port, nowhere, "reader", "password", municipality, geojson, dict)


def test_a_port_in_use_is_told_in_one_line(nijmegen: Municipality) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(ResourceTaken, match=f"cannot listen at 127.0.0.1:{port}"):
            run(_config(nijmegen, port), threading.Event(), lambda: None)


def test_a_wrong_map_file_is_told_before_anything_is_served(
    nijmegen: Municipality, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        run(_config(nijmegen, free_port(), tmp_path / "none.geojson"), threading.Event(), lambda: None)


def test_stopping_before_it_is_ready_ends_it(nijmegen: Municipality) -> None:
    stop = threading.Event()
    stop.set()
    run(_config(nijmegen, free_port()), stop, lambda: None)
