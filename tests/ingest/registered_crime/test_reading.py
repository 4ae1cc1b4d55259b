"""What is read of a table, and the six traps of its format."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from domain.errors import SourceRefused, SourceUnavailable, Terminal, Transient
from domain.metrics import Counter
from ingest.protocol import Draft, Period, Unreadable
from ingest.registered_crime.offences import load_offences
from ingest.registered_crime.service import AREA_WIDTH, COUNT
from ingest.registered_crime.tables import before_recent, recent, touching
from tests.ingest.registered_crime.reading import (
    GEMEENTE,
    STADSDEEL,
    START,
    WIJK,
    Reader,
    areas,
    connector,
    expected,
    figures,
    one_round,
    over,
    service_with,
)
from tests.support.http_memory import MemoryClient
from tests.support.http_source import Asked, Page, json_page
from tests.support.odata import ODataService

MONTHS = ("2025MM11", "2025MM12", "2026MM01")


def test_a_row_gives_this_figure_and_no_more() -> None:
    service = service_with(["2025MM12", "2026MM01"])
    service.put("1.2.3", WIJK, "2025MM12", 17)
    service.statuses["2025MM12"] = "Definitief"
    (figure,) = (
        f
        for f in figures(one_round(over(service)))
        if (f.measure, f.area, f.period_start) == ("cbs.47022ned.1-2-3", WIJK, date(2025, 12, 1))
    )
    assert figure.model_dump(mode="json", exclude_none=True) == {
        "kind": "figure",
        "measure": "cbs.47022ned.1-2-3",
        "area": WIJK,
        "period_start": "2025-12-01",
        "period_end": "2026-01-01",
        "value": 17.0,
        "status": "final",
        "unit": "count",
        "boundary_year": 2024,
    }


def test_every_area_level_comes_out_and_nothing_of_elsewhere() -> None:
    found = figures(one_round(over(service_with(["2026MM01"]))))
    assert {f.area for f in found} == {GEMEENTE, *areas()}
    assert len(areas()) == 9 + 44
    assert {len(f.area) for f in found} == {6, 8, 10}


def test_everything_that_is_published_is_read_once_a_round(tmp_path: Any) -> None:
    service = service_with(MONTHS)
    reader = Reader(tmp_path, service)
    reader.round()
    assert reader.current() == expected(service)
    before = reader.versions()
    reader.round()
    assert reader.versions() == before
    assert {rev for _, rev, _, _ in before} == {1}
    reader.close()


# The six traps.


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


# Paging.


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


# Revisions.


def test_a_revised_month_is_a_new_version(tmp_path: Any) -> None:
    service = service_with(MONTHS)
    reader = Reader(tmp_path, service)
    reader.round()
    service.put("1.1.1", WIJK, "2025MM11", 4000)
    service.put("1.2.3", STADSDEEL, "2025MM11", None)
    reader.round()
    assert reader.current() == expected(service)
    second = [(key, value, status) for key, rev, value, status in reader.versions() if rev == 2]
    assert second == [
        (("cbs.47022ned.1-1-1", WIJK, "2025-11-01"), 4000.0, "provisional"),
        (("cbs.47022ned.1-2-3", STADSDEEL, "2025-11-01"), None, "unknown"),
    ]
    reader.close()


def test_a_month_that_becomes_final_is_a_new_version(tmp_path: Any) -> None:
    service = service_with(MONTHS)
    reader = Reader(tmp_path, service)
    reader.round()
    service.statuses["2025MM11"] = "Definitief"
    reader.round()
    changed = {(key[2], status) for key, rev, _, status in reader.versions() if rev == 2}
    assert changed == {("2025-11-01", "final")}
    reader.close()


# What is too sensitive, wrong or unknown.


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


# Which periods.


def test_recent_months_and_those_before_them_meet() -> None:
    months = [f"{year}MM{month:02}" for year in (2024, 2025) for month in range(1, 13)]
    service = service_with(months, ["0.0.0"])

    def starts(choice: Any) -> list[date]:
        found = figures(one_round(over(service, choice=choice, interval=None)))
        return sorted({f.period_start for f in found})

    late, early = starts(recent(6)), starts(before_recent(6, 5))
    assert late == [date(2025, month, 1) for month in range(7, 13)]
    assert early == [date(2025, month, 1) for month in range(2, 7)]
    assert starts(before_recent(6, 500)) + late == starts(recent(500))


def test_a_past_period_is_read_by_local_days() -> None:
    service = service_with(["2025MM10", "2025MM11", "2025MM12"], ["0.0.0"])

    def starts(since: datetime, until: datetime) -> set[date]:
        period = Period(since, until)
        reading = over(service, choice=touching(period), interval=None)
        return {f.period_start for f in figures(one_round(reading))}

    # Local midnight of 1 November is 23:00 UTC, that of 1 October 22:00 UTC.
    november = datetime(2025, 10, 31, 23, tzinfo=UTC)
    assert starts(november, datetime(2025, 11, 30, 23, tzinfo=UTC)) == {date(2025, 11, 1)}
    assert starts(datetime(2025, 9, 30, 22, tzinfo=UTC), november) == {date(2025, 10, 1)}
    assert starts(datetime(2025, 11, 30, 22, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)) == {
        date(2025, 11, 1),
        date(2025, 12, 1),
    }
    assert starts(datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)) == set()


def test_what_is_read_once_says_how_far_it_is() -> None:
    service = service_with(MONTHS, ["0.0.0"])
    reading = over(service, interval=None)
    first = reading.poll(None, START)
    second = reading.poll(first.cursor, START)
    third = reading.poll(second.cursor, START)
    assert [p.progress for p in (first, second, third)] == [
        pytest.approx(1 / 3),
        pytest.approx(2 / 3),
        1,
    ]
    assert [p.done for p in (first, second, third)] == [False, False, True]


def test_the_table_of_years_gives_years() -> None:
    service = ODataService("47018NED")
    service.fill(["0.0.0", "1.1.1"], [GEMEENTE, *areas()], ["2023JJ00", "2024JJ00", "2024MM01"])
    found = figures(one_round(over(service)))
    assert {(f.period_start, f.period_end) for f in found} == {
        (date(2023, 1, 1), date(2024, 1, 1)),
        (date(2024, 1, 1), date(2025, 1, 1)),
    }
    assert {f.measure for f in found} == {"cbs.47018ned-totaal", "cbs.47018ned.1-1-1"}
