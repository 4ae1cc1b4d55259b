"""Tables of every format, row by row."""

from __future__ import annotations

import tracemalloc
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # ships no types
import pytest

from ingest.tabular.opening import Layout, open_table
from ingest.tabular.rows import BadRow, FileRefused, Row


def rows_of(path: Path, layout: Layout | None = None, wanted: Sequence[str] = ()) -> list[Row | BadRow]:
    table = open_table(path, layout or Layout(), frozenset(wanted))
    try:
        return list(table)
    finally:
        table.close()


def cells_of(
    path: Path, layout: Layout | None = None, wanted: Sequence[str] = ()
) -> list[Mapping[str, Any]]:
    found = rows_of(path, layout, wanted)
    assert all(isinstance(row, Row) for row in found)
    return [row.cells for row in found if isinstance(row, Row)]


def write_workbook(path: Path, rows: Sequence[Sequence[object]], sheet: str = "Blad1") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(list(row))
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_encoding_and_delimiter_are_found_out(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    text = delimiter.join(["naam", "straße"]) + "\r\n" + delimiter.join(["één", '"a ""b"""']) + "\r\n"
    path.write_bytes(text.encode(encoding))
    assert cells_of(path) == [{"naam": "één", "straße": 'a "b"'}]


def test_one_byte_far_behind_decides_on_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a;b\n" + (b"x;" + b"y" * 997 + b"\n") * 1_200 + "é;z\n".encode("cp1252"))
    table = open_table(path, Layout(), frozenset())
    *_, last = table
    table.close()
    assert isinstance(last, Row)
    assert last.cells == {"a": "é", "b": "z"}


def test_rows_know_their_number_and_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('kop\nboven\na;b\n1;"over\ntwee regels"\n\n2;x;te veel\n3;y\n', encoding="utf-8")
    found = rows_of(path, Layout(header=3))
    assert [(type(r).__name__, r.number, r.line) for r in found] == [
        ("Row", 1, 4),
        ("BadRow", 3, 7),
        ("Row", 4, 8),
    ]


@pytest.mark.parametrize("content", ["", "\n\n", "a;a\n1;2\n"])
def test_a_csv_without_a_usable_header_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FileRefused) as refused:
        rows_of(path)
    assert refused.value.refusal.field == "header"


def test_a_column_that_is_lacking_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b\n1;2\n", encoding="utf-8")
    with pytest.raises(FileRefused, match="lacks the column 'c'"):
        rows_of(path, wanted=["a", "c"])


def test_a_line_without_end_is_refused_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a;b\n" + b"x" * 30_000_000)
    tracemalloc.start()
    with pytest.raises(FileRefused, match="longer than 1 MiB"):
        rows_of(path, Layout(encoding="utf-8"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000


def test_a_long_csv_is_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a;b\n" + b"waarde;andere waarde\n" * 20_000)
    table = open_table(path, Layout(encoding="utf-8"), frozenset())
    tracemalloc.start()
    assert sum(1 for _ in table) == 20_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000
    assert table.progress == 1.0
    table.close()


def test_ndjson_with_a_broken_line(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text('{"a":1,"p":{"q":"x"},"l":[1]}\n\n{"a":\n[]\n{"a":null}\n', encoding="utf-8")
    found = rows_of(path)
    assert [(type(r).__name__, r.line) for r in found] == [
        ("Row", 1), ("BadRow", 3), ("BadRow", 4), ("Row", 5),
    ]  # fmt: skip
    first = found[0]
    assert isinstance(first, Row)
    assert first.cells == {"a": 1, "p.q": "x"}


@pytest.mark.parametrize(
    ("text", "records"),
    [('[{"a":1}]', ""), ('{"n":1,"zaken":[{"a":1}]}', ""), ('{"x":[],"zaken":[{"a":1}]}', "zaken")],
)
def test_json_documents(tmp_path: Path, text: str, records: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    assert cells_of(path, Layout(records=records)) == [{"a": 1}]


@pytest.mark.parametrize("text", ["{", '{"a":1}', '{"a":[],"b":[]}', "[" * 3000])
def test_json_that_is_no_list_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileRefused):
        rows_of(path)


def test_parquet_reads_the_columns_that_are_wanted(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    columns = {"a": list(range(2500)), "p": [{"q": "x"}] * 2500, "naam": ["geheim"] * 2500}
    pq.write_table(pa.table(columns), path, row_group_size=700)
    found = cells_of(path, wanted=["a", "p.q"])
    assert len(found) == 2500
    assert found[-1] == {"a": 2499, "p.q": "x"}
    with pytest.raises(FileRefused, match="lacks the column"):
        rows_of(path, wanted=["b"])


def test_a_broken_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1" + b"x" * 100)
    with pytest.raises(FileRefused, match="Parquet"):
        rows_of(path)


def test_a_workbook_gives_values_with_their_type(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 5, 8, 30)  # noqa: DTZ001 - as a workbook has it
    path = write_workbook(
        tmp_path / "a.xlsx",
        [["titel"], [], ["a", "b", None, "d"], [1, "x", None, moment], [], [2.5, None]],
    )
    found = rows_of(path, Layout(header=3))
    assert [r.line for r in found] == [4, 6]
    assert cells_of(path, Layout(header=3)) == [
        {"a": 1, "b": "x", "d": moment},
        {"a": 2.5},
    ]


def test_a_formula_is_what_it_came_to(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [["a", "b"], ["=1+1", "=1/0"]])
    repacked = tmp_path / "b.xlsx"
    _repack(path, repacked, b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>", b"<f>1+1</f><v />")
    assert cells_of(repacked) in ([{"a": 2, "b": None}], [{"a": None, "b": None}])
    assert all("=" not in str(v) for v in cells_of(repacked)[0].values())


def test_a_sheet_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [["a"]])
    with pytest.raises(FileRefused, match="no sheet"):
        rows_of(path, Layout(sheet="Toezicht"))


def _repack(source: Path, target: Path, old: bytes, new: bytes, other: bytes = b"\0") -> None:
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(old, new).replace(other, new)
            out.writestr(name, content)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [["a"], ["x"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b"0" * 50_000_000)
    tracemalloc.start()
    with pytest.raises(FileRefused, match="packed far too well"):
        rows_of(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize(
    "xml",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b"<!-- " + b"x" * 300_000 + b' --><!DOCTYPE a [<!ENTITY x "y">]><a/>',
        '<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16"),
        "<!DOCTYPE a><a/>".encode("utf-16-le"),
        b'<?xml version="1.0" encoding="cp037"?><a/>',
    ],
)
def test_xml_that_could_define_entities_is_refused(tmp_path: Path, xml: bytes) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [["a"], ["x"]])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/extra.xml", xml)
    with pytest.raises(FileRefused, match="XML"):
        rows_of(path)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 no zip", b"\xd0\xcf\x11\xe0 an old one", b"\0\x01\x02"]
)
def test_what_only_looks_like_a_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(FileRefused):
        rows_of(path)
