"""What is read of a table, and what of it becomes a new version."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.ingest.registered_crime.reading import (
    GEMEENTE,
    MONTHS,
    STADSDEEL,
    WIJK,
    Reader,
    areas,
    expected,
    figures,
    one_round,
    over,
    service_with,
)


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
