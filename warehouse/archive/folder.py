"""The archive's folder: one sub-folder per day, in it one file, replaced as a whole or not at all."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from domain.errors import ResourceTaken, SettingsError
from warehouse.archive.parquet import DayFacts

_DAY = re.compile(r"day=(\d{4}-\d\d-\d\d)", re.ASCII)
_FILE = "events.parquet"


@dataclass(frozen=True, slots=True)
class Folder:
    """An archive.

    Args:
        root: its folder; need not exist to be read.
    """

    root: Path

    def path(self, day: str) -> Path:
        """Return where the file of a day is, or would be."""
        return self.root / f"day={day}" / _FILE

    def days(self) -> list[str]:
        """Return the days that are archived, ISO, ascending."""
        if not self.root.is_dir():
            return []
        named = (match[1] for entry in self.root.iterdir() if (match := _DAY.fullmatch(entry.name)))
        return sorted(day for day in named if self.path(day).is_file())

    def replace(self, day: str, write: Callable[[Path], DayFacts]) -> DayFacts:
        """Put a new file of a day in the place of the old one, in one step.

        A process that dies before the end leaves the old file, and a temporary one that the next
        ``replace`` overwrites and no reader looks at.

        Raises:
            SettingsError: the folder cannot be written.
        """
        path = self.path(day)
        temporary = path.with_suffix(".tmp")
        try:
            self._make(path.parent)
            facts = write(temporary)
            temporary.chmod(0o600)
            _to_disk(temporary)
            temporary.replace(path)
            _to_disk(path.parent)
        except OSError as error:
            raise SettingsError(
                f"archive {path}: cannot write ({error.strerror or 'not possible'})"
            ) from error
        return facts

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the only one who writes.

        Raises:
            ResourceTaken: somebody else writes now.
            SettingsError: the folder cannot be written.
        """
        try:
            self._make(self.root)
            handle = (self.root / "lock").open("a")
        except OSError as error:
            raise SettingsError(
                f"archive {self.root}: cannot write ({error.strerror or 'not possible'})"
            ) from error
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise ResourceTaken(
                    f"archive {self.root}: it is being written now; try again when that has ended"
                ) from None
            yield

    @staticmethod
    def _make(folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
