"""The P2000 connector: pages of the emergency services become incidents, with nothing else in them."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO

from domain.areas import Municipality
from domain.errors import SettingsError, SourceRefused
from domain.metrics import Counter
from domain.rejects import RejectReason
from ingest.keys import KeyedHash
from ingest.p2000.archive import ArchiveState
from ingest.p2000.cursor import from_cursor, to_cursor
from ingest.p2000.decoding import SNIFF_LINES, Layout, decode_archive, decode_lines, recognise
from ingest.p2000.files import FileInput
from ingest.p2000.folding import Folder
from ingest.p2000.grammar import Grammar
from ingest.p2000.inputs import Chunk, LineInput
from ingest.p2000.opening import grows, is_pipe, last_moment, open_pipe
from ingest.p2000.pacing import Anchor
from ingest.p2000.pipe import PipeInput
from ingest.p2000.records import Content, Garbage, NotText, Page, Record, unexpected
from ingest.p2000.state import FeedState
from ingest.protocol import Connector, Cursor, Finding, Poll, Unreadable

MAX_BATCH = 1000
"""Findings in a poll at most, unless told otherwise."""

_IDLE = timedelta(milliseconds=500)
_LONGEST_WAIT = timedelta(seconds=30)
_AT_ONCE = timedelta(0)
# P2000 was built from 2000 on; a receiver's clock may be wrong by hours, not by days.
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Playing:
    """How pages come out.

    Attributes:
        speed: times faster than they were sent; None for as fast as they can be read.
        as_live: they occur when they come out.
        growing: the input may go on after its end.
        max_batch: findings in a poll at most.
    """

    speed: float | None
    as_live: bool
    growing: bool
    max_batch: int


class P2000Connector:
    """Polls one input of pages. It remembers nothing but what is in the cursor.

    Args:
        lines: the input.
        grammar: reads the texts.
        keyed: makes the identities.
        playing: at what pace.
        last_page: the time of a recording's last page, UTC; needed for ``as_live`` without a speed.
    """

    def __init__(
        self,
        lines: LineInput,
        grammar: Grammar,
        keyed: KeyedHash,
        playing: Playing,
        last_page: Callable[[datetime], datetime | None],
    ) -> None:
        self._lines = lines
        self._grammar = grammar
        self._keyed = keyed
        self._folder = Folder(keyed)
        self._playing = playing
        self._last_page = last_page

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        """See ``Connector``."""
        state = from_cursor(FeedState, cursor)
        chunk = self._lines.read(state.mark)
        state = _at(state, chunk)
        state = replace(state, layout=state.layout or recognise(chunk.lines, now))
        if state.layout is None:
            return self._unrecognised(state, chunk)
        turn = _Turn(self, state, now)
        rows, holding = self._decode(state, chunk, now)
        for record, after in rows:
            if not turn.take(record, after):
                break
        return self._answer(turn, chunk, holding=holding)

    def _decode(
        self, state: FeedState, chunk: Chunk, now: datetime
    ) -> tuple[Iterable[tuple[Record, FeedState]], bool]:
        """Records, each with the decoder's state behind it; and whether a part is still awaited."""
        if state.layout is Layout.ARCHIVE:
            archive = decode_archive(chunk.lines, state.archive)
            return ((record, replace(state, archive=rows)) for record, rows in archive), False
        growing = self._playing.growing and not chunk.ended
        found = decode_lines(chunk.lines, state.joined, now, more=chunk.more, growing=growing)
        after = replace(state, joined=found.joined)
        return [(record, after) for record in found.records], found.holding

    def _answer(self, turn: _Turn, chunk: Chunk, *, holding: bool) -> Poll:
        done = chunk.ended and not turn.stopped and not holding
        wait = _AT_ONCE if done or (chunk.more and turn.taken) else _IDLE
        finite = chunk.size is not None and not self._playing.growing
        return Poll(
            findings=turn.findings,
            cursor=to_cursor(turn.state),
            wait=turn.wait if turn.stopped else wait,
            filtered=turn.filtered,
            done=done,
            progress=turn.offset / max(chunk.size or 0, 1) if finite else None,
        )

    def _unrecognised(self, state: FeedState, chunk: Chunk) -> Poll:
        """Nothing to go by yet, or an input that is neither layout."""
        lines = sum(1 for line in chunk.lines if line.data.strip())
        if lines and (chunk.ended or lines >= SNIFF_LINES):
            raise SourceRefused("p2000: the input is neither multimon-ng lines nor an archive of pages")
        return Poll((), to_cursor(state), _AT_ONCE if chunk.ended else _IDLE, done=chunk.ended)

    def anchored(self, anchor: Anchor | None, moment: datetime, now: datetime) -> Anchor:
        """Return the anchor for a page of ``moment``: a new one on the first page or another speed."""
        speed, as_live = self._playing.speed, self._playing.as_live
        if anchor is not None and anchor.speed == speed:
            return anchor
        if speed is None and as_live:
            return Anchor(now, max(moment, self._last_page(now) or moment), None)
        return Anchor(now, moment, speed)

    def found(self, page: Page, state: FeedState, now: datetime) -> tuple[Finding | None, FeedState]:
        """Return what a page is, None for another region's, and the state behind it."""
        message = self._grammar.read(page.text, page.service)
        if message is None:
            return None, state
        occurred = page.moment
        if self._playing.as_live and state.anchor is not None:
            occurred = min(state.anchor.on_clock(page.moment), now)
        folded = self._folder.fold(state.window, message, page.moment, occurred)
        return folded.finding, replace(state, window=folded.window)

    def unreadable(self, record: Record, field: str) -> Unreadable:
        """Return the finding for a line that cannot be read: no byte of it, only its keyed hash."""
        value = record.data.decode("latin-1")
        return Unreadable(
            event_id=self._keyed.id("p2000-unread", str(record.start), value),
            reason=RejectReason.UNPARSED,
            field=field,
            length=len(record.data),
            value_hash=self._keyed.id("p2000-value", value),
        )

    @property
    def playing(self) -> Playing:
        """How pages come out."""
        return self._playing


