"""The last verdict on each source, in the outbox: for whoever asks, in whatever process."""

from __future__ import annotations

import sqlite3

from pydantic import TypeAdapter

from ingest.heartbeat.verdict import Verdict
from ingest.outbox.schema import FIRST_WITH_REQUESTS, format_of

_VERDICT: TypeAdapter[Verdict] = TypeAdapter(Verdict)


def store(db: sqlite3.Connection, source: str, verdict: Verdict) -> None:
    """Keep the verdict on a known source."""
    db.execute(
        "INSERT OR REPLACE INTO heartbeat (source, verdict)"
        " VALUES ((SELECT no FROM source WHERE name = ?), ?)",
        (source, _VERDICT.dump_json(verdict).decode()),
    )


def read_all(db: sqlite3.Connection) -> dict[str, Verdict]:
    """Return the last verdict on each source by name; none from a file of an earlier format."""
    if format_of(db) < FIRST_WITH_REQUESTS:
        return {}
    rows = db.execute("SELECT s.name, h.verdict FROM heartbeat h JOIN source s ON s.no = h.source")
    return {name: _VERDICT.validate_json(text) for name, text in rows}
