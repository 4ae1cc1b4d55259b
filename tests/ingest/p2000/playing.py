"""Running the P2000 connector in tests: archives of our own making, polled to their end."""

from __future__ import annotations

import json
from collections import Counter as Tally
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from domain.events import Incident
from domain.metrics import Counter
from ingest.protocol import Connector, Cursor, Draft, Finding, Poll

START = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
HEADER = "Discipline,Titel,Beschrijving,Publicatiedatum,Publicatietijd,ts_local"

Row = tuple[str, str, str]
"""Local time, discipline, text."""


def write_archive(path: Path, rows: Iterable[Row]) -> Path:
    lines = [f'{service},"{text}",Geen beschrijving,,,{local}' for local, service, text in rows]
    path.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    return path


@dataclass
class Played:
    """What a feed gave until its end."""

    findings: list[Finding] = field(default_factory=list)
    filtered: Tally[Counter] = field(default_factory=Tally)
    polls: list[Poll] = field(default_factory=list)
    ended: datetime = START

    def drafts(self) -> list[Draft]:
        return [f for f in self.findings if isinstance(f, Draft)]

    def incidents(self) -> list[Incident]:
        return [d.data for d in self.drafts() if isinstance(d.data, Incident)]


def saved(cursor: Cursor) -> Cursor:
    """The cursor as the outbox gives it back: JSON there and back."""
    loaded: Cursor = json.loads(json.dumps(cursor))
    return loaded


def play(
    connect: Callable[[], Connector],
    *,
    now: datetime = START,
    cursor: Cursor | None = None,
    limit: int = 10_000,
) -> Played:
    """Poll a new connector for every turn until the feed is done, letting each wait pass."""
    played = Played(ended=now)
    for _ in range(limit):
        poll = connect().poll(cursor, played.ended)
        played.findings += poll.findings
        played.filtered.update(poll.filtered)
        played.polls.append(poll)
        cursor = saved(poll.cursor)
        if poll.done:
            return played
        played.ended += max(poll.wait, timedelta(milliseconds=1))
    raise AssertionError("the feed never ended")
