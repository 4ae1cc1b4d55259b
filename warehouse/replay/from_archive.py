"""A replay of archived days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from warehouse.archive.folder import Folder
from warehouse.archive.parquet import count_wanted, read_groups
from warehouse.archive.rows import Key, Row, Selection, as_event, key_of
from warehouse.replay.origin import Batch, Position
from warehouse.replay.records import Encoder

ROWS_PER_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class ArchiveOrigin:
    """Reads the archive, day by day, in the order of receipts.

    A position is the day and the name of the last row, so it also holds when a day's file was replaced
    in between.

    Args:
        folder: the archive.
        selection: what is wanted of it.
        encode: makes records of rows.
    """

    folder: Folder
    selection: Selection
    encode: Encoder

    def total(self, after: Position | None) -> int:  # noqa: ARG002 - the files tell, wherever one begins
        """Return how many rows are wanted.

        Raises:
            ArchiveUnreadable: a file is damaged or of a later version.
        """
        return sum(count_wanted(self.folder.path(day), self.selection) for day in self._days())

    def batches(self, after: Position | None) -> Iterator[Batch]:
        """Yield the wanted rows.

        Raises:
            ArchiveUnreadable: a file is damaged or of a later version.
        """
        reached, key = _told(after)
        for day in self._days():
            if day < reached:
                continue
            for group in read_groups(
                self.folder.path(day), self.selection, key if day == reached else None
            ):
                for start in range(0, len(group), ROWS_PER_BATCH):
                    yield self._batch(day, group[start : start + ROWS_PER_BATCH])

    def _days(self) -> list[str]:
        return [day for day in self.folder.days() if self.selection.has_day(day)]

    def _batch(self, day: str, rows: Sequence[Row]) -> Batch:
        records = self.encode(as_event(row) for row in rows)
        return Batch(records, len(rows), len(rows), {"day": day, "row": list(key_of(rows[-1]))})


def _told(position: Position | None) -> tuple[str, Key | None]:
    if position is None:
        return "", None
    source, receipt, version = cast("list[str | int]", position["row"])
    return str(position["day"]), (str(source), int(receipt), int(version))
