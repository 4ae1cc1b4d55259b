"""Rows of the archive, for tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from domain.rows import EventRow
from tests.warehouse.story import Story
from warehouse.archive.fingerprint import Fingerprint
from warehouse.archive.folder import Folder
from warehouse.archive.parquet import DayFacts, read_groups, write_day
from warehouse.archive.rows import Row, Selection, as_row, key_of, without_repeats

EVERYTHING = Selection()


def archived(events: Iterable[EventRow]) -> list[Row]:
    """Return events as a day holds them: in order, each once."""
    return list(without_repeats(sorted(map(as_row, events), key=key_of)))


def story_rows(seed: int, events: int) -> list[Row]:
    """Return the rows of a story, all received on one day."""
    return archived(Story(seed, events).rows)


def fingerprint(rows: Iterable[Row]) -> Fingerprint:
    """Return the fingerprint of rows."""
    found = Fingerprint()
    for row in rows:
        found.add(*key_of(row))
    return found


def put(folder: Folder, day: str, rows: Sequence[Row]) -> DayFacts:
    """Write a day as if the log had exactly these rows."""
    return folder.replace(day, lambda path: write_day(path, day, rows, fingerprint(rows)))


def read(path: Path, selection: Selection = EVERYTHING) -> list[Row]:
    """Return the rows of a file."""
    return [row for group in read_groups(path, selection) for row in group]
