"""The part `page`: serves the live page until it is told to stop."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import structlog
import uvicorn
from starlette.applications import Starlette

from dashboards.page.app import make_app, render_page
from dashboards.page.config import PageConfig
from dashboards.page.hub import Hub
from dashboards.page.measuring import PageMeter
from dashboards.page.observing import Observations
from dashboards.page.poller import Poller
from dashboards.page.polygons import polygon_map
from dashboards.page.schematic import schematic_map
from dashboards.page.store import PanelStore
from dashboards.panels.stad_nu import STAD_NU
from domain.errors import ResourceTaken, Terminal
from domain.vitals import Vitals
from warehouse.client import Client, connect

ANSWER_WITHIN = timedelta(seconds=4)
"""A panel that takes longer counts as no answer: the page must say that it is old, not wait."""


def run(
    config: PageConfig,
    stop: threading.Event,
    on_ready: Callable[[], None],
    vitals: Vitals | None = None,
) -> None:
    """Serve the page until ``stop`` is set. ClickHouse may come, go and come back meanwhile.

    Args:
        config: see ``PageConfig``.
        stop: set by whoever wants the page to end; it does within some seconds.
        on_ready: called once when browsers can connect.
        vitals: is told how the page does.

    Raises:
        SettingsError: the GeoJSON cannot be used.
        ResourceTaken: the port is taken.
        Terminal: the page cannot go on.
    """
    municipality = config.municipality
    if config.geojson is None:
        picture = schematic_map(municipality)
    else:
        picture = polygon_map(config.geojson, municipality)
    hub = Hub()
    store = PanelStore(lambda: _connected(config))
    poller = Poller(STAD_NU.panels, store, config.system_state, time.monotonic)
    crashes: list[BaseException] = []
    observations = Observations(config.observe, municipality) if config.observe else None
    html = render_page(STAD_NU, municipality, picture, observing=observations is not None)
    meter = PageMeter(vitals or Vitals(), hub)
    app = make_app(STAD_NU, html, poller, hub, config.host, crashes.append, meter, observations)
    with _listening(config.host, config.port) as listener:
        server = uvicorn.Server(_how_to_serve(app))
        # In a thread of its own uvicorn leaves the process's signal handlers alone.
        thread = threading.Thread(target=server.run, args=([listener],), name="page", daemon=True)
        thread.start()
        try:
            _serve(server, thread, stop, on_ready, crashes)
        finally:
            hub.close()
            server.should_exit = True
            thread.join(timeout=ANSWER_WITHIN.total_seconds() + 1)
            store.close()
    if crashes:
        raise Terminal(f"page: the reading of panels ended: {type(crashes[0]).__name__}") from crashes[0]


def _how_to_serve(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=2,
    )


def _serve(
    server: uvicorn.Server,
    thread: threading.Thread,
    stop: threading.Event,
    on_ready: Callable[[], None],
    crashes: list[BaseException],
) -> None:
    ready = False
    while thread.is_alive() and not crashes and not stop.wait(0.05 if not ready else 0.2):
        if server.started and not ready:
            ready = True
            structlog.get_logger(__name__).info("page_ready")
            on_ready()
    if not thread.is_alive() and not stop.is_set():
        raise Terminal("page: the web server ended by itself; see the log of this part")


def _connected(config: PageConfig) -> Client:
    return connect(
        config.clickhouse_url,
        config.user,
        config.password,
        timeout=ANSWER_WITHIN,
        name="wijkbeeld-page",
    )


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens at the address, so that a taken port is told in one line."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ResourceTaken(
            f"page: cannot listen at {host}:{port} ({error.strerror}); choose another --port"
        ) from None
    return listener
