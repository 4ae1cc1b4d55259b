"""A model of the outbox: what it knows, issues and counts, without a file."""

from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from domain.metrics import Counter
from domain.rejects import RejectReason
from domain.topics import Lane
from ingest.protocol import Draft, Finding, Repeat, Unreadable
from tests.ingest.samples import NOON

HORIZON = timedelta(days=2)


@dataclass
class Known:
    """What the model remembers of an id."""

    bucket: date
    rev: int = 0
    content: tuple[Any, ...] | None = None
    revision: int | None = None
    last_at: datetime = NOON
    unreadable: bool = False


@dataclass
class Expected:
    """A record that the model says was written."""

    source: str
    lane: Lane
    receipt: int
    event_id: str
    rev: int
    bucket: date
    received_at: datetime
    draft: Draft | None
    reason: RejectReason | None
    published: bool = False


@dataclass
class Model:
    """Sources by name: what is known, issued and counted."""

    known: dict[str, dict[str, Known]] = field(default_factory=lambda: defaultdict(dict))
    records: list[Expected] = field(default_factory=list)
    issued: Tally[str] = field(default_factory=Tally)
    days: dict[tuple[str, date], Tally[Counter]] = field(default_factory=lambda: defaultdict(Tally))
    cursors: dict[tuple[str, Lane], int] = field(default_factory=dict)
    incarnation: str | None = None

    def take(self, name: str, lane: Lane, finding: Finding, now: datetime) -> None:
        tally = self.days[name, now.date()]
        tally[Counter.RECEIVED] += 1
        if isinstance(finding, Repeat):
            tally[Counter.DUPLICATE] += 1
            return
        known = self.known[name].get(finding.event_id)
        if isinstance(finding, Unreadable):
            if known is not None:
                tally[Counter.DUPLICATE] += 1
                return
            self._issue(name, lane, finding.event_id, Known(now.date(), 1, unreadable=True), now)
            self.records[-1].reason = finding.reason
            return
        content = (finding.data, finding.deleted)
        if known is not None and self._says_nothing_new(known, finding, content):
            tally[Counter.DUPLICATE] += 1
            return
        late = (
            name == "short" and finding.revision is None and finding.data.occurred_at < now - HORIZON  # type: ignore[union-attr]  # incidents only
        )
        unknown = known is None or known.rev == 0
        if unknown and (late or (known is not None and finding.revision is None)):
            remembered = known or Known(now.date())
            remembered.content = content
            self._issue(name, lane, finding.event_id, remembered, now, finding)
            self.records[-1].reason = RejectReason.TOO_LATE
            return
        remembered = known or Known(now.date())
        remembered.rev += 1
        remembered.content = content
        remembered.revision = max(
            (r for r in (remembered.revision, finding.revision) if r is not None), default=None
        )
        self._issue(name, lane, finding.event_id, remembered, now, finding)

    def _says_nothing_new(self, known: Known, finding: Draft, content: tuple[Any, ...]) -> bool:
        if known.revision is not None and finding.revision is None:
            return True
        if known.revision is not None and finding.revision is not None:
            if finding.revision <= known.revision:
                return True
            if content == known.content:
                known.revision = finding.revision
                return True
            return False
        if content == known.content:
            known.revision = finding.revision
            return True
        return False

    def _issue(
        self,
        name: str,
        lane: Lane,
        event_id: str,
        known: Known,
        now: datetime,
        finding: Draft | None = None,
    ) -> None:
        occurred = finding.data.occurred_at if finding is not None else now  # type: ignore[union-attr]  # incidents only
        known.last_at = max(now, occurred)
        self.known[name][event_id] = known
        self.issued[name] += 1
        self.records.append(
            Expected(
                name,
                lane,
                self.issued[name],
                event_id,
                known.rev,
                known.bucket,
                now,
                finding,
                None,
            )
        )

    def forget(self, name: str, now: datetime) -> None:
        self.known[name] = {
            event_id: known
            for event_id, known in self.known[name].items()
            if known.revision is not None or known.last_at >= now - HORIZON
        }
