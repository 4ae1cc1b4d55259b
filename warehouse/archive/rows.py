"""A row of the archive: the columns of ``EventRow`` in their order, as they are published."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, cast

from domain.rows import EventRow, clickhouse_time

Row = tuple[Any, ...]
"""The values of ``COLUMNS``: texts and whole numbers, times as in the topic."""

Key = tuple[str, int, int]
"""Source, receipt, version: the name of a row, and the order of an archived day."""

COLUMNS = tuple(EventRow.__annotations__)

key_of = cast(
    Callable[[Row], Key], itemgetter(*(COLUMNS.index(name) for name in ("source", "receipt", "version")))
)
"""Return the name of a row."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows are wanted.

    Attributes:
        since: first time of receipt, aware; None for no bound.
        until: first time of receipt that is no longer wanted.
        source: the only source wanted; None for all.
    """

    since: datetime | None = None
    until: datetime | None = None
    source: str | None = None

    @property
    def first(self) -> str:
        """``since`` as the rows have it; times so written are in the order of time."""
        return "" if self.since is None else clickhouse_time(self.since)

    @property
    def end(self) -> str:
        """``until`` as the rows have it."""
        return "~" if self.until is None else clickhouse_time(self.until)

    def has_day(self, day: str) -> bool:
        """Tell whether something of a day (UTC, ISO) may be wanted."""
        after = self.since is None or day >= self.since.astimezone(UTC).date().isoformat()
        return after and f"{day} 00:00:00.000" < self.end

    def wants(self, source: str, received_at: str) -> bool:
        """Tell whether a row is wanted."""
        return self.source in (None, source) and self.first <= received_at < self.end


def as_event(row: Row) -> EventRow:
    """Return a row as it is encoded for the topic."""
    return cast(EventRow, dict(zip(COLUMNS, row, strict=True)))


def as_row(event: EventRow) -> Row:
    """Return an event's row; its columns may be in any order."""
    values = cast("dict[str, Any]", event)
    return tuple(values[name] for name in COLUMNS)


def without_repeats(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield rows in the order of their names, each name once."""
    last: Key | None = None
    for row in rows:
        key = key_of(row)
        if key != last:
            last = key
            yield row
