"""Where reading stands: what the cursor holds.

The list is read by the time of the last change and not by page numbers. A melding that is changed while
the list is read goes to its end, and everything behind it moves up: by page numbers the first one of the
next page would be skipped. By time nothing can be: what was changed has a later time, and is met there.

Only where a whole page has one and the same time (a change in bulk), its records are read by page number
(``Tie``), in a list of that moment alone. Records can leave that list but not join it, so an unchanged
length means that none has moved; otherwise it is read again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import JsonValue

from ingest.protocol import Cursor


@dataclass(frozen=True, slots=True)
class Tie:
    """Inside one moment: the page that is next, and the length of the list; None before the first."""

    page: int = 1
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading stands.

    Attributes:
        after: what was changed then or later is next, UTC.
        high: the latest change seen; None before the first.
        tie: reading inside the moment ``after``.
        ended: a list with an end was found empty once; it is over when that is so again.
    """

    after: datetime
    high: datetime | None = None
    tie: Tie | None = None
    ended: bool = False

    def to_cursor(self) -> Cursor:
        """Return it as JSON."""
        tie: JsonValue = None
        if self.tie is not None:
            tie = {"page": self.tie.page, "count": self.tie.count}
        return {
            "after": self.after.isoformat(),
            "high": self.high.isoformat() if self.high is not None else None,
            "tie": tie,
            "ended": self.ended,
        }


def from_cursor(cursor: Cursor | None, start: datetime) -> Place:
    """Return the place in a cursor that ``to_cursor`` made; ``start`` on the very first poll."""
    if cursor is None:
        return Place(start)
    high, tie = cursor["high"], cursor["tie"]
    return Place(
        after=_moment(cursor["after"]),
        high=None if high is None else _moment(high),
        tie=_tie(tie) if isinstance(tie, dict) else None,
        ended=bool(cursor["ended"]),
    )


def _tie(value: dict[str, JsonValue]) -> Tie:
    page, count = value["page"], value["count"]
    return Tie(page if isinstance(page, int) else 1, count if isinstance(count, int) else None)


def _moment(value: JsonValue) -> datetime:
    return datetime.fromisoformat(str(value)).astimezone(UTC)
