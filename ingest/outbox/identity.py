"""Which version of which event a draft is: pure rules over what was seen before.

A new id is revision 1. A known id with other content is the next revision, with the same content a
duplicate. A source's own revision outranks the comparison: a lower or equal one never wins, nor does a
draft without one where a versioned one was seen, so that an older export cannot win.
"""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from enum import Enum, auto
from typing import NamedTuple

from domain.events import EventData, Figure

TOO_LATE_REV = 0
"""The ``rev`` of what was only seen too late: which revision it is cannot be known."""


class Seen(NamedTuple):
    """What is remembered of an id.

    Attributes:
        rev: the last revision given, or ``TOO_LATE_REV``.
        content: keyed hash of the last content.
        revision: the source's own highest revision, where it gives one.
        bucket: UTC date of the id's first receipt.
        last_at: later of last receipt and occurrence, milliseconds since 1970 (UTC).
        forgettable: may be forgotten once ``last_at`` is before the source's horizon.
    """

    rev: int
    content: bytes
    revision: int | None
    bucket: date
    last_at: int
    forgettable: bool


class Verdict(Enum):
    """What a draft is to what was seen before."""

    NEW = auto()
    CHANGED = auto()
    DUPLICATE = auto()
    TOO_LATE = auto()


def judge(seen: Seen | None, content: bytes, revision: int | None, late: bool) -> Verdict:
    """Return what a draft is.

    Args:
        seen: what is remembered of its id; None if nothing.
        content: keyed hash of its content.
        revision: the source's own revision of it.
        late: it carries no revision and occurred before the source's horizon (``is_late``).
    """
    if seen is None:
        return Verdict.TOO_LATE if late else Verdict.NEW
    if _outranked(seen.revision, revision) or content == seen.content:
        return Verdict.DUPLICATE
    if seen.rev == TOO_LATE_REV:
        # Its revisions may have been forgotten: without one of the source's own it stays unknown.
        return Verdict.TOO_LATE if revision is None else Verdict.NEW
    return Verdict.CHANGED


def _outranked(seen: int | None, drafted: int | None) -> bool:
    return seen is not None and (drafted is None or drafted <= seen)


def highest(seen: Seen | None, revision: int | None) -> int | None:
    """Return the source's highest revision after a draft with ``revision``."""
    known = seen.revision if seen is not None else None
    return max((r for r in (known, revision) if r is not None), default=None)


def occurred_at(data: EventData) -> datetime | None:
    """Return when an event occurred (UTC); None for a figure, which has a period instead."""
    return None if isinstance(data, Figure) else data.occurred_at


def is_late(data: EventData, revision: int | None, horizon: timedelta | None, now: datetime) -> bool:
    """Return whether a draft occurred before ``horizon`` (None: never) and has no revision to go by."""
    occurred = occurred_at(data)
    return horizon is not None and revision is None and occurred is not None and occurred < now - horizon


def millis(moment: datetime) -> int:
    """Return an aware time as milliseconds since 1970 (UTC), rounded up, so that nothing ages early."""
    return math.ceil(moment.timestamp() * 1000)
