"""What the status of an answer means for a source."""

from __future__ import annotations

from datetime import timedelta

from domain.errors import SourceRefused, SourceUnavailable, WijkbeeldError
from ingest.http.protocol import NotThere

OK = 200
NOT_MODIFIED = 304
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_NOT_NOW = frozenset({408, 425, 429})
_GONE = frozenset({404, 410})
_DENIED = frozenset({401, 403})


def failure(where: str, status: int, wait: timedelta | None, *, with_token: bool) -> WijkbeeldError:
    """Return what an answer that is neither 200 nor 304 nor a redirect comes to.

    Args:
        where: host and path.
        status: of the answer.
        wait: what the source asked for.
        with_token: a token went along.
    """
    said = f"{where}: answered {status}"
    if status in _DENIED:
        # Asking on with a token that is refused gets accounts locked.
        todo = "its token is not accepted; renew it" if with_token else "it wants a token; give one"
        return SourceRefused(f"{said}: {todo} and start this source again")
    if status in _GONE:
        return NotThere(f"{said}: there is nothing at this address; correct the address of this source")
    if status in _NOT_NOW:
        return SourceUnavailable(f"{said}: too many requests or not ready; tried again later", wait)
    if status >= 500:
        return SourceUnavailable(f"{said}: the source has a failure; tried again later", wait)
    if status >= 400:
        return SourceRefused(f"{said}: it does not accept the request; see the page of this source")
    return SourceUnavailable(f"{said} in place of a whole answer; tried again later", wait)
