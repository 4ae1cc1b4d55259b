"""Watched folders in tests: a real outbox that a feed writes into, and processes that die in between."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from domain.areas import Municipality
from domain.events import RawEvent
from ingest.keys import KeyedHash
from ingest.outbox.store import Outbox
from ingest.protocol import Draft, Finding, Poll, Source, Unreadable
from ingest.tabular.connector import DropConnector
from tests.ingest.samples import KEYED, open_outbox, unpublished
from wijkbeeld.gemeenten import load_municipality

NOW = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
LONG_AGO = (NOW - timedelta(hours=1)).timestamp()


@cache
def nijmegen() -> Municipality:
    return load_municipality("nijmegen")


@dataclass(frozen=True)
class Context:
    """What sources of a folder are built from; paths start from ``folder``."""

    folder: Path
    municipality: Municipality = field(default_factory=nijmegen)
    keyed: KeyedHash = KEYED

    def path(self, text: str) -> Path:
        return self.folder / text


def drop(folder: Path, name: str, content: bytes | str) -> Path:
    """Put a delivery into a folder, as if an hour ago."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


def saved(poll: Poll) -> dict[str, object]:
    """The cursor as the outbox gives it back."""
    loaded: dict[str, object] = json.loads(json.dumps(poll.cursor))
    return loaded


@dataclass
class Run:
    """Polls of one source until its folder is empty."""

    findings: list[Finding] = field(default_factory=list)
    polls: list[Poll] = field(default_factory=list)

    @property
    def drafts(self) -> list[Draft]:
        return [f for f in self.findings if isinstance(f, Draft)]

    @property
    def unreadable(self) -> list[Unreadable]:
        return [f for f in self.findings if isinstance(f, Unreadable)]


def run(source: Source, now: datetime = NOW, cursor: dict[str, object] | None = None) -> Run:
    """Poll until there is nothing more at once."""
    done = Run()
    (feed,) = source.feeds
    for _ in range(1_000):
        poll = feed.connector.poll(cursor, now)  # type: ignore[arg-type] # JSON there and back
        done.findings += poll.findings
        done.polls.append(poll)
        cursor = saved(poll)
        if poll.wait > timedelta(0):
            return done
    raise AssertionError("the folder is never empty")


def write_all(outbox: Outbox, source: Source, now: datetime = NOW, limit: int = 1_000) -> int:
    """Poll into an outbox until there is nothing more at once; return how many polls that took."""
    (feed,) = source.feeds
    for number in range(1, limit + 1):
        place = outbox.place(source.name, feed.lane)
        poll = feed.connector.poll(place.cursor, now)
        outbox.write(source, feed.lane, poll, now, None)
        if poll.wait > timedelta(0):
            return number
    return limit


def close(source: Source) -> None:
    """Let go of what a source has open, as the end of its process does."""
    (feed,) = source.feeds
    assert isinstance(feed.connector, DropConnector)
    feed.connector.close()


def records(folder: Path, source: Source) -> list[tuple[str, int]]:
    """What lies in the outbox of a folder: event id and revision of every event, in order."""
    (feed,) = source.feeds
    found = unpublished(folder / "outbox.sqlite", feed.lane)
    events = [json.loads(r.payload) for r in found]
    return [(e["id"], e["rev"]) for e in events if "specversion" in e]


def events(folder: Path, source: Source) -> list[RawEvent]:
    """The events that lie in the outbox of a folder."""
    (feed,) = source.feeds
    found = unpublished(folder / "outbox.sqlite", feed.lane)
    return [RawEvent.model_validate_json(r.payload) for r in found if b'"specversion"' in r.payload]


__all__ = [
    "NOW",
    "Context",
    "Run",
    "close",
    "drop",
    "events",
    "nijmegen",
    "open_outbox",
    "records",
    "run",
    "saved",
    "write_all",
]
