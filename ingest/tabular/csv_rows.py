"""CSV, row by row (RFC 4180, and what spreadsheets in the Netherlands make of it)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ingest.tabular.rows import MAX_COLUMNS, BadRow, Cell, FileRefused, Refusal, Row
from ingest.tabular.text import Lines

_DELIMITERS = ";,\t|"


class CsvTable:
    """A CSV file.

    Args:
        path: the file.
        encoding: of it; None to find out.
        delimiter: between cells; None to find out from the header.
        header: line of the header; what stands above it is not read.

    Raises:
        FileRefused: it has no header, or the header names a column twice.
    """

    def __init__(self, path: Path, encoding: str | None, delimiter: str | None, header: int) -> None:
        self._lines = Lines(path, encoding)
        self._texts = iter(self._lines)
        try:
            first = _line(self._texts, header)
            self._delimiter = delimiter or max(_DELIMITERS, key=_outside_quotes(first).count)
            self.columns = _header(first, self._delimiter)
        except BaseException:
            self._lines.close()
            raise

    @property
    def progress(self) -> float:
        """See ``Table``."""
        return self._lines.progress

    def __iter__(self) -> Iterator[Row | BadRow]:
        """See ``Table``."""
        reader = csv.reader(self._texts, delimiter=self._delimiter, strict=True)
        number = 0
        while True:
            line = self._lines.number + 1
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield BadRow(number, line, Refusal("row", "quotes do not fit, or a cell is too long"), 0)
                continue
            size = sum(map(len, cells)) + len(cells)
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(self.columns):
                says = f"{len(cells)} cells under a header of {len(self.columns)}"
                yield BadRow(number, line, Refusal("row", says), size)
                continue
            values: dict[str, Cell] = dict(zip(self.columns, cells, strict=True))
            yield Row(number, line, values, size)

    def close(self) -> None:
        """See ``Table``."""
        self._lines.close()


def _line(texts: Iterator[str], number: int) -> str:
    text = next(islice(texts, number - 1, None), "")
    if not text.strip():
        raise FileRefused("header", f"there is no header on line {number}")
    return text


def _header(text: str, delimiter: str) -> tuple[str, ...]:
    try:
        names = tuple(
            name.strip() for name in next(csv.reader([text], delimiter=delimiter, strict=True))
        )
    except csv.Error:
        raise FileRefused("header", "quotes do not fit") from None
    if len(names) > MAX_COLUMNS:
        raise FileRefused("header", f"more than {MAX_COLUMNS} columns")
    named = [name for name in names if name]
    if len(set(named)) != len(named):
        raise FileRefused("header", "a column name occurs twice")
    return names


def _outside_quotes(text: str) -> str:
    return "".join(text.split('"')[::2])
