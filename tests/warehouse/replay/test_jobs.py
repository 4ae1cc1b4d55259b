"""A job is found again by its order, until it is finished."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from domain.errors import ResourceTaken, SettingsError
from warehouse.replay.jobs import Job, Jobs, Order

ORDER = Order("archive", "2026-03-28T23:00:00+00:00", "2026-03-29T22:00:00+00:00", "demo")


def test_a_job_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path / "replay")
    job = Job(ORDER, "2026-11-25", total=9, read=5, events=4, position={"day": "x", "row": ["a", 1, 2]})
    assert jobs.find(ORDER) is None
    jobs.save(job)
    assert jobs.find(ORDER) == job == jobs.latest_unfinished()
    assert jobs.find(Order("archive", source="demo")) is None
    assert jobs.find(replace(ORDER, folder="elsewhere")) is None
    assert [path.suffix for path in (tmp_path / "replay").iterdir()] == [".json"]


def test_a_finished_job_is_not_found(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    jobs.save(Job(ORDER, "2026-11-25", finished_at="2026-11-26"))
    assert jobs.find(ORDER) is None
    assert jobs.latest_unfinished() is None


def test_the_one_worked_on_last_is_resumed(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    for number, source in enumerate(("a", "b", "c")):
        order = Order("archive", source=source)
        jobs.save(Job(order, "2026-11-25", finished_at="2026-11-26" if source == "c" else ""))
        os.utime(tmp_path / f"{order.name}.json", (number, number))
    found = jobs.latest_unfinished()
    assert found is not None
    assert found.order.source == "b"


def test_an_order_knows_its_bounds() -> None:
    selection = ORDER.selection
    assert selection.first == "2026-03-28 23:00:00.000"
    assert selection.end == "2026-03-29 22:00:00.000"
    assert selection.source == "demo"
    assert [
        day for day in ("2026-03-27", "2026-03-28", "2026-03-29", "2026-03-30") if selection.has_day(day)
    ] == [
        "2026-03-28",
        "2026-03-29",
    ]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"order": {"colour": 1}}'])
def test_a_spoiled_file_is_said_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / f"{ORDER.name}.json").write_text(text)
    with pytest.raises(SettingsError, match="remove it to start afresh"):
        Jobs(tmp_path).find(ORDER)


def test_only_one_replay_runs(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path / "replay")
    with jobs.lock(), pytest.raises(ResourceTaken), jobs.lock():
        pass
    with jobs.lock():
        pass
