"""The six traps of the format."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlencode

import orjson
import pytest

from domain.errors import SourceRefused, SourceUnavailable
from ingest.registered_crime.service import AREA_WIDTH, COUNT
from tests.ingest.registered_crime.reading import (
    GEMEENTE,
    MONTHS,
    START,
    WIJK,
    areas,
    connector,
    figures,
    one_round,
    over,
    service_with,
)
from tests.support.http_memory import MemoryClient
from tests.support.http_pages import Asked, Page, json_page


def test_trap_1_keys_are_padded_in_every_question() -> None:
    client = MemoryClient(service_with(MONTHS).respond)
    one_round(connector(client))
    questions = [a.query["$filter"] for a in client.asked if "$filter" in a.query]
    assert len(questions) == 2 * len(MONTHS)
    for question in questions:
        keys = [part for part in question.split("'")[1::2] if part[:2] in ("GM", "WK", "BU")]
        assert {len(key) for key in keys} == {AREA_WIDTH}
        assert {key.strip() for key in keys} <= {GEMEENTE, *areas()}


def test_trap_1_a_question_that_finds_nothing_is_no_month_without_crime() -> None:
    service = service_with(MONTHS)

    def unpadded(asked: Asked) -> Page:
        query = {name: re.sub(r" +'( or|\))", r"'\1", value) for name, value in asked.query.items()}
        return service.respond(Asked(asked.path, query))

    with pytest.raises(SourceUnavailable, match="total of the gemeente"):
        connector(MemoryClient(unpadded)).poll(None, START)


def test_trap_2_alternatives_are_chained_within_what_a_server_takes() -> None:
    client = MemoryClient(service_with(MONTHS).respond)
    one_round(connector(client))
    for asked in client.asked:
        assert " in " not in asked.query.get("$filter", "")
        assert len(urlencode(asked.query)) < 2048


def test_trap_3_months_are_enumerated_and_years_among_them_not_read() -> None:
    client = MemoryClient(service_with(MONTHS).respond)
    found = figures(one_round(connector(client)))
    assert {f.period_end.toordinal() - f.period_start.toordinal() for f in found} == {30, 31}
    for asked in client.asked:
        question = asked.query.get("$filter", "")
        assert "JJ" not in question
        assert not {" ge ", " le ", " gt ", " lt "} & {f" {word} " for word in question.split()}


def test_trap_4_no_sum_over_the_parts_takes_the_total_in() -> None:
    service = service_with(["2026MM01"], ["0.0.0", "1.1.1", "1.2.3"])
    for offence, count in (("0.0.0", 30), ("1.1.1", 10), ("1.2.3", 20)):
        service.put(offence, WIJK, "2026MM01", count)
    found = [f for f in figures(one_round(over(service))) if f.area == WIJK]
    parts = [f.value or 0 for f in found if f.measure.startswith("cbs.47022ned.")]
    (total,) = [f.value for f in found if f.measure == "cbs.47022ned-totaal"]
    assert sum(parts) == total == 30


def test_trap_5_the_newest_month_is_provisional_whatever_the_table_says() -> None:
    service = service_with(MONTHS)
    service.statuses = dict.fromkeys(MONTHS, "Definitief")
    status = {f.period_start: f.status for f in figures(one_round(over(service)))}
    assert status == {
        date(2025, 11, 1): "final",
        date(2025, 12, 1): "final",
        date(2026, 1, 1): "provisional",
    }


def test_trap_5_what_the_table_does_not_call_definitive_is_provisional() -> None:
    service = service_with(MONTHS)
    service.statuses = {"2025MM11": "Definitief", "2025MM12": "NaderVoorlopig"}
    status = {f.period_start.month: f.status for f in figures(one_round(over(service)))}
    assert status == {11: "final", 12: "provisional", 1: "provisional"}


def test_trap_6_unknown_is_not_zero() -> None:
    service = service_with(["2025MM12", "2026MM01"])
    service.put("1.1.1", WIJK, "2025MM12", None)
    service.put("1.2.3", WIJK, "2025MM12", 0)
    found = {
        f.measure: (f.value, f.status)
        for f in figures(one_round(over(service)))
        if f.area == WIJK and f.period_start.month == 12
    }
    assert found["cbs.47022ned.1-1-1"] == (None, "unknown")
    assert found["cbs.47022ned.1-2-3"] == (0.0, "provisional")


def test_trap_6_a_column_that_is_gone_is_not_unknown() -> None:
    service = service_with(MONTHS)

    def without(asked: Asked) -> Page:
        answer = orjson.loads(service.respond(asked).body)
        for item in answer["value"]:
            item.pop(COUNT, None)
        return json_page(answer)

    with pytest.raises(SourceRefused, match="columns of this table"):
        connector(MemoryClient(without)).poll(None, START)
