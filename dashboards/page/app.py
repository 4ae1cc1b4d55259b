"""The web application: the page, its static files, the stream of updates, and the same as plain JSON."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import jinja2
import orjson
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from dashboards.page.answers import as_json, problem
from dashboards.page.headers import SafeHeaders
from dashboards.page.hub import Hub
from dashboards.page.measuring import PageMeter
from dashboards.page.observing import Observations
from dashboards.page.poller import Poller, Update
from dashboards.page.shapes import MapPicture
from dashboards.panels.definition import STATUSES, Board
from domain.areas import Municipality
from domain.themes import THEMES
from domain.vitals import Vitals

EVERY_S = 1.0
"""Seconds between two readings."""
_HERE = Path(__file__).parent
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def make_app(
    board: Board,
    html: str,
    poller: Poller,
    hub: Hub,
    host: str,
    on_crash: Callable[[BaseException], None],
    meter: PageMeter | None = None,
    observations: Observations | None = None,
) -> Starlette:
    """Return the application.

    Args:
        board: the board that the page shows.
        html: the page itself, see ``render_page``.
        poller, hub: where the figures come from.
        host: the address it is served at; at a loopback address other ``Host`` headers are refused, so
            that no foreign name can be pointed at it.
        on_crash: called when the reading ends by an error that is none of ours.
        meter: is told how reading goes.
        observations: takes what a wijkteam enters; None where it cannot be entered.
    """
    answers = _Answers(board, html, hub)
    routes = [
        Route("/", answers.page),
        Route("/healthz", answers.health),
        Route("/api/panels", answers.panels),
        Route("/api/panels/{panel_id}", answers.panel),
        Route("/api/state", answers.state),
        Route("/api/stream", answers.stream),
        *([Route("/api/observations", observations.take, methods=["POST"])] if observations else []),
        Mount("/static", StaticFiles(directory=_HERE / "static")),
    ]
    middleware = [Middleware(SafeHeaders)]
    if host in _LOOPBACK:
        middleware.append(Middleware(TrustedHostMiddleware, allowed_hosts=list(_LOOPBACK)))
    return Starlette(
        routes=routes,
        middleware=middleware,
        lifespan=_reading(poller, hub, on_crash, meter or PageMeter(Vitals(), hub)),
    )


def render_page(
    board: Board, municipality: Municipality, picture: MapPicture, *, observing: bool = False
) -> str:
    """Return the page's HTML: texts and the map; figures come by the stream.

    Args:
        board: the board that the page shows.
        municipality: whose wijken are shown.
        picture: the map.
        observing: it has the form for observations.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html").render(
        board=board,
        panel={panel.id: panel for panel in board.panels},
        municipality=municipality,
        map=picture,
        statuses=STATUSES,
        observing=observing,
        themes=sorted(THEMES.items(), key=lambda item: item[1].label_nl),
        severities=SEVERITIES,
    )


SEVERITIES = (
    (1, "1 – gering"),
    (2, "2 – licht"),
    (3, "3 – matig"),
    (4, "4 – ernstig"),
    (5, "5 – zeer ernstig"),
)
"""The scale of severity, as the form words it."""


class _Answers:
    """What the addresses answer. Everything comes from the hub: a browser cannot cause a query."""

    def __init__(self, board: Board, html: str, hub: Hub) -> None:
        self._board = board
        self._html = html
        self._hub = hub

    async def page(self, _request: Request) -> Response:
        return HTMLResponse(self._html, headers={"Cache-Control": "no-cache"})

    async def health(self, _request: Request) -> Response:
        hub = self._hub
        return as_json({"status": "ok" if hub.available else "waiting", "asOf": hub.as_of})

    async def panels(self, _request: Request) -> Response:
        panels = [{"id": panel.id, "title": panel.title_nl} for panel in self._board.panels]
        return as_json({"board": self._board.id, "panels": panels})

    async def panel(self, request: Request) -> Response:
        try:
            wanted = self._board.panel(request.path_params["panel_id"])
        except KeyError:
            return problem(404, "No such panel", "See /api/panels for the panels there are.")
        columns = [{"name": c.name, "label": c.label_nl, "unit": str(c.unit)} for c in wanted.columns]
        return as_json(
            {
                "id": wanted.id,
                "title": wanted.title_nl,
                "description": wanted.description_nl,
                "columns": columns,
                "asOf": self._hub.as_of,
                "available": self._hub.available and wanted.id not in self._hub.failed,
                "rows": self._hub.panels.get(wanted.id, []),
            }
        )

    async def state(self, _request: Request) -> Response:
        hub = self._hub
        return as_json(
            {"asOf": hub.as_of, "available": hub.available, "failed": hub.failed, "system": hub.system}
        )

    async def stream(self, _request: Request) -> Response:
        if self._hub.is_full:
            return problem(503, "Too many listeners", "Come back later.")
        return EventSourceResponse(_events(self._hub), ping=0, send_timeout=10)


def _reading(
    poller: Poller, hub: Hub, on_crash: Callable[[BaseException], None], meter: PageMeter
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(_keep_reading(poller, hub, meter))

        def ended(task: asyncio.Task[None]) -> None:
            if not task.cancelled() and (error := task.exception()) is not None:
                on_crash(error)

        task.add_done_callback(ended)
        yield
        task.cancel()
        await asyncio.wait([task])

    return lifespan


async def _keep_reading(poller: Poller, hub: Hub, meter: PageMeter) -> None:
    loop = asyncio.get_running_loop()

    def tell(update: Update) -> None:
        loop.call_soon_threadsafe(hub.publish, update)

    while True:
        started = time.monotonic()
        meter.reading()
        await asyncio.to_thread(poller.poll, tell)
        meter.read(time.monotonic() - started)
        await asyncio.sleep(max(0.05, EVERY_S - (time.monotonic() - started)))


async def _events(hub: Hub) -> AsyncIterator[ServerSentEvent]:
    async for news in hub.listen():
        yield ServerSentEvent(orjson.dumps(news).decode(), event="update")
