"""Which periods are read, and how often."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from ingest.protocol import Period
from ingest.registered_crime.tables import before_recent, recent, touching
from tests.ingest.registered_crime.reading import (
    GEMEENTE,
    MONTHS,
    START,
    areas,
    figures,
    one_round,
    over,
    service_with,
)
from tests.support.odata import ODataService


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
