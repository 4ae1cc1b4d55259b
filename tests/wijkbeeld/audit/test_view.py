from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from rich.console import Console

from warehouse.audit import DayLine, LevelVerdict, Loss, Report, SourceReport, Verdict
from warehouse.audit.cells import Cell, Difference
from wijkbeeld.audit.view import as_json, print_report

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
DAY = DayLine(date(2026, 4, 1), 1_234_567, 1_134_560, 100_000, 1, 3, 3)
CELL = Cell("hour", "BU02680101", "automatisch-alarm", datetime(2026, 3, 29, 1, tzinfo=UTC))
STALE = Difference(CELL, (3, 3, 0, 0, 9, 77, 0, 0), (3, 3, 0, 0, 9, 77, 0, 0), (2, 2, 0, 0, 6, 5))
AGREE = LevelVerdict("hour")
CLEAN = SourceReport("meldingen", (replace(DAY, in_flight=0),), (), 0, Loss.NONE)


def report(*sources: SourceReport, levels: LevelVerdict = AGREE, ahead: str = "") -> Report:
    return Report(NOW, sources, (levels,), ahead)


def printed(shown: Report) -> str:
    out = io.StringIO()
    print_report(shown, Console(file=out, width=80, highlight=False))
    text = out.getvalue()
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 80
    return text


def test_a_clean_audit_says_so_per_question() -> None:
    text = printed(report(CLEAN))
    assert "1,234,567" in text
    assert "counts     come out" in text
    assert "loss       meldingen: none; all that was given out has arrived" in text
    assert "cells      hour: event_log, event_now and the cells agree" in text
    assert "verdict    clean" in text
    assert "…" not in text


def test_a_fault_is_named_with_its_numbers() -> None:
    found = report(
        replace(CLEAN, in_flight=3, loss=Loss.LOST, lost=((7, 7), (9, 10))),
        levels=LevelVerdict("hour", (STALE,), further=12, undecided=2),
    )
    assert found.verdict is Verdict.DIFFERS
    text = printed(found)
    assert "loss       meldingen: 3 receipts are nowhere: 7, 9-10" in text
    assert "cells      hour: 13 differ: event_now and cell do not agree" in text
    assert "BU02680101 automatisch-alarm 2026-03-29 01:00:00" in text
    assert "by log 3, by now 3, cell 2" in " ".join(text.split())
    assert "and 12 more" in text
    assert "2 undecided" in text


def test_what_is_not_settled_is_neither_clean_nor_a_fault() -> None:
    found = report(replace(CLEAN, in_flight=3), ahead="3 records in the outbox")
    assert found.verdict is Verdict.UNSETTLED
    text = printed(found)
    assert "none; 3 in flight, each still kept" in text
    assert "fence      not passed in time: 3 records in the outbox" in text


def test_an_empty_warehouse_is_said_to_be_empty() -> None:
    found = Report(NOW, empty=True)
    assert found.verdict is Verdict.EMPTY
    text = printed(found)
    assert "warehouse  empty" in text
    assert "agree" not in text.replace("disagree", "")


def test_many_days_are_put_together() -> None:
    days = tuple(replace(DAY, day=DAY.day + timedelta(days=n), in_flight=0) for n in range(20))
    text = printed(report(replace(CLEAN, days=days)))
    assert "6 earlier" in text
    assert text.count("meldingen") == 1 + 14 + 1 + 1
    assert "24691340" in text


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (CLEAN, Verdict.CLEAN),
        (replace(CLEAN, problems=("it does not come out",)), Verdict.DIFFERS),
        (replace(CLEAN, in_flight=1), Verdict.UNSETTLED),
        (replace(CLEAN, in_flight=1, loss=Loss.UNPROVEN), Verdict.UNSETTLED),
        (replace(CLEAN, in_flight=1, loss=Loss.LOST, lost=((1, 1),)), Verdict.DIFFERS),
    ],
)
def test_the_whole_is_as_bad_as_its_worst_source(source: SourceReport, verdict: Verdict) -> None:
    assert source.verdict is verdict
    assert report(CLEAN, source).verdict is verdict


def test_json_has_every_number() -> None:
    found = as_json(report(CLEAN, levels=LevelVerdict("hour", (STALE,))))
    assert json.loads(json.dumps(found)) == found
    assert found["sources"]["meldingen"]["days"]["2026-04-01"]["received"] == 1_234_567
    (fault,) = found["cells"]["hour"]["faults"]
    assert (fault["hour"], fault["between"]) == ("2026-03-29 01:00:00", ["event_now", "cell"])
