"""Tables of figures: margins, unknown beside zero, versions, and rows of elsewhere."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from domain.errors import SettingsError
from domain.events import Figure
from ingest.protocol import Draft, Source
from ingest.statistical_periods import days_of
from ingest.surveys.source import Settings, build
from tests.ingest.smuggling import SMUGGLED, assert_no_trace
from tests.ingest.tabular.crashing import (
    assert_crashes_change_nothing,
    assert_moves_can_be_cut_off,
)
from tests.ingest.tabular.dropping import LONG_AGO, Context, drop, events, open_outbox, run, write_all
from tests.ingest.tabular.mappings import mapping_of
from tests.ingest.tabular.test_tables import write_workbook

MONITOR = (
    '"Regio";"Perioden";"Onveilig in buurt|Waarde";'
    '"Onveilig in buurt|Ondergrens";"Onveilig in buurt|Bovengrens";'
    '"Traditioneel|Waarde";"Traditioneel|Ondergrens";"Traditioneel|Bovengrens";'
    '"Online|Waarde";"Online|Ondergrens";"Online|Bovengrens"\n'
    '"GM0268    ";"2023";"17,4";"15,8";"19,0";"0,0";"0,0";"0,3";".";".";"."\n'
    '"GM0363    ";"2023";"20,1";"19,0";"21,2";"30";"28";"32";"17";"16";"18"\n'
    '"WK026802  ";"2023*";"x";"x";"x";"";"";"";"18,2*";"15";"21"\n'
)


def survey(folder: Path, mapping: str = "veiligheidsmonitor", rows_per_poll: int = 1_000) -> Source:
    (folder / "drop").mkdir(parents=True, exist_ok=True)
    text = mapping_of(mapping)
    (folder / "mapping.toml").write_text(text, encoding="utf-8")
    settings = Settings(folder="drop", mapping="mapping.toml", rows_per_poll=rows_per_poll)
    return build("onderzoek", settings, Context(folder))


def told(drafts: list[Draft]) -> list[tuple[object, ...]]:
    found = [d.data for d in drafts if isinstance(d.data, Figure)]
    return [(f.measure, f.area, f.value, f.status, f.lower, f.upper) for f in found]


def test_the_veiligheidsmonitor(tmp_path: Path) -> None:
    source = survey(tmp_path)
    drop(tmp_path / "drop", "vm.csv", MONITOR.encode("cp1252"))
    done = run(source)
    assert told(done.drafts) == [
        ("vm.onveilig-buurt", "GM0268", 17.4, "final", 15.8, 19.0),
        ("vm.slachtoffer-traditioneel", "GM0268", 0.0, "final", 0.0, 0.3),
        ("vm.slachtoffer-online", "GM0268", None, "unknown", None, None),
        ("vm.onveilig-buurt", "WK026802", None, "unknown", None, None),
        ("vm.slachtoffer-traditioneel", "WK026802", None, "unknown", None, None),
        ("vm.slachtoffer-online", "WK026802", 18.2, "provisional", 15.0, 21.0),
    ]
    first = done.drafts[0].data
    assert isinstance(first, Figure)
    assert (first.period_start, first.period_end) == (date(2023, 1, 1), date(2024, 1, 1))
    assert (first.unit, first.boundary_year) == ("percent", 2024)


def test_victims_of_cybercrime_with_half_margins(tmp_path: Path) -> None:
    source = survey(tmp_path, "cybercrime")
    text = "gebied;jaar;delict;percentage;marge\nNijmegen;2024;Aankoopfraude;8,1;1,2\n"
    text += "Nijmegen;2024;Hacken;5,0;\n"
    drop(
        tmp_path / "drop", "a.csv", text + "Nijmegen;2024;Bedreiging;1,0;0,2\nArnhem;2024;Hacken;4,0;1\n"
    )
    assert told(run(source).drafts) == [
        ("cyber.aankoopfraude", "GM0268", 8.1, "final", pytest.approx(6.9), pytest.approx(9.3)),
        ("cyber.hacken", "GM0268", 5.0, "final", None, None),
    ]


def test_the_leefbaarometer(tmp_path: Path) -> None:
    source = survey(tmp_path, "leefbaarometer")
    text = "jaar,bu_code,bu_naam,lbm,onv\n2022,BU02680202,Bottendaal,4.31,-0.042\n"
    text += "2022,BU03630000,Elders,4.0,0\n"
    drop(tmp_path / "drop", "a.csv", text + "2022,BU02680203,Galgenveld,NA,0\n")
    assert told(run(source).drafts) == [
        ("lbm.score", "BU02680202", 4.31, "final", None, None),
        ("lbm.overlast-onveiligheid", "BU02680202", -0.042, "final", None, None),
        ("lbm.score", "BU02680203", None, "unknown", None, None),
        ("lbm.overlast-onveiligheid", "BU02680203", 0.0, "final", None, None),
    ]


def test_key_figures_from_a_workbook(tmp_path: Path) -> None:
    source = survey(tmp_path, "kerncijfers")
    rows = [
        ("gwb_code", "naam", "a_inw", "a_1p_hh"),
        ("BU02680202", "Bottendaal", 5010, "."),
        ("BU02680203", "G", 0, 5),
    ]
    path = write_workbook(tmp_path / "drop" / "kwb.xlsx", rows)
    os.utime(path, (LONG_AGO, LONG_AGO))
    assert [row[2:4] for row in told(run(source).drafts)] == [
        (5010.0, "final"), (None, "unknown"), (0.0, "final"), (5.0, "final"),
    ]  # fmt: skip


def test_a_revised_value_is_a_new_version_and_the_same_one_a_duplicate(tmp_path: Path) -> None:
    source = survey(tmp_path)
    outbox = open_outbox(tmp_path, source)
    for name, text in (("a.csv", MONITOR), ("b.csv", MONITOR.replace('"17,4"', '"17,6"'))):
        drop(tmp_path / "drop", name, text)
        write_all(outbox, source)
    outbox.close()
    found = events(tmp_path, source)
    assert [e.rev for e in found] == [1] * 6 + [2]
    assert isinstance(found[-1].data, Figure)
    assert found[-1].data.value == 17.6


def test_an_older_publication_never_wins(tmp_path: Path) -> None:
    source = survey(tmp_path, "kerncijfers")
    outbox = open_outbox(tmp_path, source)
    drop(tmp_path / "drop", "a.csv", "gwb_code;a_inw;a_1p_hh\nBU02680202;5010;1200\n")
    write_all(outbox, source)
    source = survey(tmp_path, "kerncijfers")
    mapping = (tmp_path / "mapping.toml").read_text(encoding="utf-8").replace("20260401", "20250401")
    (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
    source = build("onderzoek", Settings(folder="drop", mapping="mapping.toml"), Context(tmp_path))
    drop(tmp_path / "drop", "b.csv", "gwb_code;a_inw;a_1p_hh\nBU02680202;4000;1000\n")
    write_all(outbox, source)
    outbox.close()
    assert [e.rev for e in events(tmp_path, source)] == [1, 1]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('"17,4"', '"117,4"', "value"),
        ('"15,8"', '"18,8"', "margin"),
        ('"17,4"', '"veel"', "value"),
        ('"15,8"', '"weinig"', "margin"),
        (';"2023";"17,4"', ';"vorig jaar";"17,4"', "period"),
        ('"GM0268    "', '""', "area"),
    ],
)
def test_a_row_that_cannot_be_is_refused_whole(tmp_path: Path, old: str, new: str, field: str) -> None:
    source = survey(tmp_path)
    drop(tmp_path / "drop", "a.csv", MONITOR.replace(old, new))
    done = run(source)
    assert [u.field for u in done.unreadable] == [field]
    assert len(done.drafts) == 3


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2025", date(2025, 1, 1), date(2026, 1, 1)),
        ("2025JJ00", date(2025, 1, 1), date(2026, 1, 1)),
        ("2025MM12", date(2025, 12, 1), date(2026, 1, 1)),
        ("2025-03", date(2025, 3, 1), date(2025, 4, 1)),
        ("2025KW04", date(2025, 10, 1), date(2026, 1, 1)),
        ("2025-Q2*", date(2025, 4, 1), date(2025, 7, 1)),
        ("2023/2025", date(2023, 1, 1), date(2026, 1, 1)),
    ],
)
def test_periods(text: str, start: date, end: date) -> None:
    assert days_of(text) == (start, end)


@pytest.mark.parametrize("text", ["", "25", "2025MM13", "2025KW05", "2025/2023", "maart 2025"])
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(ValueError, match="is not a period"):
        days_of(text)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("confidence = 95", "", "say their confidence"),
        ('measure = "vm.onveilig-buurt"', 'measure = "vm.anders"', "not in the catalogue"),
        ('lower = "Onveilig in buurt|Ondergrens"\n', "", "lower and upper together"),
        ('column = "Perioden"', 'constant = "vorig jaar"', "is not a period"),
        ('unit = "percent"', 'unit = "%"', "string should match"),
    ],
)
def test_a_mistake_in_the_mapping_has_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    survey(tmp_path)
    path = tmp_path / "mapping.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingsError, match=rf"mapping\.toml line \d+: .*{says}"):
        build("onderzoek", Settings(folder="drop", mapping="mapping.toml"), Context(tmp_path))


def _fill(folder: Path) -> None:
    drop(folder, "a.csv", MONITOR)
    drop(folder, "b.csv", MONITOR.replace('"17,4"', '"17,6"'))


def _by_ones(folder: Path) -> Source:
    return survey(folder, rows_per_poll=1)


def test_death_loses_and_doubles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_crashes_change_nothing(tmp_path / "polls", _by_ones, _fill)
    assert_moves_can_be_cut_off(tmp_path / "moves", _by_ones, _fill, monkeypatch)


def test_nothing_smuggled_into_any_column_comes_out(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = survey(tmp_path)
    header, first = MONITOR.splitlines()[:2]
    cells = first.split(";")
    rows = [
        ";".join([*cells[:at], f'"{secret}"', *cells[at + 1 :]])
        for at in range(len(cells))
        for secret in SMUGGLED
    ]
    drop(tmp_path / "drop", "a.csv", "\n".join([header, *rows]) + "\n")
    outbox = open_outbox(tmp_path, source)
    write_all(outbox, source)
    outbox.close()
    assert_no_trace("".join(capfd.readouterr()))
    for path in tmp_path.glob("outbox.sqlite*"):
        assert_no_trace(path.read_bytes().decode("latin-1"))
    assert_no_trace((tmp_path / "drop" / "done" / "a.csv.rejects.csv").read_text(encoding="utf-8"))
