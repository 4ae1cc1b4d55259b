"""The Signalen connector: meldingen become signals, each change of one a revision of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingest.http.protocol import NotThere
from ingest.protocol import Cursor, Finding, Period, Poll
from ingest.signalen.drafts import DraftMaker
from ingest.signalen.listing import STEP, Listing, Page, Question
from ingest.signalen.place import Place, Tie, from_cursor

_AT_ONCE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Range:
    """Which changes are read, and how often.

    Attributes:
        start: from when on, aware, UTC.
        end: until when; None follows what is new.
        interval: between two rounds.
        overlap: how far each round goes back: a change becomes visible when its transaction ends,
            which may be after a later one.
        entered: only of meldingen that were entered in this period; read once, up to their last change.
    """

    start: datetime
    end: datetime | None
    interval: timedelta
    overlap: timedelta
    entered: Period | None = None

    @property
    def is_once(self) -> bool:
        """It is read to its end, and not in rounds."""
        return self.end is not None or self.entered is not None


class SignalenConnector:
    """Reads one page in each poll. It remembers nothing but what is in the cursor.

    Args:
        listing: asks for pages.
        drafts: makes findings.
        reach: which changes.
    """

    def __init__(self, listing: Listing, drafts: DraftMaker, reach: Range) -> None:
        self._listing = listing
        self._drafts = drafts
        self._reach = reach

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        """See ``Connector``."""
        place = from_cursor(cursor, self._reach.start)
        if place.tie is not None:
            return self._tied(place, place.tie)
        reach = self._reach
        page = self._listing.read(Question(place.after, reach.end, entered=reach.entered))
        findings = self._findings(page)
        if not page.more or page.last is None:
            return self._round_over(place, page, findings, now)
        if page.last > place.after:
            following = replace(place, after=page.last, high=_later(place.high, page.last), ended=False)
        else:
            following = replace(place, tie=Tie())
        return Poll(findings, following.to_cursor(), _AT_ONCE, progress=self._progress(following, now))

    def _findings(self, page: Page) -> list[Finding]:
        return [self._drafts.make(mark, item) for mark, item in page.items]

    def _tied(self, place: Place, tie: Tie) -> Poll:
        """Read on among records of one moment."""
        again = Poll((), replace(place, tie=None).to_cursor(), self._reach.interval)
        try:
            page = self._listing.read(Question(place.after, place.after, tie.page, self._reach.entered))
        except NotThere:
            # Records have left the moment, and its list has become shorter.
            return again
        if not page.items or tie.count not in (None, page.count):
            return again
        if page.more:
            following = replace(place, tie=Tie(tie.page + 1, page.count))
        else:
            following = replace(
                place, after=place.after + STEP, high=_later(place.high, place.after), tie=None
            )
        return Poll(self._findings(page), following.to_cursor(), _AT_ONCE)

    def _round_over(self, place: Place, page: Page, findings: list[Finding], now: datetime) -> Poll:
        high = _later(place.high, page.last)
        if self._reach.is_once:
            # An empty page may be a failure of the source; one at the end of a list stays empty.
            done = bool(page.items) or place.ended
            following = replace(place, high=high, ended=True)
            wait = _AT_ONCE if done else self._reach.interval
            return Poll(findings, following.to_cursor(), wait, done=done, progress=1.0 if done else None)
        if high is None:
            return Poll(findings, place.to_cursor(), self._reach.interval)
        # One record dated in the future may not hide those of today.
        start = min(high, page.server_time or now) - self._reach.overlap
        return Poll(findings, Place(max(start, self._reach.start)).to_cursor(), self._reach.interval)

    def _progress(self, place: Place, now: datetime) -> float | None:
        start, end = self._reach.start, self._reach.end or now
        if not self._reach.is_once or end <= start:
            return None
        return min(max((place.after - start) / (end - start), 0.0), 1.0)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)
