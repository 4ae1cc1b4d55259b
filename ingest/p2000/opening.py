"""Looking at an input before it is read: does it exist, which layout is it, when does it end."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from domain.errors import SettingsError
from ingest.keys import KeyedHash
from ingest.p2000.archive import ArchiveState
from ingest.p2000.decoding import Layout, decode_archive, decode_lines, recognise
from ingest.p2000.inputs import WINDOW_BYTES, Line, split_lines
from ingest.p2000.records import Page

STDIN_FD = 0
_HEAD_LINE_BYTES = 512
# Any moment serves to recognise a layout: times of lines are not used for it.
_ANY_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


def is_pipe(path: Path) -> bool:
    """Tell whether ``path`` is a named pipe or a device; False too when there is nothing."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)


def open_pipe(path: Path | None, stdin: BinaryIO | None) -> BinaryIO:
    """Return a named pipe opened for reading, or standard input for None.

    Standard input gets a reader of its own: the interpreter's waits at exit for whoever reads from it.

    Raises:
        OSError: it cannot be opened.
    """
    if path is not None:
        return path.open("rb")
    return stdin or open(STDIN_FD, "rb", closefd=False)


def sniff(path: Path) -> Layout | None:
    """Return the layout of a file; None for one that is still empty.

    Raises:
        SettingsError: the file is missing, unreadable, or of no known layout.
    """
    lines = _first_lines(path)
    layout = recognise(lines, _ANY_MOMENT)
    if layout or not any(line.data.strip() for line in lines):
        return layout
    if any(b'"demod_name"' in line.data for line in lines):
        raise SettingsError(
            f"p2000: {path} is multimon-ng's JSON, which lacks the receivers of a page; leave out --json"
        )
    raise SettingsError(
        f"p2000: {path} is neither multimon-ng lines (FLEX|...) nor an archive; "
        "an archive is CSV with the columns Discipline, Titel and ts_local"
    )


def grows(path: Path | None, *, recording: bool) -> bool:
    """Tell whether an input may go on behind its end: a pipe, or lines that are not a recording.

    Raises:
        SettingsError: as ``sniff``.
    """
    if path is None or is_pipe(path):
        return True
    return sniff(path) is not Layout.ARCHIVE and not recording


def origin_of(path: Path | None, keyed: KeyedHash, *, recording: bool) -> str:
    """Return a keyed hash that tells an input from others; nothing can be read back from it.

    A file that is followed is its name, whatever lies there: rotation is the business of reading it. Any
    other is its place and its first two lines, the header of an archive and its first page, which stay
    when rows are added.

    Args:
        path: None for standard input.
        keyed: makes the hash.
        recording: it is played at a speed or as live.

    Raises:
        SettingsError: the file is missing, unreadable or of no known layout.
    """
    if path is None:
        return keyed.id("p2000-origin", "standard input")
    if grows(path, recording=recording):
        # Not resolved: what follows a link goes on behind it when it is moved to the next file.
        return keyed.id("p2000-origin", "followed", str(path.parent.resolve() / path.name))
    try:
        with path.open("rb") as file:
            head = [file.readline(_HEAD_LINE_BYTES).rstrip(b"\r\n").hex() for _ in range(2)]
    except OSError as error:
        raise SettingsError(f"p2000: {path}: {error.strerror}; give a readable file") from None
    return keyed.id("p2000-origin", "file", str(path.resolve()), *head)


def last_moment(path: Path, now: datetime) -> datetime | None:
    """Return the time of the latest page near the end of a file, UTC; None when there is none.

    Raises:
        SettingsError: the file is missing or unreadable.
    """
    head = _first_lines(path)
    with path.open("rb") as file:
        start = max(path.stat().st_size - WINDOW_BYTES, 0)
        file.seek(start)
        lines = split_lines(file.read(), start, final=True)
    tail = lines if start == 0 else lines[1:]
    if recognise(head, now) is Layout.ARCHIVE:
        _, columns = next(decode_archive(head, ArchiveState()))
        records = [record for record, _ in decode_archive(tail, columns)]
    else:
        records = decode_lines(tail, (), now, more=False, growing=False).records
    return max((r.content.moment for r in records if isinstance(r.content, Page)), default=None)


def _first_lines(path: Path) -> list[Line]:
    try:
        with path.open("rb") as file:
            data = file.read(WINDOW_BYTES)
    except FileNotFoundError:
        raise SettingsError(f"p2000: {path} does not exist; give the path of a file of pages") from None
    except OSError as error:
        raise SettingsError(f"p2000: {path}: {error.strerror}; give a readable file") from None
    return split_lines(data, 0, final=len(data) < WINDOW_BYTES)
