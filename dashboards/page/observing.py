"""Takes what a wijkteam enters on the page, and nothing that another site sends.

A browser sends what a foreign page asks without asking us first only as a simple request, and with the
``Origin`` of that page. So an observation has to be JSON, which is no simple request, and its ``Origin``
has to be this page.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import anyio.to_thread
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from dashboards.page.answers import as_json, problem
from domain.areas import Municipality
from domain.errors import SettingsError, SourceRefused, Transient
from ingest.observations.form import Observation

MOST_BYTES = 1024
_LATER = "Later opnieuw proberen."


class Observations:
    """The address that the form is sent to.

    Args:
        observe: hands an observation in, see ``PageConfig``.
        municipality: whose wijken may be named.
    """

    def __init__(self, observe: Callable[[Observation], bool], municipality: Municipality) -> None:
        self._observe = observe
        self._wijken = municipality.wijk_by_code

    async def take(self, request: Request) -> Response:
        """Answer 202 when the observation is durable, else a problem that holds none of its values."""
        if not _is_own(request):
            return problem(403, "Not from this page", "Enter it on the page itself.")
        if request.headers.get("content-type") != "application/json":
            return problem(415, "Unsupported media type", "Send application/json.")
        body = await _short(request)
        observation = None if body is None else _read(body)
        if observation is None or observation.wijk not in self._wijken:
            return problem(
                400, "No observation", "Choose a wijk, a theme and a severity from the lists."
            )
        try:
            new = await anyio.to_thread.run_sync(self._observe, observation)
        except Transient:
            return problem(503, "Not taken in now", _LATER)
        except (SourceRefused, SettingsError):
            return problem(
                502, "Not taken in", "The gateway does not take it; see the log of the gateway."
            )
        return as_json({"new": new}, 202)


def _is_own(request: Request) -> bool:
    """Tell whether a browser says that this very page sent the request."""
    origin = urlsplit(request.headers.get("origin", ""))
    site = request.headers.get("sec-fetch-site", "same-origin")
    return bool(origin.netloc) and origin.netloc == request.headers.get("host") and site == "same-origin"


async def _short(request: Request) -> bytes | None:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


def _read(body: bytes) -> Observation | None:
    try:
        return Observation.model_validate_json(body)
    except ValidationError:
        return None
