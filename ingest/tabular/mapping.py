"""A column mapping in TOML: what every mapping may say, and how a mistake in it is pointed at.

Allow-lists are what mappings make: a column that a mapping does not name is never looked at, and a
text from a column becomes one of the terms that the mapping lists, or none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, Field, ValidationError, model_validator

from ingest.tabular.opening import Layout
from ingest.tabular.rows import Cell, Row, RowRefused
from ingest.tabular.values import folded, number_of, text_of, time_of, whole_of
from ingest.toml_lines import TomlFile
from ingest.toml_table import TomlTable

_MOST_VERSIONS = 10_000_000
_FIRST_YEAR, _LAST_YEAR = 1990, 2100

Scalar = str | bool | int | float
Column = Annotated[str, Field(min_length=1, max_length=200)]

_ADVICE = {
    "extra_forbidden": "is not known here; correct the spelling or take it out",
    "missing": "is missing; add it",
}


class Mistake(Exception):  # noqa: N818 - becomes a SettingsError once the line is known
    """Something in a mapping is wrong: the keys that lead to it, and what to do."""

    def __init__(self, path: Sequence[str | int], says: str) -> None:
        super().__init__(says)
        self.path = tuple(path)
        self.says = says


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("no such time zone; write one such as Europe/Amsterdam") from None
    return name


def _encoding(name: str) -> str:
    try:
        "".encode(name)
    except LookupError:
        raise ValueError("no such encoding; write one such as utf-8 or cp1252") from None
    return name


def _clock(text: str) -> str:
    try:
        time.fromisoformat(text)
    except ValueError:
        raise ValueError("is not a time of day; write one such as 12:00") from None
    return text


class FileTable(TomlTable):
    """``[file]``: how a delivery is written.

    Attributes:
        encoding: of text; left out, it is found out (byte order mark, UTF-8, Windows-1252).
        delimiter: of CSV; left out, it is found out from the header.
        decimal: before the fraction of a number in text.
        header: line of the header.
        sheet: of a workbook; left out, the first.
        records: name of the list in a JSON document.
        time_zone: of times without an offset.
        time_of_day: local time of what has a date only.
    """

    encoding: Annotated[str, AfterValidator(_encoding)] | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    decimal: Literal[",", "."] = ","
    header: Annotated[int, Field(ge=1, le=1000)] = 1
    sheet: str = ""
    records: str = ""
    time_zone: Annotated[str, AfterValidator(_zone)] = "Europe/Amsterdam"
    time_of_day: Annotated[str, AfterValidator(_clock)] = "12:00"

    @property
    def layout(self) -> Layout:
        """What opening a file needs."""
        return Layout(self.encoding, self.delimiter, self.header, self.sheet, self.records)

    @property
    def zone(self) -> ZoneInfo:
        """Zone of times without an offset."""
        return ZoneInfo(self.time_zone)

    @property
    def dateless(self) -> time:
        """Time of day of what has a date only."""
        return time.fromisoformat(self.time_of_day)


class FieldTable(TomlTable):
    """Where a field comes from: a column or a constant.

    Attributes:
        column: in the delivery.
        constant: the same for every row.
        values: from the terms in the column to ours, without regard to case; a term outside is refused.
        otherwise: for a term outside ``values``.
        format: form of a date or time, as of ``strptime``, or several.
        optional: an empty cell leaves the field out.
    """

    column: Column | None = None
    constant: Scalar | None = None
    values: dict[str, Scalar] | None = None
    otherwise: Scalar | None = None
    format: str | tuple[str, ...] = ()
    optional: bool = False

    @model_validator(mode="after")
    def _comes_from_one_place(self) -> FieldTable:
        if (self.column is None) == (self.constant is None):
            raise ValueError("give either column or constant")
        if self.otherwise is not None and self.values is None:
            raise ValueError("otherwise needs values")
        return self

    @property
    def formats(self) -> tuple[str, ...]:
        """The forms of a date or time."""
        return (self.format,) if isinstance(self.format, str) else self.format


class Condition(TomlTable):
    """Rows whose ``column`` holds one of ``values``, without regard to case; "" is an empty cell."""

    column: Column
    values: Annotated[list[str], Field(min_length=1)]

    def holds(self, row: Row) -> bool:
        """Tell whether a row is one of them."""
        text = folded(text_of(row.cells.get(self.column)) or "")
        return any(text == folded(value) for value in self.values)


class RevisionTable(TomlTable):
    """``[revision]``: which of two deliveries of a row is the later one.

    Attributes:
        column: with a whole number or a time that grows with every change.
        constant: of the whole delivery, such as 20260401.
    """

    column: Column | None = None
    constant: Annotated[int, Field(ge=0, lt=2**62)] | None = None

    @model_validator(mode="after")
    def _comes_from_one_place(self) -> RevisionTable:
        if (self.column is None) == (self.constant is None):
            raise ValueError("give either column or constant")
        return self

    def of(self, row: Row, file: FileTable) -> int:
        """Return the revision of a row: its number (below ten million, so that no number of a person is
        taken for one), or its time in milliseconds since 1970.

        Raises:
            RowRefused: there is neither.
        """
        if self.constant is not None:
            return self.constant
        revision = _version_of(row.cells.get(self.column or ""), file)
        if revision is None:
            raise RowRefused("revision", "is neither a small whole number nor a time")
        return revision


class TableMapping(TomlTable):
    """What every mapping may say.

    Attributes:
        file: how a delivery is written.
        leave_out: rows that are not looked at any further.
        revision: which of two deliveries of a row is the later one.
    """

    file: FileTable = FileTable()
    leave_out: tuple[Condition, ...] = ()
    revision: RevisionTable | None = None

    def base_columns(self) -> set[str]:
        """Return the columns that these read."""
        columns = {condition.column for condition in self.leave_out}
        if self.revision is not None and self.revision.column is not None:
            columns.add(self.revision.column)
        return columns

    def is_left_out(self, row: Row) -> bool:
        """Tell whether a row is not looked at any further."""
        return any(condition.holds(row) for condition in self.leave_out)


M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


def parse_mapping(text: str, name: str, model: type[M], compile_: Callable[[M], T]) -> T:
    """Return what ``compile_`` makes of the text of a mapping.

    Args:
        text: TOML.
        name: of its file, for messages.
        model: what it may say.
        compile_: checks what the model cannot, raising ``Mistake``.

    Raises:
        SettingsError: it is wrong; the message has the line.
    """
    file = TomlFile(text, name)
    try:
        return compile_(model.model_validate(file.values))
    except ValidationError as error:
        first: Any = error.errors(include_input=False, include_url=False, include_context=False)[0]
        says = _ADVICE.get(first["type"]) or first["msg"].removeprefix("Value error, ")
        raise file.mistake(first["loc"], says[:1].lower() + says[1:]) from None
    except Mistake as mistake:
        raise file.mistake(mistake.path, mistake.says) from None


def _version_of(cell: Cell, file: FileTable) -> int | None:
    try:
        number = whole_of(cell)
    except ValueError:
        number = None
    if number is not None and 0 <= number < _MOST_VERSIONS:
        return number
    try:
        moment = time_of(cell, (), file.zone, time())
    except (ValueError, OverflowError):
        return None
    return millis_of(moment) if moment is not None and _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


def millis_of(moment: datetime) -> int:
    """Return an aware time as milliseconds since 1970 UTC."""
    return int(moment.timestamp() * 1000)


def figure_number(row: Row, column: str, file: FileTable, field: str) -> float | None:
    """Return the number in a column; None for an empty cell.

    Raises:
        RowRefused: there is something else.
    """
    try:
        return number_of(row.cells.get(column), file.decimal)
    except ValueError as error:
        raise RowRefused(field, str(error)) from None
