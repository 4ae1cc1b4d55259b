"""From the bytes of a record to what the loader must know of it. The bytes themselves go on unchanged.

What is checked here is what the loader's own arithmetic rests on: identity, version, the month of the
bucket, and the cell. That ClickHouse can read the other columns, ClickHouse says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

import msgspec
import orjson
from msgspec import Struct

from domain.rows import EventRow, FigureRow, RejectRow, pack_version

Cell = tuple[str, str, str]
"""Wijk, theme and hour (``YYYY-MM-DD hh:00:00``, UTC)."""

Identity = tuple[str, str, str]
"""Bucket, source and event_id."""

_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:[0-5]\d:[0-5]\d(?:\.\d{1,9})?", re.ASCII)
_MINUTES = re.compile(r":[0-5]\d:[0-5]\d(?:\.\d{1,9})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# What ClickHouse's DateTime can hold; a later or earlier hour would wrap around.
_FIRST_YEAR, _LAST_YEAR = "1970", "2105"


class EventLine(Struct, frozen=True, gc=False):
    """An ``EventRow`` as it is read: every column of the type that our own streams give it."""

    source: str
    event_id: str
    receipt: int
    rev: int
    geo_v: int
    version: int
    deleted: int
    counts: int
    bucket: str
    kind: str
    theme: str
    category: str
    severity: int
    occurred_at: str
    received_at: str
    wijk: str
    stadsdeel: str
    gemeente: str
    match_level: str
    boundary_year: int
    service: str
    priority: str
    attrs: str
    schema_v: int


_read_line = msgspec.json.Decoder(EventLine).decode

EVENT_COLUMNS = frozenset(EventRow.__annotations__)
FIGURE_COLUMNS = frozenset(FigureRow.__annotations__)
REJECT_COLUMNS = frozenset(RejectRow.__annotations__)


class Message(Protocol):
    """A record of a topic, as the broker's client gives it."""

    @property
    def key(self) -> bytes | None: ...  # noqa: D102 - the record's key
    @property
    def value(self) -> bytes | None: ...  # noqa: D102 - the record's value
    @property
    def headers(self) -> Iterable[tuple[str, bytes]]: ...  # noqa: D102 - the record's headers


class Row(NamedTuple):
    """A row that is to be inserted.

    Attributes:
        value: the record's own bytes.
        source, receipt, version: its identity in a batch.
        bucket: ISO day; its month is the partition.
        cell: the cell that counts it; None where it counts in none.
        identity: where older versions of its id must be looked up; None for a provably first version.
    """

    value: bytes
    source: str
    receipt: int
    version: int
    bucket: str
    cell: Cell | None = None
    identity: Identity | None = None


class RejectedRow(Row):
    """A row of table ``rejected``."""

    __slots__ = ()


# What the class itself does, without its check of the number of fields: half the time, for every row.
_new_row: Callable[[type[Row], tuple[object, ...]], Row] = tuple.__new__


class Poison(Exception):  # noqa: N818 - the word of the trade
    """A record that is no row.

    Args:
        field: the column at fault; empty when there is no such column.
        code: short cause.
    """

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"not a row: {field or '(whole record)'} is {code}")
        self.field = field
        self.code = code


Decode = Callable[[bytes | None], Row]


def event_decoder(first_geo_v: int) -> Decode:
    """Return a decoder of ``EventRow`` bytes. It is not to be shared between threads.

    Args:
        first_geo_v: lowest version of the area tables ever used.
    """
    times = _Times()

    def decode(value: bytes | None) -> Row:
        try:
            line = _read_line(value or b"")
        except (msgspec.MsgspecError, UnicodeDecodeError):
            # What is at fault may be a column that ClickHouse is to judge.
            line = _loosely(value)
        rev, geo_v, source, wijk, theme = line.rev, line.geo_v, line.source, line.wijk, line.theme
        receipt, version, counts, deleted = line.receipt, line.version, line.counts, line.deleted
        if not (
            source
            and receipt > 0
            and rev > 0
            and geo_v >= 0
            and version == (rev << 32) | geo_v
            and 0 <= deleted <= 1
            and 0 <= counts <= 1
        ):
            raise _fault(_object(value))
        hour, bucket = times.hour(line.occurred_at), times.day(line.bucket)
        cell = (wijk, theme, hour) if counts and not deleted else None
        first = rev == 1 and geo_v <= first_geo_v
        identity = None if first else (bucket, source, line.event_id)
        return _new_row(Row, (value, source, receipt, version, bucket, cell, identity))

    return decode


