"""Days of the log become files: what is archived already stays, what is new comes to it."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from warehouse.archive.fingerprint import Fingerprint
from warehouse.archive.folder import Folder
from warehouse.archive.parquet import (
    ArchiveUnreadable,
    DayFacts,
    read_facts,
    read_groups,
    write_day,
)
from warehouse.archive.rows import Row, Selection, key_of, without_repeats

_EVERYTHING = Selection()


class Log(Protocol):
    """What a day is filled from; see ``event_log.EventLog``."""

    def rows(self, day: str) -> Iterator[Row]:
        """Yield the rows that were received on a day, in the order of their names, each once."""
        ...


class State(StrEnum):
    """How the archive of a day compares with the log."""

    COMPLETE = "complete"
    """Every row of the log is in it."""
    MISSING = "missing"
    """The log has rows of a day that is not archived."""
    BEHIND = "behind"
    """The log has changed since the file was written."""
    DAMAGED = "damaged"
    """The file cannot be read, or is not what it says."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of receipt, archived or not.

    Attributes:
        day: UTC, ISO.
        state: how it compares.
        archived: rows in its file.
        logged: rows of it in the log, repeats counted once.
        bytes: size of its file.
    """

    day: str
    state: State
    archived: int
    logged: int
    bytes: int = 0


def compare(folder: Folder, log: dict[str, Fingerprint], *, thorough: bool = False) -> list[Day]:
    """Return every day of the archive or the log, ascending.

    Args:
        log: from ``EventLog.fingerprints``.
        thorough: read the files to their end, against their checksums and fingerprints.
    """
    return [
        _compared(folder, day, log.get(day), thorough=thorough) for day in sorted({*folder.days(), *log})
    ]


def _compared(folder: Folder, day: str, log: Fingerprint | None, *, thorough: bool) -> Day:
    logged = log.rows if log else 0
    path = folder.path(day)
    if not path.is_file():
        return Day(day, State.MISSING, 0, logged)
    size = path.stat().st_size
    try:
        facts = read_facts(path)
        if facts.day != day or (thorough and not _is_what_it_says(path, facts)):
            return Day(day, State.DAMAGED, facts.rows, logged, size)
    except ArchiveUnreadable:
        return Day(day, State.DAMAGED, 0, logged, size)
    # A day that the log no longer has is complete: rows leave the log when their time is over.
    known = {(facts.log_rows, facts.log_digest), (facts.rows, facts.digest)}
    same = log is None or (log.rows, log.digest) in known
    return Day(day, State.COMPLETE if same else State.BEHIND, facts.rows, logged, size)


def _is_what_it_says(path: Path, facts: DayFacts) -> bool:
    found = Fingerprint()
    for group in read_groups(path, _EVERYTHING):
        for row in group:
            found.add(*key_of(row))
    return (found.rows, found.digest) == (facts.rows, facts.digest)


def fill_day(folder: Folder, log: Log, day: str, *, anew: bool = False) -> DayFacts:
    """Write a day's file from what is archived of it and what the log has; memory is bounded.

    Args:
        anew: leave out what is archived, so that the file becomes what the log has now.

    Raises:
        ArchiveUnreadable: the file that is there is damaged.
        SettingsError: the folder cannot be written.
        WarehouseUnavailable: ClickHouse is away; the old file is still there.
    """
    path = folder.path(day)
    seen = Fingerprint()
    rows = _counted(log.rows(day), seen)
    if path.is_file() and not anew:
        archived = (row for group in read_groups(path, _EVERYTHING) for row in group)
        rows = without_repeats(heapq.merge(archived, rows, key=key_of))
    # `seen` is what was read of the log, not what it has by then: a row that came too late for its page
    # is missing in it, and the next look finds the difference.
    return folder.replace(day, lambda target: write_day(target, day, rows, seen))


def _counted(rows: Iterable[Row], seen: Fingerprint) -> Iterator[Row]:
    for row in rows:
        seen.add(*key_of(row))
        yield row


def is_over(day: str, now: datetime, settle: timedelta) -> bool:
    """Tell whether a day (UTC) ended at least ``settle`` ago."""
    return day < (now.astimezone(UTC) - settle).date().isoformat()
