"""What the page shows of the system itself: parts and sources, without touching the warehouse."""

from __future__ import annotations

from collections.abc import Mapping

from domain.errors import Transient
from ingest.heartbeat.verdict import Verdict
from ingest.outbox.rejects import Pause
from ingest.status import SourceStatus, read_status
from wijkbeeld.datadir import DataDir, read_json


def system_state(data_dir: DataDir) -> Mapping[str, object]:
    """Return ``{"parts": {name: {...}}, "sources": {name: {...}}}``; empty where nothing is known."""
    parts = read_json(data_dir.run).get("parts", {})
    try:
        sources = read_status(data_dir.outbox).sources
    except Transient:
        sources = ()
    return {"parts": parts, "sources": {source.name: source_state(source) for source in sources}}


def source_state(source: SourceStatus) -> dict[str, object]:
    """Return one source's counters, lag and feeds, ready for JSON."""
    return {
        "received": source.received,
        "duplicate": source.duplicate,
        "filtered": {str(name): n for name, n in source.filtered.items()},
        "unpublished": source.unpublished,
        "last_received_at": source.last_received_at.isoformat() if source.last_received_at else None,
        "progress": {str(f.lane): f.progress for f in source.feeds if f.progress is not None},
        "paused": _pause(source.pause),
        "heartbeat": _heartbeat(source.heartbeat),
        "feeds": {
            str(f.lane): {
                "state": str(f.state),
                "error": f.error,
                "progress": f.progress,
                "next_poll_at": f.next_poll_at.isoformat() if f.next_poll_at else None,
            }
            for f in source.feeds
        },
    }


def _heartbeat(verdict: Verdict | None) -> dict[str, object] | None:
    if verdict is None:
        return None
    until = verdict.complete_until
    return {
        "at": verdict.at.isoformat(),
        "troubles": {str(trouble): line for trouble, line in verdict.troubles.items()},
        "complete_until": until.isoformat() if until else None,
        "learned": verdict.learned,
    }


def _pause(pause: Pause | None) -> dict[str, object] | None:
    if pause is None:
        return None
    return {
        "reason": pause.reason,
        "rejects": pause.n,
        "among": pause.among,
        "since": pause.at.isoformat(),
        "text": str(pause),
    }