def _loosely(value: bytes | None) -> EventLine:
    """Return a row of which only the columns that the loader works with are of their type.

    Raises:
        Poison: it has not all columns, or one that the loader works with is of another type.
    """
    row = _object(value)
    _check_columns(row, EVENT_COLUMNS)
    for field in ("source", "event_id", "wijk", "theme"):
        _text(row, field)
    for field in ("receipt", "rev", "geo_v", "version", "deleted", "counts"):
        if type(row[field]) is not int:
            raise _fault(row)
    return EventLine(**{name: row[name] for name in EVENT_COLUMNS})


class _Times:
    """Hours and days that were found right, so that the same one is not looked into again."""

    _MOST = 100_000

    def __init__(self) -> None:
        self._hours: dict[str, str] = {}
        self._days: set[str] = set()

    def hour(self, text: object) -> str:
        if (
            type(text) is str
            and (known := self._hours.get(text[:13])) is not None
            and _MINUTES.fullmatch(text, 13)
        ):
            return known
        hour = checked_hour(text, "occurred_at")
        if len(self._hours) >= self._MOST:
            self._hours.clear()
        self._hours[hour[:13]] = hour
        return hour

    def day(self, text: object) -> str:
        if type(text) is str and text in self._days:
            return text
        day = checked_day(text, "bucket")
        self._days.add(day)  # there are not more of them than days
        return day


def decode_figure(value: bytes | None) -> Row:
    """Return the row in ``FigureRow`` bytes; a figure has no cell."""
    row, source, receipt = _open(value, FIGURE_COLUMNS)
    version = _version(row)
    return Row(value or b"", source, receipt, version, checked_day(row["bucket"], "bucket"))


def decode_reject(value: bytes | None) -> Row:
    """Return the row in ``RejectRow`` bytes; its version is its ``rev``."""
    row, source, receipt = _open(value, REJECT_COLUMNS)
    rev = _whole(row, "rev", 0)
    return RejectedRow(value or b"", source, receipt, rev, checked_day(row["bucket"], "bucket"))


def checked_day(text: object, field: str) -> str:
    """Return an ISO day that ClickHouse's Date holds.

    Raises:
        Poison: it is none.
    """
    if type(text) is str and _DAY.fullmatch(text) and _FIRST_YEAR <= text[:4] <= _LAST_YEAR:
        try:
            date.fromisoformat(text)
        except ValueError:
            pass
        else:
            return text
    raise Poison(field, "day")


def checked_hour(text: object, field: str) -> str:
    """Return the hour of a time ``YYYY-MM-DD hh:mm:ss.mmm`` as ``YYYY-MM-DD hh:00:00``.

    Raises:
        Poison: it is no such time, or one that ClickHouse's DateTime does not hold.
    """
    if type(text) is str and _TIME.fullmatch(text) and _FIRST_YEAR <= text[:4] <= _LAST_YEAR:
        prefix = text[:13]
        try:
            datetime.fromisoformat(prefix)
        except ValueError:
            pass
        else:
            return prefix + ":00:00"
    raise Poison(field, "time")


def _object(value: bytes | None) -> dict[str, Any]:
    try:
        row = orjson.loads(value or b"")
    except orjson.JSONDecodeError:
        row = None
    if type(row) is not dict:
        raise Poison("", "json")
    return row


def _check_columns(row: dict[str, Any], columns: frozenset[str]) -> None:
    missing = columns - row.keys()
    if missing:
        raise Poison(min(missing), "missing")


def _open(value: bytes | None, columns: frozenset[str]) -> tuple[dict[str, Any], str, int]:
    row = _object(value)
    _check_columns(row, columns)
    _text(row, "source")
    _text(row, "event_id")
    if not row["source"]:
        raise Poison("source", "value")
    return row, row["source"], _whole(row, "receipt", 1)


def _fault(row: dict[str, Any]) -> Poison:
    """Return what is wrong with an event row that is known to be wrong."""
    try:
        for field in ("source", "event_id", "wijk", "theme"):
            _text(row, field)
        _whole(row, "receipt", 1)
        _version(row)
        for field in ("deleted", "counts"):
            if _whole(row, field, 0) > 1:
                return Poison(field, "value")
    except Poison as fault:
        return fault
    return Poison("source", "value")


def _text(row: dict[str, Any], field: str) -> None:
    if type(row[field]) is not str:
        raise Poison(field, "type")


def _version(row: dict[str, Any]) -> int:
    rev, geo_v, version = _whole(row, "rev", 1), _whole(row, "geo_v", 0), row["version"]
    if type(version) is not int or version != pack_version(rev, geo_v):
        raise Poison("version", "value")
    return version


def _whole(row: dict[str, Any], field: str, least: int) -> int:
    number = row[field]
    if type(number) is not int or number < least:
        raise Poison(field, "value")
    return number
