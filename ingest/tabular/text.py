"""Text files: which encoding they have, and their lines, none of them without end."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ingest.tabular.rows import FileRefused

MAX_LINE_BYTES = 1024 * 1024
_BLOCK = 1024 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(path: Path) -> str:
    """Return the encoding of a file: what its byte order mark says, else UTF-8, else Windows-1252.

    The whole file is looked at, a block at a time: one byte that is no UTF-8 decides.
    """
    with path.open("rb") as file:
        first = file.read(_BLOCK)
        for mark, encoding in _MARKS:
            if first.startswith(mark):
                return encoding
        decoder = codecs.getincrementaldecoder("utf-8")()
        block = first
        try:
            while block:
                decoder.decode(block)
                block = file.read(_BLOCK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


class Lines:
    """The lines of a text file, each with its line end, as ``csv`` wants them.

    Args:
        path: the file.
        encoding: of it; None to find out.

    Raises:
        FileRefused: the encoding is not known, or, while reading, text is not in it or a line is longer
            than 1 MiB.
    """

    def __init__(self, path: Path, encoding: str | None) -> None:
        self.encoding = encoding or encoding_of(path)
        self._size = max(path.stat().st_size, 1)
        self._raw: BinaryIO = path.open("rb")
        self.number = 0
        """Lines read so far."""

    @property
    def progress(self) -> float:
        """Part of the file that was read."""
        return min(self._raw.tell() / self._size, 1.0)

    def __iter__(self) -> Iterator[str]:
        """Yield the lines."""
        decoder = codecs.getincrementaldecoder(self.encoding)("strict")
        pending = ""
        while True:
            block = self._raw.read(64 * 1024)
            try:
                pending += decoder.decode(block, final=not block)
            except UnicodeDecodeError:
                raise FileRefused(
                    "encoding", f"not {self.encoding} near line {self.number + 1}"
                ) from None
            *whole, pending = pending.split("\n")
            for line in whole:
                self.number += 1
                yield line + "\n"
            if not block:
                break
            if len(pending) > MAX_LINE_BYTES:
                raise FileRefused("line", f"line {self.number + 1} is longer than 1 MiB")
        if pending:
            self.number += 1
            yield pending

    def close(self) -> None:
        """Close the file."""
        self._raw.close()
