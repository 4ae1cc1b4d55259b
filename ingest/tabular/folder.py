"""A watched folder: deliveries come in, are worked on one at a time, and end in ``done`` or ``failed``.

::

    FOLDER/            deliveries are put here; what is being written is left alone
    FOLDER/work/       the one that is being read, with what belongs to it
    FOLDER/done/       read to its end
    FOLDER/failed/     refused as a whole, or from some row on

A delivery is taken by a rename, so that it is in one place at any time. Names of deliveries may hold
anything, also names of persons; they stay in the folder.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from domain.errors import SourceRefused, SourceUnavailable
from ingest.keys import KeyedHash

REJECTS = ".rejects.csv"
"""Ending of the file of rejects beside a delivery."""

_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload", ".writing", ".swp", REJECTS)
_BLOCK = 1024 * 1024
_FOREVER = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ELOOP})


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells a file from others without its name: inode, size, time of change (ns since 1970)."""

    inode: int
    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class FolderSettings:
    """How a folder is watched.

    Attributes:
        path: the folder.
        settle: a delivery is taken when it has not changed for so long and nobody has it open to write.
        keep: what is in ``done`` and ``failed`` is deleted after so long.
        endings: of names of deliveries, lower case.
        companions: endings of what belongs to a delivery of the same name and goes along with it.
    """

    path: Path
    settle: timedelta
    keep: timedelta
    endings: tuple[str, ...]
    companions: tuple[str, ...] = ()


class DropFolder:
    """The folder, worked on by one process.

    Args:
        settings: how it is watched.
        keyed: for hashes of content.
        source: name of the source, for messages.
        complete: tells whether a delivery that no longer changes may be taken already.
    """

    def __init__(
        self,
        settings: FolderSettings,
        keyed: KeyedHash,
        source: str,
        complete: Callable[[Path, datetime], bool] = lambda _path, _now: True,
    ) -> None:
        self._settings = settings
        self._keyed = keyed
        self._source = source
        self._complete = complete
        self._work = settings.path / "work"
        self._ends = {True: settings.path / "done", False: settings.path / "failed"}

    def prepare(self) -> None:
        """Make the folders inside.

        Raises:
            SourceUnavailable: the folder is not there or not usable at the moment, such as a share.
            SourceRefused: it may not be written.
        """
        if not self._settings.path.is_dir():
            raise SourceUnavailable(
                f"{self._source}: folder {self._settings.path} is not there; make it"
            )
        try:
            for folder in (self._work, *self._ends.values()):
                folder.mkdir(exist_ok=True)
        except OSError as error:
            raise self.failed(error) from None

    def failed(self, error: OSError) -> SourceRefused | SourceUnavailable:
        """Return the error for a folder that cannot be worked in: by whom it may not, or only now."""
        if error.errno not in _FOREVER:
            # A delivery that somebody took back meanwhile, a share that went away, a full disk.
            return SourceUnavailable(
                f"{self._source}: folder {self._settings.path}: {error.strerror}; trying again"
            )
        return SourceRefused(
            f"{self._source}: folder {self._settings.path}: {error.strerror};"
            " make it readable and writable"
        )

    def in_work(self) -> Path | None:
        """Return the delivery in ``work``, if there is one, and finish a move that was cut off."""
        path = next(self._deliveries(self._work), None)
        if path is not None:
            self._fetch_companions(path)
        return path

    def take(self, now: datetime) -> Path | None:
        """Move the delivery that has waited longest into ``work``; None where none is ready."""
        waiting = sorted(
            (path.stat().st_mtime_ns, path.name, path)
            for path in self._deliveries(self._settings.path)
            if self._is_settled(path, now) and self._complete(path, now)
        )
        for _, _, path in waiting:
            if has_writer(path):
                continue
            taken = path.rename(self._work / path.name)
            self._fetch_companions(taken)
            return taken
        return None

    def _fetch_companions(self, path: Path) -> None:
        for other in self._companions(self._settings.path / path.name):
            other.rename(path.with_name(other.name))

    def end(self, path: Path, *, read: bool) -> None:
        """Move a delivery with what belongs to it to ``done`` (``read``) or ``failed``.

        The delivery goes last, so that doing it again after a crash in between finishes it.
        """
        folder = self._ends[read]
        name = _free_name(folder, path)
        for other in (rejects_of(path), *self._companions(path)):
            if other.exists():
                other.rename(folder / (name + other.name.removeprefix(path.name)))
        path.rename(folder / name)

    def forget_old(self, now: datetime) -> None:
        """Delete what has been in ``done`` and ``failed`` for long enough."""
        before = (now - self._settings.keep).timestamp()
        for folder in self._ends.values():
            for entry in os.scandir(folder):
                status = entry.stat(follow_symlinks=False)
                # The move itself is the last change of the inode, however old the content is.
                if (
                    entry.is_file(follow_symlinks=False)
                    and max(status.st_mtime, status.st_ctime) < before
                ):
                    Path(entry.path).unlink(missing_ok=True)

    def stamp(self, path: Path) -> Stamp:
        """Return what tells a file from others."""
        status = path.stat()
        return Stamp(status.st_ino, status.st_size, status.st_mtime_ns)

    def digest(self, path: Path) -> str:
        """Return the keyed hash of the content of a delivery and of what belongs to it.

        It is read whole, a block at a time.
        """
        parts = []
        for part in (path, *self._companions(path)):
            hasher = hashlib.sha256()
            with part.open("rb") as file:
                while block := file.read(_BLOCK):
                    hasher.update(block)
            parts.append(hasher.hexdigest())
        return self._keyed.id("delivery", *parts)

    def _deliveries(self, folder: Path) -> Iterator[Path]:
        for entry in sorted(os.scandir(folder), key=lambda e: e.name):
            name = entry.name.lower()
            if name.startswith((".", "~")) or name.endswith((*_UNFINISHED, *self._settings.companions)):
                continue
            if name.endswith(self._settings.endings) and entry.is_file(follow_symlinks=False):
                yield Path(entry.path)

    def _companions(self, path: Path) -> list[Path]:
        others = (path.with_name(path.name + ending) for ending in self._settings.companions)
        return [other for other in others if other.is_file() and not other.is_symlink()]

    def _is_settled(self, path: Path, now: datetime) -> bool:
        # A time of change that lies ahead comes from another clock: only a fresh one says "busy".
        return abs(now.timestamp() - path.stat().st_mtime) >= self._settings.settle.total_seconds()


def rejects_of(path: Path) -> Path:
    """Return where the rejects of a delivery are written."""
    return path.with_name(path.name + REJECTS)


def has_writer(path: Path) -> bool:
    """Tell whether some process has the file open to write, where the system can tell.

    Linux gives a read lease on a file only when nobody has it open for writing (fcntl(2), F_SETLEASE);
    file systems without leases leave it to the time since the last change.
    """
    with path.open("rb") as file:
        try:
            # Who opens it while the lease stands makes the kernel send a signal, SIGIO unless told
            # otherwise, which ends a process; SIGURG is ignored.
            fcntl.fcntl(file.fileno(), fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(file.fileno(), fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        with suppress(OSError):
            fcntl.fcntl(file.fileno(), fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def _free_name(folder: Path, path: Path) -> str:
    """Return a name that is free in ``folder``: the delivery's own, or with a number."""
    name, number = path.name, 1
    while (folder / name).exists():
        number += 1
        name = f"{path.stem}~{number}{path.suffix}"
    return name
