"""From lines to records: an archive row by row, paging lines with their parts put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ingest.p2000.archive import ArchiveState, read_header, read_row
from ingest.p2000.inputs import Line
from ingest.p2000.lines import FlexPart, read_line
from ingest.p2000.records import Content, Garbage, Nothing, NotText, Record, unexpected

Part = FlexPart | NotText | Garbage | Nothing

MAX_LINE_BYTES = 8192
"""A longer line is no page: FLEX text is at most some 250 characters."""

_PARTS_WITHIN = timedelta(seconds=60)
_PARTS_MAX = 8

SNIFF_LINES = 50
"""An input shows its layout within so many lines."""


class Layout(StrEnum):
    """How an input writes pages."""

    ARCHIVE = "archive"
    LINES = "lines"


def recognise(lines: Sequence[Line], now: datetime) -> Layout | None:
    """Return the layout of an input from its first lines; None when they show neither."""
    full = [line for line in lines if line.data.strip()][:SNIFF_LINES]
    if full and read_header(full[0].data):
        return Layout.ARCHIVE
    if any(isinstance(_read(line, now), FlexPart | NotText) for line in full):
        return Layout.LINES
    return None


def decode_archive(lines: Sequence[Line], state: ArchiveState) -> Iterator[tuple[Record, ArchiveState]]:
    """Yield a record per line of an archive, each with the state behind it."""
    for line in lines:
        content: Content = Garbage("length")
        if len(line.data) <= MAX_LINE_BYTES:
            try:
                content, state = read_row(line, state)
            except Exception as error:  # noqa: BLE001 - one row may not stop the rows behind it
                content = unexpected(error)
        yield Record(content, line.start, line.end, line.data), state


@dataclass(frozen=True, slots=True)
class Decoded:
    """Records of paging lines.

    Attributes:
        joined: start offsets of later parts that were put behind a first part already.
        holding: the records end before a first part whose other parts may still come.
    """

    records: list[Record]
    joined: tuple[int, ...]
    holding: bool


def decode_lines(
    lines: Sequence[Line], joined: Sequence[int], now: datetime, *, more: bool, growing: bool
) -> Decoded:
    """Return the records of paging lines. A page in parts stands where its first part was.

    Args:
        joined: of the previous call.
        now: aware, UTC.
        more: the input goes on behind ``lines``; a page whose end is not among them waits for it.
        growing: it may go on later; such a page waits for as long as the parts of a page are apart.
    """
    used = set(joined)
    parts: list[Part] = [_read(line, now) for line in lines]
    records: list[Record] = []
    for index, (line, part) in enumerate(zip(lines, parts, strict=True)):
        content: Part = part
        if line.start in used:
            content = Nothing()
        elif isinstance(part, FlexPart) and part.fragment == "first":
            whole = _join(lines, parts, index, used)
            ahead = more and index > 0 and not _over(parts[index:], part, part.page.moment)
            if whole is None and (
                ahead or (growing and not more and not _over(parts[index:], part, now))
            ):
                return Decoded(records, tuple(sorted(used)), holding=True)
            content = whole or part
        page = content.page if isinstance(content, FlexPart) else content
        records.append(Record(page, line.start, line.end, line.data))
    return Decoded(records, tuple(sorted(used)), holding=False)


def _read(line: Line, now: datetime) -> Part:
    if len(line.data) > MAX_LINE_BYTES:
        return Garbage("length")
    try:
        return read_line(line.data, now)
    except Exception as error:  # noqa: BLE001 - one line may not stop the lines behind it
        return unexpected(error)


def _join(
    lines: Sequence[Line],
    parts: Sequence[Part],
    index: int,
    used: set[int],
) -> FlexPart | None:
    """The page that begins with part ``index``; its later parts go to ``used``. None without its end."""
    first = parts[index]
    if not isinstance(first, FlexPart):
        return None
    texts, taken = [first.page.text], []
    for line, part in zip(lines[index + 1 :], parts[index + 1 :], strict=True):
        if not isinstance(part, FlexPart) or part.page.moment - first.page.moment > _PARTS_WITHIN:
            continue
        if part.key != first.key or part.fragment == "whole" or line.start in used:
            continue
        texts.append(part.page.text)
        taken.append(line.start)
        if part.fragment == "last":
            used.update(taken)
            return replace(first, page=replace(first.page, text="".join(texts)))
        if len(taken) >= _PARTS_MAX:
            return None
    return None


def _over(rest: Sequence[Part], first: FlexPart, now: datetime) -> bool:
    """Whether the end of a page is overdue, by the lines behind it or by ``now``."""
    latest = max((p.page.moment for p in rest if isinstance(p, FlexPart)), default=first.page.moment)
    return max(latest, now) - first.page.moment > _PARTS_WITHIN
