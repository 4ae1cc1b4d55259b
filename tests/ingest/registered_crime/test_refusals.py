"""What is too sensitive, wrong or unknown."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import SourceRefused, SourceUnavailable, Terminal, Transient
from domain.metrics import Counter
from ingest.protocol import Draft, Unreadable
from ingest.registered_crime.offences import load_offences
from tests.ingest.registered_crime.reading import (
    GEMEENTE,
    MONTHS,
    START,
    WIJK,
    areas,
    connector,
    expected,
    figures,
    one_round,
    over,
    service_with,
)
from tests.support.http_memory import MemoryClient
from tests.support.http_pages import Asked, Page, json_page
from tests.support.odata import ODataService


def test_sensitive_offences_are_kept_of_the_whole_gemeente_only() -> None:
    sensitive = {code for code, offence in load_offences().items() if offence.is_sensitive}
    assert {"1.4.1", "1.6.3", "3.2.1", "3.2.2", "2.4.1"} <= sensitive
    service = service_with(["2026MM01"], ["0.0.0", *sorted(sensitive)])
    poll = over(service).poll(None, START)
    found = [f for f in figures(poll.findings) if f.measure != "cbs.47022ned-totaal"]
    assert {f.area for f in found} == {GEMEENTE}
    assert len(found) == len(sensitive)
    assert poll.filtered == {Counter.FILTERED_LEFT_OUT: len(sensitive) * len(areas())}


@pytest.mark.parametrize("count", [-1, 1.5, "12", ".", True, 999990342, [], {"a": 1}])
def test_a_count_that_is_none_is_a_reject_and_the_rest_is_read(count: Any) -> None:
    service = service_with(["2026MM01"])
    service.put("1.1.1", WIJK, "2026MM01", count)
    found = one_round(over(service))
    (reject,) = (f for f in found if isinstance(f, Unreadable))
    assert (reject.reason, reject.field) == ("unparsed", "geregistreerdeMisdrijven_1")
    assert sum(isinstance(f, Draft) for f in found) == len(expected(service_with(["2026MM01"]))) - 1


def test_an_offence_that_is_not_in_the_list_is_a_reject() -> None:
    service = service_with(["2026MM01"])
    service.put("9.9.9", WIJK, "2026MM01", 3)
    (reject,) = (f for f in one_round(over(service)) if isinstance(f, Unreadable))
    assert reject.field == "soortMisdrijf"


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {"value": {}},
        {"value": [7]},
        {"value": [{"Key": 7}]},
        {"value": [{"New_Key": "2026MM01"}]},
    ],
)
def test_another_format_stops_the_source(answer: Any) -> None:
    with pytest.raises(SourceRefused):
        connector(MemoryClient(lambda _: json_page(answer))).poll(None, START)


def test_a_table_without_a_period_that_is_read_is_asked_again() -> None:
    service = ODataService()
    service.put("0.0.0", GEMEENTE, "2025JJ00", 1)
    with pytest.raises(SourceUnavailable, match="no period"):
        over(service).poll(None, START)


def test_a_table_that_is_not_there_stops_the_source() -> None:
    with pytest.raises(Terminal):
        connector(MemoryClient(ODataService("47018NED").respond)).poll(None, START)


def test_what_is_refused_is_told_in_a_line_without_values() -> None:
    service = service_with(MONTHS)

    def elsewhere(asked: Asked) -> Page:
        return service.respond(Asked(asked.path, {}))

    with pytest.raises(Transient) as error:
        connector(MemoryClient(elsewhere)).poll(None, START)
    assert str(error.value) == (
        "table 47022NED: TypedDataSet answers something else than was asked for; tried again later"
    )
