"""An answer of KNMI: lines of comment, the last of which names the columns, and a row per hour."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.errors import SourceRefused, SourceUnavailable
from ingest.http.protocol import HttpAnswer
from ingest.knmi.variables import VARIABLES

MAX_ROWS = 5_000
"""Rows of one answer; a month of hours is 744."""

STATION, DAY, HOUR = "STN", "YYYYMMDD", "HH"
_NEEDED = (STATION, DAY, HOUR, *(variable.column for variable in VARIABLES))
_DAY = re.compile(r"[0-9]{8}")
_HOUR = re.compile(r"[0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class Row:
    """A row.

    Attributes:
        cells: what stands in the columns, trimmed.
        text: the whole line; only ever used hashed.
    """

    cells: Mapping[str, str]
    text: str

    def day(self) -> date:
        """Return its day, UTC.

        Raises:
            ValueError: it has none.
        """
        text = self.cells[DAY]
        if _DAY.fullmatch(text) is None:
            raise ValueError("no day")
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))

    def hour(self) -> int:
        """Return the number of its hour.

        Raises:
            ValueError: it has none.
        """
        text = self.cells[HOUR]
        if _HOUR.fullmatch(text) is None or not 1 <= int(text) <= 24:
            raise ValueError("no hour")
        return int(text)


def rows_of(answer: HttpAnswer) -> Iterator[Row]:
    """Yield the rows of an answer.

    Raises:
        SourceUnavailable: it is cut, or something else stands in its place.
        SourceRefused: it has other columns, or more rows than were asked for.
    """
    where = answer.where
    text = answer.body.decode("utf-8", "replace")
    if not text.startswith("#"):
        raise SourceUnavailable(f"{where}: answered something else than hours; tried again later")
    if not text.endswith("\n"):
        raise SourceUnavailable(f"{where}: the answer is cut; tried again later")
    columns: Sequence[str] | None = None
    found = 0
    for line in text.splitlines():
        if line.startswith("#"):
            columns = _columns(line) or columns
        elif line.strip():
            found += 1
            yield _row(where, line, columns, found)
    if columns is None:
        raise _other_format(where)


def _row(where: str, line: str, columns: Sequence[str] | None, number: int) -> Row:
    if columns is None:
        raise _other_format(where)
    if number > MAX_ROWS:
        raise SourceRefused(f"{where}: answered more than {MAX_ROWS} rows")
    cells = [cell.strip() for cell in line.split(",")]
    if len(cells) != len(columns):
        raise SourceUnavailable(f"{where}: a row is cut or too long; tried again later")
    return Row(dict(zip(columns, cells, strict=True)), line)


def _columns(line: str) -> Sequence[str] | None:
    """Return the columns in a line of comment; None where it names none, or not all that are needed."""
    names = [name.strip() for name in line.lstrip("# ").split(",")]
    return names if set(_NEEDED) <= set(names) else None


def _other_format(where: str) -> SourceRefused:
    return SourceRefused(f"{where}: lacks columns of hourly weather; see the page of this source")
