"""A reader of a declared source that goes on, when it starts again, as if it had never ended.

The clock of a poll follows from what was committed: a feed is polled a minute after its last committed
poll, and the one that waits longest comes first. So a reader that was killed asks again what it asked,
at the same time, and what it leaves behind can be compared byte for byte with that of one that was not.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from ingest.context import SourceContext
from ingest.declarations import FILE, parse_declarations
from ingest.http.clients import HttpClients
from ingest.http.pace import HostPace
from ingest.outbox.store import Outbox
from ingest.protocol import Cursor, Feed, Source
from ingest.sources import KINDS, build_source
from tests.ingest.fakes import TurnedClock
from tests.ingest.ndw.feeds import holds
from tests.ingest.samples import KEYED, open_outbox
from tests.ingest.tabular.crashing import files
from tests.ingest.tabular.dropping import NOW, nijmegen

START = NOW
"""First start of the source, and time of the first poll of each feed."""
STEP = timedelta(minutes=1)
OUTBOX = "outbox.sqlite"
# A feed has its cursor and its input in its row, which hold inodes and ports.
_TABLES = ("source", "outbox", "unpublished", "seen", "counter", "reject", "pause", "beat", "pulse")

POLLING, WRITING, WRITTEN = b"p", b"w", b"d"
"""What a reader is about to do, or has done."""


def declare(folder: Path, kind: str, settings: str) -> None:
    """Write the ``sources.toml`` of one source."""
    folder.mkdir(parents=True, exist_ok=True)
    text = f'[sources.bron]\nkind = "{kind}"\n[sources.bron.settings]\n{settings}\n'
    (folder / FILE).write_text(text, encoding="utf-8")


def declared(folder: Path) -> Source:
    """The source that ``sources.toml`` in the folder declares."""
    (spec,) = parse_declarations((folder / FILE).read_text(encoding="utf-8"), KINDS, folder).sources
    context = SourceContext(
        nijmegen(), KEYED, None, False, 1, START,
        http=HttpClients(TurnedClock(START), HostPace(timedelta(0))),
        holds=holds,
    )  # fmt: skip
    return build_source(spec, context)


def read(folder: Path, polls: int, mark: Callable[[bytes], None] = lambda _mark: None) -> bool:
    """Poll each feed of the source in the folder until so many of its polls are committed, or it ends.

    Args:
        folder: with ``sources.toml``, and the outbox.
        polls: of each feed, those of readers before counted.
        mark: told at each step.

    Returns:
        whether each feed had, at some time, no more to give at once.
    """
    source = declared(folder)
    caught_up: set[str] = set()
    with closing(open_outbox(folder, source)) as outbox:
        while (turn := _next(outbox, source)) is not None and turn[1] < START + polls * STEP:
            feed, now, cursor = turn
            mark(POLLING)
            poll = feed.connector.poll(cursor, now)
            mark(WRITING)
            outbox.write(source, feed.lane, poll, now, None)
            mark(WRITTEN)
            if poll.done or poll.wait:
                caught_up.add(feed.lane)
    return caught_up == {feed.lane for feed in source.feeds}


def _next(outbox: Outbox, source: Source) -> tuple[Feed, datetime, Cursor | None] | None:
    """The feed whose turn it is, when, and its cursor; None where all have ended."""
    turns = []
    for number, feed in enumerate(source.feeds):
        place = outbox.place(source.name, feed.lane)
        if not place.done:
            at = START if place.polled_at is None else place.polled_at + STEP
            turns.append((at, number, feed, place.cursor))
    if not turns:
        return None
    at, _, feed, cursor = min(turns, key=lambda turn: turn[:2])
    return feed, at, cursor


def left(folder: Path) -> dict[str, Any]:
    """All that readers left: rows of the outbox in their order, and files of the watched folder."""
    found: dict[str, Any] = {}
    with closing(sqlite3.connect(folder / OUTBOX)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        for table in _TABLES:
            found[table] = db.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall()
    found["files"] = files(folder)
    return found


Version = tuple[int, bool, dict[str, Any]]


def versions(folder: Path) -> dict[str, list[Version]]:
    """Of each event its versions in their order: revision, whether taken back, data."""
    found: dict[str, list[Version]] = {}
    with closing(sqlite3.connect(folder / OUTBOX)) as db:
        payloads = db.execute("SELECT payload FROM outbox WHERE NOT rejected ORDER BY seq").fetchall()
    for (payload,) in payloads:
        event = orjson.loads(payload)
        version = event["rev"], event["deleted"], event["data"]
        found.setdefault(event["id"], []).append(version)
    return found
