"""XLSX, a row at a time: values only, of formulas what they came to when the workbook was saved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl

from ingest.tabular.rows import MAX_COLUMNS, BadRow, Cell, FileRefused, Refusal, Row
from ingest.tabular.xlsx_check import check_workbook

# What a cell holds whose formula has no value.
_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})


class XlsxTable:
    """A sheet of a workbook. Macros, links and comments are never looked at.

    Args:
        path: the file.
        sheet: its name; empty for the first.
        header: row of the header.

    Raises:
        FileRefused: it is no workbook, an unsafe one, or has no such sheet or header.
    """

    def __init__(self, path: Path, sheet: str, header: int) -> None:
        check_workbook(path)
        self._file: BinaryIO = path.open("rb")
        try:
            self._open(sheet)
            self._header = header
            top = next(islice(self._values, header - 1, None), ())
        except FileRefused:
            self.close()
            raise
        except Exception:  # noqa: BLE001 - openpyxl raises whatever a broken part makes it stumble over
            self.close()
            raise FileRefused("file", "a workbook that cannot be read") from None
        self.columns = _names(top)
        if not any(self.columns):
            self.close()
            raise FileRefused("header", f"there is no header on row {header}")

    def _open(self, sheet: str) -> None:
        book = openpyxl.load_workbook(self._file, read_only=True, data_only=True, keep_links=False)
        if sheet and sheet not in book.sheetnames:
            raise FileRefused("sheet", "there is no sheet of the name in the mapping")
        page: Any = book[sheet or book.sheetnames[0]]
        # A sheet may claim any extent; what counts is what is in it.
        self._expected = page.max_row or 1
        page.reset_dimensions()
        self._values: Iterator[Sequence[Any]] = page.iter_rows(values_only=True)
        self._done = 0

    @property
    def progress(self) -> float:
        """See ``Table``."""
        return min(self._done / self._expected, 1.0)

    def __iter__(self) -> Iterator[Row | BadRow]:
        """See ``Table``."""
        line = self._header
        while True:
            line += 1
            try:
                values = next(self._values)
            except StopIteration:
                return
            except Exception:  # noqa: BLE001 - as above
                raise FileRefused("file", f"a workbook that is broken behind row {line - 1}") from None
            self._done = line
            number = line - self._header
            if all(value is None or value == "" for value in values):
                continue
            if any(value not in (None, "") for value in values[len(self.columns) :]):
                yield BadRow(number, line, Refusal("row", "more cells than the header has"), 0)
                continue
            cells = {n: _cell(v) for n, v in zip(self.columns, values, strict=False) if n}
            yield Row(number, line, cells, sum(len(str(v)) for v in values if v is not None))

    def close(self) -> None:
        """See ``Table``."""
        self._file.close()


def _names(values: Sequence[object]) -> tuple[str, ...]:
    names = tuple("" if value is None else str(value).strip() for value in values)
    while names and not names[-1]:
        names = names[:-1]
    named = [name for name in names if name]
    if len(names) > MAX_COLUMNS:
        raise FileRefused("header", f"more than {MAX_COLUMNS} columns")
    if len(set(named)) != len(named):
        raise FileRefused("header", "a column name occurs twice")
    return names


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return None if value in _ERRORS else value
    if isinstance(value, bool | int | float | datetime | date):
        return value
    if isinstance(value, time | timedelta):
        return str(value)
    return None
