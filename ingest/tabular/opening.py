"""From a file to its rows: which format it has is told by its first bytes, then by its name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ingest.tabular.csv_rows import CsvTable
from ingest.tabular.json_rows import JsonTable, NdjsonTable
from ingest.tabular.parquet_rows import ParquetTable
from ingest.tabular.rows import FileRefused, Table
from ingest.tabular.xlsx_rows import XlsxTable

FORMATS: tuple[str, ...] = (".csv", ".txt", ".tsv", ".xlsx", ".json", ".ndjson", ".jsonl", ".parquet")
"""Endings of files that are read."""

_TEXT = frozenset({".csv", ".txt", ".tsv"})
_LINES = frozenset({".ndjson", ".jsonl"})


@dataclass(frozen=True, slots=True)
class Layout:
    """How a delivery is written, as far as it cannot be seen from it.

    Attributes:
        encoding: of text; None to find out.
        delimiter: of CSV; None to find out.
        header: line of the header, from 1.
        sheet: of a workbook; empty for the first.
        records: name of the list in a JSON document; empty where there is but one.
    """

    encoding: str | None = None
    delimiter: str | None = None
    header: int = 1
    sheet: str = ""
    records: str = ""


def open_table(path: Path, layout: Layout, wanted: frozenset[str]) -> Table:
    """Return the rows of a file.

    Args:
        path: the file; its ending is one of ``FORMATS``.
        layout: what the mapping says of it.
        wanted: columns that the mapping reads; a table without one of them is refused.

    Raises:
        FileRefused: it is not of a known format, or lacks a column.
    """
    with path.open("rb") as file:
        magic = file.read(4)
    suffix = path.suffix.lower()
    if magic == b"PAR1":
        return ParquetTable(path, wanted)
    if magic.startswith(b"PK"):
        book = XlsxTable(path, layout.sheet, layout.header)
        return _with_columns(book, wanted)
    if magic.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused(
            "file", "an old .xls or an encrypted workbook; save it as .xlsx without password"
        )
    if suffix in _LINES:
        return NdjsonTable(path)
    if suffix == ".json":
        return JsonTable(path, layout.records)
    if suffix in _TEXT:
        return _with_columns(CsvTable(path, layout.encoding, layout.delimiter, layout.header), wanted)
    raise FileRefused("file", f"not a file of {', '.join(FORMATS)}")


def _with_columns(table: CsvTable | XlsxTable, wanted: frozenset[str]) -> Table:
    lacking = sorted(wanted - set(table.columns))
    if lacking:
        table.close()
        raise FileRefused("header", f"lacks the column {lacking[0]!r} that the mapping reads")
    return table
