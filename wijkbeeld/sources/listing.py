"""Every source that is declared or was ever read, with its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from domain.topics import Lane
from ingest.heartbeat.verdict import Verdict
from ingest.kind import SourceSpec
from ingest.rhythm import Rhythm
from ingest.schedule import Schedule
from ingest.status import SourceStatus, read_status
from wijkbeeld.datadir import DataDir


@dataclass(frozen=True, slots=True)
class ListedSource:
    """A source.

    Attributes:
        name: its name.
        kind: its kind; empty for one that is not declared any more.
        state: of its live feed, or ``new`` (declared and never read).
        troubles: what its heartbeat shows, with a line on each.
        error: why it fails, stopped or is paused.
        last_success: when it last answered, UTC.
        lag_seconds: since its last new live record; None before one.
        next_poll: when it is asked next, UTC.
        complete_until: everything before it has been received, UTC; None where nobody can say.
        judged_at: when the heartbeat was taken, UTC.
        learned: bounds from its own past are in use.
        rhythm, schedule: as declared; None for one that is not declared any more.
    """

    name: str
    kind: str
    state: str
    troubles: Mapping[str, str]
    error: str | None = None
    last_success: datetime | None = None
    lag_seconds: float | None = None
    next_poll: datetime | None = None
    complete_until: datetime | None = None
    judged_at: datetime | None = None
    learned: bool = False
    rhythm: Rhythm | None = None
    schedule: Schedule | None = None


def list_sources(specs: tuple[SourceSpec, ...], data_dir: DataDir, now: datetime) -> list[ListedSource]:
    """Return the declared sources in their order, then those that the outbox still knows.

    Raises:
        Transient, SettingsError, OutboxFailed: the outbox cannot be read.
    """
    known = {source.name: source for source in read_status(data_dir.outbox).sources}
    listed = [
        replace(
            _listed(spec.name, spec.kind, known.pop(spec.name, None), now),
            rhythm=spec.rhythm,
            schedule=spec.schedule,
        )
        for spec in specs
    ]
    return listed + [_listed(name, "", status, now) for name, status in known.items()]


def _listed(name: str, kind: str, status: SourceStatus | None, now: datetime) -> ListedSource:
    live = next((feed for feed in status.feeds if feed.lane is Lane.LIVE), None) if status else None
    if status is None or live is None:
        return ListedSource(name, kind, "new", {})
    verdict: Verdict | None = status.heartbeat
    new_at = status.last_live_at
    return ListedSource(
        name=name,
        kind=kind,
        state=str(live.state),
        troubles={} if verdict is None else {str(t): line for t, line in verdict.troubles.items()},
        error=live.error,
        last_success=live.polled_at,
        lag_seconds=None if new_at is None else max((now - new_at).total_seconds(), 0.0),
        next_poll=live.next_poll_at,
        complete_until=None if verdict is None else verdict.complete_until,
        judged_at=None if verdict is None else verdict.at,
        learned=verdict is not None and verdict.learned,
    )
