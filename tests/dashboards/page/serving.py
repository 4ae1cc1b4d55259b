"""The page as it runs: the real part in a thread, against the real engine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dashboards.page import PageConfig, run
from domain.areas import Municipality
from ingest.observations.form import Observation
from tests.support.ports import free_port
from tests.support.waiting import wait_until

SYSTEM = {
    "parts": {"loader": {"state": "running"}, "page": {"state": "running"}},
    "sources": {"test": {"received": 3, "progress": {}}},
}


@dataclass
class Served:
    """A running page.

    Attributes:
        url: where it is.
        system: what its ``system_state`` answers; a test may change it.
    """

    url: str
    system: dict[str, Any] = field(default_factory=lambda: dict(SYSTEM))


@contextmanager
def serving(
    clickhouse_url: str,
    user: str,
    password: str,
    municipality: Municipality,
    geojson: Path | None = None,
    state: Callable[[], Mapping[str, object]] | None = None,
    observe: Callable[[Observation], bool] | None = None,
) -> Iterator[Served]:
    """Run the page for the length of a ``with`` block; fail when it does not end as it should."""
    port = free_port()
    served = Served(f"http://127.0.0.1:{port}")
    config = PageConfig(
        "127.0.0.1",
        port,
        clickhouse_url,
        user,
        password,
        municipality,
        geojson,
        state or (lambda: served.system),
        observe,
    )
    stop, ready = threading.Event(), threading.Event()
    errors: list[BaseException] = []

    def work() -> None:
        try:
            run(config, stop, ready.set)
        except BaseException as error:  # noqa: BLE001  handed to the test's own thread
            errors.append(error)
            ready.set()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert ready.wait(60), "the page did not become ready"
        if not errors:
            yield served
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive(), "the page did not end"
    if errors:
        raise errors[0]


def answers(probe: Callable[[], bool], what: str) -> None:
    """Wait until ``probe`` says yes."""
    wait_until(probe, timeout=60, what=what)
