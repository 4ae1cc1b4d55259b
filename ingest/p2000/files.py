"""Reading a file of pages: once, or as it grows, through rotation and truncation.

A mark is the file's inode, the offset behind the last line that was used, and a keyed hash of the
file's first bytes. A file with another inode in its place was rotated: what is left of the old one
is read first, as long as it still lies in the same folder, and then whole files that were rotated
after it, in the order in which they were last written. A file that became shorter or begins with
other bytes was written anew and is read from its start.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from domain.errors import SourceRefused, SourceUnavailable
from ingest.keys import KeyedHash
from ingest.p2000.inputs import WINDOW_BYTES, Chunk, Mark, split_lines

_HEAD_BYTES = 256

_ROTATED = re.compile(r"[._-]\d[\d._-]*")
"""What a rotation writes behind the name of a file: ``.1``, ``-20261125``. A packed one is not read."""


@dataclass(frozen=True, slots=True)
class _Place:
    inode: int
    offset: int
    head: str
    head_bytes: int


@dataclass(frozen=True, slots=True)
class _Beside:
    """A file in the same folder; ``written`` is when it was last written to."""

    path: Path
    inode: int
    size: int
    written: int


class FileInput:
    """A plain file of lines.

    Args:
        path: the file.
        follow: it grows; its end is where to wait.
        keyed: for recognising the file by its first bytes.
    """

    def __init__(self, path: Path, *, follow: bool, keyed: KeyedHash) -> None:
        self._path = path
        self._follow = follow
        self._keyed = keyed

    def read(self, mark: Mark | None) -> Chunk:
        """See ``LineInput``.

        Raises:
            SourceUnavailable: a followed file is away at the moment.
            SourceRefused: the file is gone or cannot be read.
        """
        place = _from_mark(mark) if mark else None
        try:
            remainder = self._rotated(place) if place else None
            return remainder or self._read(self._path, place, final=not self._follow)
        except FileNotFoundError:
            if self._follow:
                raise SourceUnavailable(f"p2000: {self._path} is not there; waiting for it") from None
            raise SourceRefused(f"p2000: {self._path} is gone; put it back and start again") from None
        except OSError as error:
            raise SourceRefused(f"p2000: {self._path}: {error.strerror}; make it readable") from None

    def _rotated(self, place: _Place) -> Chunk | None:
        """What is left of the file that lay here when ``place`` was taken, and of those after it."""
        current = self._path.stat()
        if current.st_ino == place.inode:
            return None
        beside = [each for each in self._beside() if each.inode != current.st_ino]
        old = next((each for each in beside if each.inode == place.inode), None)
        if old is None:
            return None
        # The writer may still be busy with an old file until it has written to the new one.
        is_left = current.st_size > 0
        if old.size > place.offset:
            chunk = self._read(old.path, place, final=is_left)
            if (chunk.mark["inode"], chunk.mark["offset"]) != (place.inode, place.offset):
                return None
        else:
            later = [each for each in beside if each.written > old.written and self._is_ours(each.path)]
            if not later:
                return None
            chunk = self._read(min(later, key=lambda each: each.written).path, None, final=is_left)
        return Chunk(chunk.lines, chunk.mark, more=True, ended=False, size=None)

    def _beside(self) -> Iterator[_Beside]:
        with os.scandir(self._path.parent) as entries:
            for entry in entries:
                if entry.is_file():
                    status = entry.stat()
                    yield _Beside(Path(entry.path), status.st_ino, status.st_size, status.st_mtime_ns)

    def _is_ours(self, path: Path) -> bool:
        name, own = path.name, self._path.name
        return name.startswith(own) and _ROTATED.fullmatch(name, len(own)) is not None

    def _read(self, path: Path, place: _Place | None, *, final: bool) -> Chunk:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            offset = self._offset(file, place, status.st_ino, status.st_size)
            file.seek(offset)
            data = file.read(WINDOW_BYTES)
            more = offset + len(data) < status.st_size
            # A window without any line end is one line that is too long to be a page.
            stuck = len(data) == WINDOW_BYTES and b"\n" not in data
            lines = split_lines(data, offset, final=stuck or (final and not more))
            mark = self._mark(file, status.st_ino, offset, lines[-1].end if lines else offset)
        return Chunk(lines, mark, more=more, ended=not self._follow and not more, size=status.st_size)

    def _offset(self, file: BinaryIO, place: _Place | None, inode: int, size: int) -> int:
        if place is None or place.inode != inode or size < place.offset:
            return 0
        same = self._head(file, place.head_bytes) == place.head
        return place.offset if same else 0

    def _mark(self, file: BinaryIO, inode: int, offset: int, known: int) -> Mark:
        """The mark at ``offset`` of a file of which ``known`` bytes will not change any more."""
        head_bytes = min(known, _HEAD_BYTES)
        return {
            "inode": inode,
            "offset": offset,
            "head": self._head(file, head_bytes),
            "head_bytes": head_bytes,
        }

    def _head(self, file: BinaryIO, size: int) -> str:
        file.seek(0)
        return self._keyed.id("p2000-head", file.read(size).hex())


def _from_mark(mark: Mark) -> _Place:
    inode, offset, head, size = (mark.get(k) for k in ("inode", "offset", "head", "head_bytes"))
    if not (isinstance(inode, int) and isinstance(offset, int) and isinstance(size, int)):
        raise SourceRefused("p2000: the saved place is not one in a file; start with a new data folder")
    return _Place(inode, offset, str(head), size)
