"""Writes a day and kills itself on the way, for tests.

Arguments: folder, day, and how many rows are written before the end; none to get to the end.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.warehouse.archive.rows import story_rows
from warehouse.archive.filling import fill_day
from warehouse.archive.folder import Folder
from warehouse.archive.rows import Row


class DeadlyLog:
    """Gives rows, and after some of them death."""

    def __init__(self, rows: list[Row], deadly_after: int) -> None:
        self._rows = rows
        self._deadly_after = deadly_after

    def rows(self, _day: str) -> Iterator[Row]:
        for number, row in enumerate(self._rows):
            if number == self._deadly_after:
                os.kill(os.getpid(), signal.SIGKILL)
            yield row


def main() -> None:
    """Write."""
    root, day, deadly_after = sys.argv[1:]
    fill_day(Folder(Path(root)), DeadlyLog(story_rows(9, 20_000), int(deadly_after)), day)


if __name__ == "__main__":
    main()
