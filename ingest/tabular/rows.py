"""A row of a table, whatever the file's format, and what is wrong with one.

Reasons are ours and field names are those of the mapping; neither ever holds a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from domain.rejects import RejectReason

Cell = str | int | float | bool | date | datetime | None
"""What stands in a cell. Text formats give text; the others keep the type of the file."""

MAX_COLUMNS = 1_000
MAX_ROWS = 50_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """A row.

    Attributes:
        number: 1 for the first row below the header; counts refused and empty rows too.
        line: where it begins: the line of a text file, the row of a sheet, the number of a record.
        cells: by the name of the column. What is nested has its path, joined with dots.
        size: bytes, as near as the format tells.
    """

    number: int
    line: int
    cells: Mapping[str, Cell]
    size: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is wrong with a row, or with a whole file.

    Attributes:
        reason: ``UNPARSED`` or ``PRIVACY``.
        field: ours; empty for the whole.
        says: what is wrong, in words without a value.
    """

    field: str
    says: str
    reason: RejectReason = RejectReason.UNPARSED


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read as one; members as in ``Row`` and ``Refusal``."""

    number: int
    line: int
    refusal: Refusal
    size: int


class RowRefused(Exception):  # noqa: N818 - not an error of the program: an answer about a row
    """A row cannot become an event; the rows behind it can."""

    def __init__(self, field: str, says: str, reason: RejectReason = RejectReason.UNPARSED) -> None:
        super().__init__(says)
        self.refusal = Refusal(field, says, reason)


class FileRefused(Exception):  # noqa: N818 - not an error of the program: an answer about a file
    """A file cannot be read, or not any further."""

    def __init__(self, field: str, says: str, reason: RejectReason = RejectReason.UNPARSED) -> None:
        super().__init__(says)
        self.refusal = Refusal(field, says, reason)


class Table(Protocol):
    """An open file of rows, read once from its beginning to its end."""

    @property
    def progress(self) -> float:
        """Part of the file that was read, 0-1."""
        ...

    def __iter__(self) -> Iterator[Row | BadRow]:
        """Yield the rows in order.

        Raises:
            FileRefused: the file cannot be read any further.
        """
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...
