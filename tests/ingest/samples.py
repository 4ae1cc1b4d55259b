"""Drafts, sources and keys for the tests of ingest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from domain.events import Incident
from domain.places import Location
from domain.topics import Lane
from ingest.keys import KEY_BYTES, KeyedHash
from ingest.outbox.publishing import Record, UnpublishedReader
from ingest.outbox.store import Outbox
from ingest.protocol import Cursor, Draft, Feed, Finding, Poll, Source

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KEYED = KeyedHash(bytes(range(KEY_BYTES)))


class NothingToPoll:
    """A connector for tests that hand over polls themselves."""

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        raise AssertionError("this test polls nothing")


def source(name: str = "demo", horizon: timedelta | None = None) -> Source:
    return Source(name, tuple(Feed(lane, NothingToPoll()) for lane in Lane), horizon)


def draft(
    event_id: str = "a",
    severity: int = 3,
    *,
    deleted: bool = False,
    revision: int | None = None,
    occurred_at: datetime = NOON,
) -> Draft:
    """A draft whose content is told by its severity."""
    data = Incident(
        occurred_at=occurred_at,
        category="brand",
        theme="brand",
        severity=severity,
        service="brandweer",
        location=Location(street="molenstraat", gemeente="GM0268"),
    )
    return Draft(event_id, data, deleted=deleted, revision=revision)


def poll(*findings: Finding, at: int = 0, done: bool = False) -> Poll:
    return Poll(findings, {"at": at}, timedelta(seconds=1), done=done)


def open_outbox(folder: Path, *sources: Source) -> Outbox:
    outbox = Outbox(folder / "outbox.sqlite", KEYED, "nijmegen", patience=0.0)
    outbox.register(sources)
    return outbox


def unpublished(path: Path, lane: Lane = Lane.LIVE) -> list[Record]:
    reader = UnpublishedReader(path)
    try:
        return reader.read(lane, after=0, limit=1_000_000)
    finally:
        reader.close()
