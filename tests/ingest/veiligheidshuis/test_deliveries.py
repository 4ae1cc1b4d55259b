"""Signed aggregates: what a delivery gives, in its order, whatever dies."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from domain.events import Figure
from tests.ingest.tabular.crashing import (
    assert_crashes_change_nothing,
    assert_moves_can_be_cut_off,
    files,
)
from tests.ingest.tabular.dropping import events, open_outbox, run, write_all
from tests.ingest.veiligheidshuis.sealing import (
    as_csv,
    deliver,
    document,
    row,
    sealed,
)


@pytest.mark.parametrize("name", ["a.json", "a.csv"])
def test_a_delivery_gives_its_figures(tmp_path: Path, name: str) -> None:
    source = sealed(tmp_path)
    deliver(tmp_path / "drop", as_csv(document()) if name.endswith("csv") else document(), name)
    drafts = run(source).drafts
    figures = [d.data for d in drafts if isinstance(d.data, Figure)]
    assert [(f.measure, f.area, f.value, f.status, f.unit) for f in figures] == [
        ("zvh.cases-started", "WK026801", 24, "final", "count"),
        ("zvh.cases-running", "WK026801", 61, "final", "count"),
        ("zvh.cases-closed", "WK026801", 40, "final", "count"),
        ("zvh.cases-closed.route.zorg", "WK026801", 22, "final", "count"),
        ("zvh.cases-closed.route.straf", "WK026801", None, "withheld", "count"),
        ("zvh.cases-closed.route.bestuur", "WK026801", None, "withheld", "count"),
        ("zvh.cases-closed.duration.0-3", "WK026801", 15, "final", "count"),
        ("zvh.goal-reached", "WK026801", 25, "final", "count"),
        ("zvh.costs", "WK026801", 41_200, "final", "eur"),
        ("zvh.cases-started", "WK026802", None, "withheld", "count"),
    ]
    assert {(f.period_start, f.period_end) for f in figures} == {(date(2026, 7, 1), date(2026, 10, 1))}
    assert {d.revision for d in drafts} == {12}
    assert set(files(tmp_path)) == {f"done/{name}", f"done/{name}.sig"}


def test_an_older_delivery_never_wins(tmp_path: Path) -> None:
    source = sealed(tmp_path)
    outbox = open_outbox(tmp_path, source)
    for serial, value in ((12, 24), (11, 30), (12, 31), (13, 32), (12, 24)):
        deliver(
            tmp_path / "drop", document(serial, [row("cases-started", value)]), f"{serial}-{value}.json"
        )
        write_all(outbox, source)
    outbox.close()
    found = [e.data.value for e in events(tmp_path, source) if isinstance(e.data, Figure)]
    assert found == [24, 32]
    assert b"is not above" in files(tmp_path)["failed/11-30.json.rejects.csv"]
    assert b"was read before" in files(tmp_path)["done/12-24~2.json.rejects.csv"]


def _fill(folder: Path) -> None:
    deliver(folder, document(12), "a.json")
    deliver(folder, document(13, [row("cases-started", 31)]), "b.json")
    deliver(folder, document(9), "c.json")
    deliver(folder, document(14, [row("cases-started", 5)]), "d.json")


def test_death_loses_and_doubles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_crashes_change_nothing(tmp_path / "polls", sealed, _fill)
    assert_moves_can_be_cut_off(tmp_path / "moves", sealed, _fill, monkeypatch)