class _Turn:
    """One poll: takes records until something stops it."""

    def __init__(self, owner: P2000Connector, state: FeedState, now: datetime) -> None:
        self._owner = owner
        self._now = now
        self.state = state
        self.findings: list[Finding] = []
        self.filtered: Tally[Counter] = Tally()
        self.stopped = False
        self.taken = 0
        self.wait = _AT_ONCE

    @property
    def offset(self) -> int:
        """Where the next turn begins."""
        offset = (self.state.mark or {}).get("offset")
        return offset if isinstance(offset, int) else 0

    def take(self, record: Record, after: FeedState) -> bool:
        """Take a record; False when it must wait for a later turn."""
        if len(self.findings) >= self._owner.playing.max_batch:
            return self._stop(_AT_ONCE)
        content: Content | None = record.content
        if isinstance(content, Page) and not _EARLIEST <= content.moment <= self._now + _AHEAD:
            content = Garbage("time")
        if isinstance(content, Page):
            if self._is_early(content):
                return False
            content = self._page(content)
        if isinstance(content, NotText):
            self.filtered[Counter.FILTERED_NOT_TEXT] += 1
        if isinstance(content, Garbage):
            self.findings.append(self._owner.unreadable(record, content.field))
        self._advance(record, after)
        return True

    def _is_early(self, page: Page) -> bool:
        """Whether a page must wait for its moment."""
        anchor = self._owner.anchored(self.state.anchor, page.moment, self._now)
        self.state = replace(self.state, anchor=anchor)
        if wait := anchor.until(page.moment, self._now):
            self._stop(min(wait, _LONGEST_WAIT))
        return self.stopped

    def _page(self, page: Page) -> Garbage | None:
        """Take a page whose moment has come; garbage when that fails."""
        try:
            finding, self.state = self._owner.found(page, self.state, self._now)
        except Exception as error:  # noqa: BLE001 - one page may not stop the pages behind it
            return unexpected(error)
        if finding is None:
            self.filtered[Counter.FILTERED_OTHER_REGION] += 1
        else:
            self.findings.append(finding)
        return None

    def _stop(self, wait: timedelta) -> bool:
        self.stopped, self.wait = True, wait
        return False

    def _advance(self, record: Record, after: FeedState) -> None:
        self.taken += 1
        self.state = replace(
            self.state,
            mark={**(self.state.mark or {}), "offset": record.end},
            archive=after.archive,
            joined=tuple(start for start in after.joined if start >= record.end),
        )


def _at(state: FeedState, chunk: Chunk) -> FeedState:
    """``state`` where ``chunk`` begins, which is elsewhere when the input was replaced."""
    if state.mark is not None and _moved(state, chunk):
        state = replace(state, archive=ArchiveState(), joined=())
        if state.mark is not None and state.mark.get("run") != chunk.mark.get("run"):
            # What is piped into the next process may be written in the other layout.
            state = replace(state, layout=None)
    return replace(state, mark=chunk.mark)


def _moved(state: FeedState, chunk: Chunk) -> bool:
    before, here = state.mark or {}, chunk.mark
    return any(before.get(key) != here.get(key) for key in ("inode", "run", "offset"))


def p2000_feed(
    path: Path | None,
    *,
    municipality: Municipality,
    keyed: KeyedHash,
    speed: float | None = None,
    as_live: bool = False,
    follow: bool | None = None,
    max_batch: int = MAX_BATCH,
    stdin: BinaryIO | None = None,
) -> Connector:
    """Return the connector for pages in a file or pipe; its layout is recognised from its content.

    Args:
        path: the file or named pipe; None for standard input.
        municipality: whose pages are ours.
        keyed: makes identities that nobody can guess back to an address.
        speed: plays a recording that many times faster than it was made; None as fast as it can.
        as_live: plays a recording as if it happened now.
        follow: the file grows. None: a file of paging lines does, unless it is played with ``speed`` or
            ``as_live``; an archive does not.
        max_batch: findings in a poll at most.
        stdin: stands in for the process's own standard input.

    Raises:
        SettingsError: the file is missing, unreadable or of no known layout, or the options contradict.
    """
    if speed is not None and speed <= 0:
        raise SettingsError("p2000: the speed must be above zero, or max")
    piped = path is None or is_pipe(path)
    may_grow = grows(path, recording=speed is not None or as_live)
    growing = may_grow if follow is None else follow
    if as_live and speed is None and (growing or piped):
        raise SettingsError("p2000: as live needs a recording with an end, or a speed; give --speed")
    playing = Playing(speed, as_live, growing, max_batch)
    grammar = Grammar(municipality)
    if path is None or piped:
        return P2000Connector(
            PipeInput(partial(open_pipe, path, stdin)), grammar, keyed, playing, lambda _now: None
        )
    lines = FileInput(path, follow=growing, keyed=keyed)
    return P2000Connector(lines, grammar, keyed, playing, lambda now: last_moment(path, now))
