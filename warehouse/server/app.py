"""The server as an ASGI application."""

from __future__ import annotations

import time
from collections.abc import Mapping

import structlog
from anyio import CapacityLimiter
from starlette.types import Receive, Scope, Send

from warehouse.server.admission import Admission
from warehouse.server.config import Limits
from warehouse.server.engine import Engine
from warehouse.server.exchange import Exchange, Services
from warehouse.server.sessions import Sessions
from warehouse.server.users import User


class App:
    """ASGI application in front of one engine.

    Args:
        engine: the engine; stays open when the application is closed.
        users: by name.
        limits: bounds.
    """

    def __init__(self, engine: Engine, users: Mapping[str, User], limits: Limits) -> None:
        self._services = Services(
            engine=engine,
            users=users,
            limits=limits,
            admission=Admission(limits),
            sessions=Sessions(time.monotonic, limits.session_wait_seconds),
            threads=CapacityLimiter(limits.concurrent),
            cancel_threads=CapacityLimiter(2),
            log=structlog.get_logger(__name__),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            await Exchange(self._services, scope, receive, send).run()

    def close(self) -> None:
        """Close every session; call it when no request runs any more."""
        self._services.sessions.close()
