"""Exports of inspections: expected events, follow-ups, and what does not come out."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.errors import SettingsError
from domain.events import Inspection
from domain.places import Location
from ingest.inspections.bag_table import read_bag_table
from ingest.inspections.source import Settings, build
from ingest.protocol import Draft, Source
from tests.ingest.inspections.exports import (
    HEADER,
    ODRN,
    VISITS,
    inspections,
    write_vrgz,
)
from tests.ingest.samples import KEYED
from tests.ingest.smuggling import SMUGGLED, assert_no_trace
from tests.ingest.tabular.crashing import (
    assert_crashes_change_nothing,
    assert_moves_can_be_cut_off,
)
from tests.ingest.tabular.dropping import (
    LONG_AGO,
    Context,
    drop,
    events,
    nijmegen,
    open_outbox,
    run,
    write_all,
)


def _told(drafts: list[Draft]) -> list[tuple[object, ...]]:
    found = [d.data for d in drafts if isinstance(d.data, Inspection)]
    return [(i.occurred_at, i.category, i.result, i.risk_class, i.recheck_on, i.location) for i in found]


def test_the_export_of_the_environment_service(tmp_path: Path) -> None:
    source = inspections(tmp_path)
    drop(tmp_path / "drop", "odrn.csv", ODRN())
    done = run(source)
    city = Location(gemeente="GM0268")
    garage = Location(wijk="BU02680423", gemeente="GM0268", pc6="6541AB")
    assert _told(done.drafts) == [
        (
            datetime(2026, 1, 12, 11, tzinfo=UTC),
            "autobedrijven",
            "minor-breach",
            "hoog",
            date(2026, 3, 2),
            garage,
        ),
        (datetime(2026, 3, 5, 11, tzinfo=UTC), "autobedrijven", "compliant", "hoog", None, garage),
        (
            datetime(2026, 1, 14, 11, tzinfo=UTC),
            "tankstations",
            "compliant",
            "midden",
            None,
            Location(wijk="BU02680202", gemeente="GM0268"),
        ),
        (
            datetime(2026, 1, 20, 11, tzinfo=UTC),
            "asbest",
            "major-breach",
            "zeer-hoog",
            date(2026, 1, 27),
            Location(gemeente="GM0268", pc6="6512BK"),
        ),
        (datetime(2026, 1, 22, 11, tzinfo=UTC), "energiebesparing", "not-performed", "laag", None, city),
        (datetime(2026, 1, 23, 11, tzinfo=UTC), "overig-milieu", "compliant", "laag", None, city),
    ]
    assert [d.deleted for d in done.drafts] == [False, False, False, False, True, False]
    assert {d.data.theme for d in done.drafts if isinstance(d.data, Inspection)} == {"naleving"}
    assert [u.field for u in done.unreadable] == ["occurred_at"]
    rejects = (tmp_path / "drop" / "done" / "odrn.csv.rejects.csv").read_text(encoding="utf-8")
    # The cell of two lines above it counts as two.
    assert rejects.splitlines()[1].startswith("9,occurred_at,unparsed,")


def test_a_recheck_is_linked_by_its_case_and_keeps_its_identity(tmp_path: Path) -> None:
    source = inspections(tmp_path)
    outbox = open_outbox(tmp_path, source)
    export = ODRN().decode("cp1252")
    drop(tmp_path / "drop", "a.csv", export.encode("cp1252"))
    write_all(outbox, source)
    later = export.replace(
        "05-03-2026;Hersteld;05-03-2026 16:20", "06-03-2026;Niet hersteld;06-03-2026 9:00"
    )
    drop(tmp_path / "drop", "b.csv", later.encode("cp1252"))
    write_all(outbox, source)
    outbox.close()
    found = [(e, e.data) for e in events(tmp_path, source) if isinstance(e.data, Inspection)]
    (first, told), (recheck, retold) = found[:2]
    assert told.case == retold.case
    assert first.id != recheck.id
    assert sum(data.case == told.case for _, data in found) == 3
    changed = [(e.id, data.result) for e, data in found if e.rev == 2]
    assert changed == [(recheck.id, "minor-breach")]


def test_an_older_export_never_wins(tmp_path: Path) -> None:
    source = inspections(tmp_path)
    outbox = open_outbox(tmp_path, source)
    export = ODRN().decode("cp1252")
    older = export.replace(
        "Akkoord;Midden;;;;14-01-2026 11:05", "Overtreding;Midden;;;;14-01-2026 10:00"
    )
    for name, text in (("a.csv", export), ("b.csv", older)):
        drop(tmp_path / "drop", name, text.encode("cp1252"))
        write_all(outbox, source)
    outbox.close()
    assert {e.rev for e in events(tmp_path, source)} == {1}


def test_the_export_of_the_fire_service(tmp_path: Path) -> None:
    source = inspections(tmp_path, "vrgz")
    path = write_vrgz(tmp_path / "drop" / "toezicht.xlsx")
    os.utime(path, (LONG_AGO, LONG_AGO))
    done = run(source)
    hotel = Location(wijk="BU02680423", gemeente="GM0268")
    assert _told(done.drafts) == [
        (
            datetime(2026, 2, 3, 9, tzinfo=UTC),
            "brandveilig-gebruik-logies",
            "major-breach",
            "prio-1",
            date(2026, 2, 17),
            hotel,
        ),
        (
            datetime(2026, 2, 17, 13, tzinfo=UTC),
            "brandveilig-gebruik-logies",
            "compliant",
            "prio-1",
            None,
            hotel,
        ),
        (
            datetime(2026, 2, 4, 23, tzinfo=UTC),
            "brandveilig-gebruik-onderwijs",
            "not-performed",
            "prio-3",
            None,
            Location(wijk="BU02680202", gemeente="GM0268"),
        ),
    ]
    cases = [d.data.case for d in done.drafts if isinstance(d.data, Inspection)]
    assert cases[0] == cases[1] != cases[2]
    assert "4711" not in "".join(cases)
    assert done.unreadable == []


def test_the_same_as_json(tmp_path: Path) -> None:
    source = inspections(tmp_path, "vrgz")
    rows = [
        {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in zip(HEADER, visit, strict=True)
        }
        for visit in VISITS
    ]
    drop(tmp_path / "drop", "toezicht.json", json.dumps({"bezoeken": rows}))
    assert [r[2] for r in _told(run(source).drafts)] == ["major-breach", "compliant", "not-performed"]


def _fill(folder: Path) -> None:
    drop(folder, "odrn.csv", ODRN())


def _by_threes(folder: Path) -> Source:
    return inspections(folder, rows_per_poll=3)


def test_death_loses_and_doubles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_crashes_change_nothing(tmp_path / "polls", _by_threes, _fill)
    assert_moves_can_be_cut_off(tmp_path / "moves", _by_threes, _fill, monkeypatch)


def test_nothing_smuggled_into_any_column_comes_out(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = inspections(tmp_path)
    header, first = ODRN().decode("cp1252").splitlines()[:2]
    names, cells = header.split(";"), first.split(";")
    rows = []
    for column in range(len(names)):
        for number, secret in enumerate(SMUGGLED):
            row = list(cells)
            row[0] = f"W.Z26.{column}.{number}"
            row[column] = secret
            rows.append(";".join(row))
    drop(tmp_path / "drop", "a.csv", "\n".join([header, *rows]) + "\n")
    outbox = open_outbox(tmp_path, source)
    write_all(outbox, source)
    outbox.close()
    assert_no_trace("".join(capfd.readouterr()))
    for path in tmp_path.glob("outbox.sqlite*"):
        assert_no_trace(path.read_bytes().decode("latin-1"))
    assert_no_trace((tmp_path / "drop" / "done" / "a.csv.rejects.csv").read_text(encoding="utf-8"))
    assert len(events(tmp_path, source)) > 5 * len(SMUGGLED)


@pytest.mark.parametrize(
    "text", ["bag,wijk\n", "bag_id,wijk\n12a,BU02680202\n", "bag_id,wijk\n1,BU03630000\n"]
)
def test_a_wrong_table_of_bag_ids(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bag.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="BAG table"):
        read_bag_table(path, nijmegen())


def test_a_mapping_with_bag_ids_needs_their_table(tmp_path: Path) -> None:
    inspections(tmp_path)
    settings = Settings(folder="drop", mapping="mapping.toml")
    with pytest.raises(SettingsError, match=r"mapping\.toml line 4: bag: needs a table"):
        build("odrn", settings, Context(tmp_path, nijmegen(), KEYED))
