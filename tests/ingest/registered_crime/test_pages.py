"""Pages of an answer: all of them, each once, and never without an end."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from domain.errors import SourceRefused, SourceUnavailable
from tests.ingest.registered_crime.reading import (
    MONTHS,
    START,
    connector,
    one_round,
    over,
    service_with,
)
from tests.support.http_memory import MemoryClient
from tests.support.http_pages import Asked, Page, json_page


@pytest.mark.parametrize("page", [17, 100, 101, 1000])
def test_links_lead_through_all_pages(page: int) -> None:
    whole = one_round(over(service_with(MONTHS)))
    service = service_with(MONTHS)
    service.page = page
    client = MemoryClient(service.respond)
    assert one_round(connector(client)) == whole
    assert all(asked.path.startswith("/ODataApi/OData/47022NED/") for asked in client.asked)


@pytest.mark.parametrize(
    "link",
    ["http://[", "https://x.example/OData/47022NED/Perioden?$skip=1", "TypedDataSet", 7, "", {}],
)
def test_a_link_that_is_none_stops_the_source(link: Any) -> None:
    service = service_with(MONTHS)

    def linked(asked: Asked) -> Page:
        answer = orjson.loads(service.respond(asked).body)
        if asked.path.endswith("TypedDataSet"):
            answer["odata.nextLink"] = link
        return json_page(answer)

    with pytest.raises(SourceRefused):
        connector(MemoryClient(linked)).poll(None, START)


def test_pages_without_an_end_are_left() -> None:
    service = service_with(MONTHS)
    asked_for = 0

    def endless(asked: Asked) -> Page:
        nonlocal asked_for
        asked_for += 1
        answer = orjson.loads(service.respond(asked).body)
        answer["odata.nextLink"] = f"Perioden?$skip={asked_for}"
        return json_page(answer)

    with pytest.raises(SourceUnavailable, match="end of its pages"):
        connector(MemoryClient(endless)).poll(None, START)
    assert asked_for == 20


def test_a_row_that_comes_twice_means_that_another_is_missing() -> None:
    service = service_with(MONTHS)

    def doubled(asked: Asked) -> Page:
        answer = orjson.loads(service.respond(asked).body)
        answer["value"] += answer["value"][-1:]
        return json_page(answer)

    with pytest.raises(SourceUnavailable, match="twice"):
        connector(MemoryClient(doubled)).poll(None, START)
