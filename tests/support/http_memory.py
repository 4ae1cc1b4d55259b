"""A client that asks a source in this process, for tests without a connection."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from domain.errors import SourceRefused
from ingest.http.address import parse_address
from ingest.http.protocol import HttpAnswer
from ingest.http.statuses import OK, failure
from tests.support.http_pages import Asked, Respond


class MemoryClient:
    """See ``HttpClient``.

    Args:
        respond: the source.
        headers: that go along, as those of a client with a token do.
        server_time: what its clock says.
    """

    def __init__(
        self,
        respond: Respond,
        headers: Mapping[str, str] | None = None,
        server_time: datetime | None = None,
    ) -> None:
        self._respond = respond
        self._headers = headers or {}
        self.server_time = server_time
        self.asked: list[Asked] = []

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] = {},
        headers: Mapping[str, str] = {},
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> HttpAnswer:
        try:
            where = parse_address(url).where
        except ValueError as error:
            raise SourceRefused(str(error)) from None
        asked = Asked(urlsplit(url).path, dict(params), {**self._headers, **headers})
        self.asked.append(asked)
        page = self._respond(asked)
        if page.status != OK:
            raise failure(where, page.status, None, with_token=True)
        answered = {"content-type": page.content_type, **page.headers}
        return HttpAnswer(
            where, OK, page.body, answered, page.etag, page.last_modified, self.server_time
        )
