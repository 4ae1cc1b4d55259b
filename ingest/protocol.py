"""What a connector is: poll a cursor, get drafts and the next cursor.

A connector is pure between polls: what it must remember (its place in the source, a time shift, the
pages of the last hour) is in the cursor, which the outbox commits together with the drafts. A crash
before that commit makes the same poll happen again with the same cursor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

from pydantic import JsonValue

from domain.events import EventData
from domain.metrics import Counter
from domain.rejects import RejectReason
from domain.topics import Lane
from ingest.rhythm import Rhythm
from ingest.schedule import Schedule

Cursor = Mapping[str, JsonValue]
"""A connector's place and memory, as JSON. None stands for the very first poll."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An event as a connector saw it, before ingest gives it its identity.

    Attributes:
        event_id: the source's own key, or a keyed hash where the key could be guessed from an address.
        data: what the source reports.
        deleted: the source takes the event back.
        revision: the source's own version number, where it has one. A lower or equal one than seen
            before never wins, whatever its content, nor does a draft without one for an id that had
            one; where an id never had one, content is compared.
    """

    event_id: str
    data: EventData
    deleted: bool = False
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """The connector recognised a repeat that adds nothing to the event ``event_id``: a duplicate."""

    event_id: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that cannot become an event and of which no byte may be kept.

    Attributes:
        event_id: keyed hash of the record and its place, so that reading it again is a duplicate.
        reason: ``UNPARSED`` or ``PRIVACY``.
        field: name of the field at fault; never its value.
        length: size of the record in bytes.
        value_hash: keyed hash of the value at fault.
    """

    event_id: str
    reason: RejectReason
    field: str
    length: int
    value_hash: str


Finding = Draft | Repeat | Unreadable


@dataclass(frozen=True, slots=True)
class Poll:
    """The answer to a poll.

    Attributes:
        findings: in the order of the source.
        cursor: where the next poll starts; committed together with the findings.
        wait: how long until the next poll; zero when there is more at once.
        filtered: how many records were dropped before a receipt, by counter.
        done: the source has ended and will not be polled again.
        progress: part of the work that is done, 0-1, for a feed that has an end.
    """

    findings: Sequence[Finding]
    cursor: Cursor
    wait: timedelta
    filtered: Mapping[Counter, int] = field(default_factory=dict)
    done: bool = False
    progress: float | None = None


class Period(NamedTuple):
    """A past period, UTC: from ``since`` to before ``until``."""

    since: datetime
    until: datetime


class Connector(Protocol):
    """Reads one feed of a source."""

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        """Return what the source has after ``cursor``.

        Args:
            cursor: of the last committed poll; None on the very first.
            now: aware, UTC.

        Raises:
            Transient: the source cannot be read now; the same cursor is polled again later.
            Terminal: this source must stop; the others go on.
        """
        ...


@dataclass(frozen=True, slots=True)
class Feed:
    """A connector with the lane that its events travel in.

    Attributes:
        lane: of its events.
        connector: reads it.
        origin: tells its input from others, without naming it; a feed with
            another origin than before starts afresh. Empty where there is but one input.
        once: its input cannot be read twice: once it has ended, another start reads another input.
        consumes: reading takes from its input, so nobody may just look at it (a pipe).
    """

    lane: Lane
    connector: Connector
    origin: str = ""
    once: bool = False
    consumes: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A named source with one feed per lane.

    Attributes:
        name: also names its raw topics.
        feeds: at most one per lane; each has its own cursor, all share the source's identities.
        seen_horizon: unversioned ids whose last receipt is older may be forgotten, and unknown drafts
            without a revision whose event occurred before it are rejected as ``too_late``; None
            remembers an id as long as the event.
        backfill: from a past period to a connector that reads it, from the beginning to ``done``; None
            where the source cannot be asked for one. Its events travel in the backfill lane.
        schedule: when it is polled.
        rhythm: what is expected of it.
    """

    name: str
    feeds: tuple[Feed, ...]
    seen_horizon: timedelta | None = None
    backfill: Callable[[Period], Connector] | None = None
    schedule: Schedule = field(default_factory=Schedule)
    rhythm: Rhythm = field(default_factory=Rhythm)


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity that the outbox gives to an accepted finding."""

    receipt: int
    rev: int
    bucket: date
