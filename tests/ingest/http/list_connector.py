"""A small connector over HTTP, for the tests of the client and of the contract itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from domain.errors import SourceRefused
from domain.events import Signal
from ingest.http.decoding import json_of
from ingest.http.protocol import HttpClient
from ingest.protocol import Cursor, Draft, Poll
from tests.support.http_pages import Asked, Page, json_page

IDS = [f"m{number}" for number in range(7)]
_SIZE = 2


def numbered_pages() -> Callable[[Asked], Page]:
    """A list of ids in pages, with the number of the next one."""

    def respond(asked: Asked) -> Page:
        start = int(asked.query.get("from", 0))
        ids: list[JsonValue] = [*IDS[start : start + _SIZE]]
        following = start + _SIZE if start + _SIZE < len(IDS) else None
        return json_page({"results": ids, "total": len(IDS), "from": start, "next": following})

    return respond


class ListConnector:
    """Reads the list again and again, a page in each poll."""

    def __init__(self, client: HttpClient, base: str) -> None:
        self._client = client
        self._base = base

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        start = (cursor or {}).get("from", 0)
        answer = self._client.get(f"{self._base}/lijst", params={"from": str(start)})
        page = json_of(answer)
        if not isinstance(page, dict) or not isinstance(page.get("results"), list):
            raise SourceRefused(f"{answer.where}: answers another format; see the page of this source")
        ids = page["results"]
        assert isinstance(ids, list)
        following = page.get("next")
        return Poll(
            [Draft(str(an_id), _signal()) for an_id in ids],
            {"from": following or 0},
            timedelta(0) if following else timedelta(minutes=1),
        )


def _signal() -> Signal:
    return Signal(occurred_at=datetime(2026, 3, 1, 11, tzinfo=UTC), category="overig")
