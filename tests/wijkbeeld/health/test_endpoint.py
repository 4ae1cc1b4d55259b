"""Health over HTTP, as a probe, a scraper and a stranger ask."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx
import pytest

from domain.errors import ResourceTaken
from domain.vitals import Outside
from wijkbeeld.health.endpoint import serving
from wijkbeeld.health.monitor import Monitor
from wijkbeeld.health.progress import WatchedProgress
from wijkbeeld.health.prometheus import PrometheusRecorder
from wijkbeeld.health.readiness import Limits

pytestmark = pytest.mark.integration


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def progress(clock: Clock) -> WatchedProgress:
    return WatchedProgress(clock)


@pytest.fixture
def monitor(clock: Clock, progress: WatchedProgress) -> Monitor:
    return Monitor("loader", PrometheusRecorder(), progress, Limits(), monotonic=clock)


@pytest.fixture
def url(monitor: Monitor) -> Iterator[str]:
    with serving(monitor, "127.0.0.1", 0) as address:
        yield address


def test_readyz_is_503_with_the_reason_until_the_part_works(url: str, monitor: Monitor) -> None:
    answer = httpx.get(f"{url}/readyz")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["starting"])
    monitor.started()
    answer = httpx.get(f"{url}/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)


def test_readyz_is_503_while_a_head_waits_and_healthz_is_not(
    url: str, monitor: Monitor, progress: WatchedProgress, clock: Clock
) -> None:
    monitor.started()
    progress.loop("batch").at(1, "try", Outside.WAREHOUSE)
    clock.now += 16
    monitor.look()
    assert httpx.get(f"{url}/readyz").status_code == 503
    assert httpx.get(f"{url}/healthz").json() == {"status": "ok"}


def test_healthz_is_503_when_nobody_looks_after_the_process(url: str, clock: Clock) -> None:
    assert httpx.get(f"{url}/healthz").status_code == 200
    clock.now += 60
    assert httpx.get(f"{url}/healthz").status_code == 503


def test_metrics_are_in_the_text_format(url: str, monitor: Monitor) -> None:
    monitor.look()
    answer = httpx.get(f"{url}/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert 'wijkbeeld_part_ready{part="loader"} 0.0' in answer.text


def test_other_addresses_methods_and_names_are_refused(url: str) -> None:
    assert httpx.get(f"{url}/").status_code == 404
    assert httpx.post(f"{url}/readyz").status_code == 501
    assert httpx.get(f"{url}/metrics", headers={"Host": "evil.example"}).status_code == 421
    assert httpx.get(f"{url}/metrics", headers={"Host": "localhost:1"}).status_code == 200


def test_a_silent_client_holds_up_nobody(url: str, monitor: Monitor) -> None:
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))):
        assert httpx.get(f"{url}/healthz").status_code == 200


def test_a_taken_port_is_told_in_one_line(url: str, monitor: Monitor) -> None:
    port = int(url.rpartition(":")[2])
    with (
        pytest.raises(ResourceTaken, match="WIJKBEELD_HEALTH_PORT"),
        serving(monitor, "127.0.0.1", port),
    ):
        pass
