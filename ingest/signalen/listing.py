"""One page of the list of meldingen, in the order in which they were last changed.

``GET /signals/v1/private/signals/``; filters as in ``app/signals/apps/api/filters/signal.py``:
``updated_after``, ``updated_before``, ``created_after`` and ``created_before`` all include their bound.
Those on ``incident_date`` are the wrong way round there, and are not used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue, ValidationError

from domain.errors import SourceRefused, SourceUnavailable
from ingest.http.decoding import json_of
from ingest.http.protocol import HttpClient
from ingest.protocol import Period
from ingest.signalen.record import Mark

PATH = "/signals/v1/private/signals/"
_ORDERING = "updated_at,id"
STEP = timedelta(microseconds=1)
"""The finest that Signalen's times have."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which page.

    Attributes:
        after, before: bounds of the last change, both included; ``before`` None for no bound.
        page: number of the page, from 1.
        entered: when the records were entered; None for whenever.
    """

    after: datetime
    before: datetime | None = None
    page: int = 1
    entered: Period | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    Attributes:
        where: host and path, for messages.
        items: the records, each with what places it; in the order of the list.
        count: length of the whole list.
        more: there is a next page.
        server_time: the server's clock, where it has one.
    """

    where: str
    items: Sequence[tuple[Mark, JsonValue]]
    count: int
    more: bool
    server_time: datetime | None

    @property
    def last(self) -> datetime | None:
        """Last change of the last record; None for an empty page."""
        return self.items[-1][0].moment if self.items else None


class Listing:
    """Asks for pages.

    Args:
        client: holds the token.
        url: root of the API.
        size: records in a page.
    """

    def __init__(self, client: HttpClient, url: str, size: int) -> None:
        self._client = client
        self._url = url.rstrip("/") + PATH
        self._size = size

    def read(self, question: Question) -> Page:
        """Return the page.

        Raises:
            Transient: not now, or it is another page than was asked for.
            NotThere: the list has no such page.
            Terminal: the source refuses, or answers another format.
        """
        params = {
            "ordering": _ORDERING,
            "page_size": str(self._size),
            "updated_after": _iso(question.after),
        }
        if question.before is not None:
            params["updated_before"] = _iso(question.before)
        if question.entered is not None:
            params["created_after"] = _iso(question.entered.since)
            params["created_before"] = _iso(question.entered.until - STEP)
        if question.page > 1:
            params["page"] = str(question.page)
        answer = self._client.get(self._url, params=params, headers={"accept": "application/json"})
        page = _page(json_of(answer), answer.where, answer.server_time)
        _check_order(page, question)
        return page


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _page(value: JsonValue, where: str, server_time: datetime | None) -> Page:
    results = value.get("results") if isinstance(value, dict) else None
    count = value.get("count") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(results, list) or not isinstance(count, int):
        raise _other_format(where, "has no list of results")
    marked = [(_mark(item), item) for item in results]
    items = [(mark, item) for mark, item in marked if mark is not None]
    if len(items) < len(results):
        # Without its number and time a record cannot be told from others, nor read again.
        raise _other_format(where, "has records without id, created_at or updated_at")
    links = value.get("_links")
    following = links.get("next") if isinstance(links, dict) else None
    href = following.get("href") if isinstance(following, dict) else following
    return Page(where, items, count, bool(href), server_time)


def _mark(item: JsonValue) -> Mark | None:
    try:
        return Mark.model_validate(item)
    except ValidationError:
        return None


def _other_format(where: str, what: str) -> SourceRefused:
    return SourceRefused(
        f"{where}: the answer {what}; see whether it is Signalen's private API, version 1"
    )


def _check_order(page: Page, question: Question) -> None:
    moments = [mark.moment for mark, _ in page.items]
    if moments != sorted(moments):
        raise SourceRefused(
            f"{page.where}: the list is not in the order asked for (updated_at);"
            " see whether it is Signalen's private API, version 1"
        )
    outside = moments and (
        moments[0] < question.after or (question.before is not None and moments[-1] > question.before)
    )
    period = question.entered
    if outside or (
        period is not None
        and not all(period.since <= mark.created_at < period.until for mark, _ in page.items)
    ):
        raise SourceUnavailable(f"{page.where}: answered another page than asked for; tried again later")
