"""``wijkbeeld status``: what runs, how far behind it is, and whether every record is accounted for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.errors import Terminal, Transient
from ingest.status import SourceStatus, read_status
from warehouse.client import connect
from warehouse.counts import SourceCounts, read_counts, read_lag
from wijkbeeld.datadir import DataDir, read_json
from wijkbeeld.part_status import with_readiness
from wijkbeeld.settings import Settings
from wijkbeeld.system_state import source_state
from wijkbeeld.warehouse_access import running_reader

WORDS = ("received", "stored", "superseded", "duplicate", "rejected", "in_flight", "unplaced")


class NotRunningError(Terminal):
    """Nothing runs on this data directory."""


def require_running(data_dir: DataDir) -> None:
    """Check that a Wijkbeeld runs on this folder.

    Raises:
        NotRunningError: none does.
    """
    if not data_dir.is_running():
        raise NotRunningError(f"nothing runs on {data_dir.root}; start it with: wijkbeeld up")


def collect_status(settings: Settings, root: Path) -> dict[str, Any]:
    """Return the status as it goes out as JSON.

    Each count is a pure function of the outbox and the warehouse's tables. When
    the warehouse does not answer now, the counts that need it are None and ``warehouse`` says why.

    Args:
        settings: name the user of a ClickHouse that ``up`` was given.
        root: the data directory.

    Raises:
        NotRunningError: nothing runs on this folder.
    """
    data_dir = DataDir(root)
    require_running(data_dir)
    run = read_json(data_dir.run)
    parts = run.get("parts")
    # The warehouse first: what arrives in between then shows as in flight, never as more than received.
    counts, lag, trouble = _warehouse_counts(settings, data_dir)
    sources = {
        source.name: _source(source, None if counts is None else counts.get(source.name, SourceCounts()))
        for source in read_status(data_dir.outbox).sources
    }
    report: dict[str, Any] = {
        "running": True,
        "parts": with_readiness(parts if isinstance(parts, dict) else {}),
        "rolls": run.get("rolls", 0),
        "totals": {word: _total(sources, word) for word in WORDS},
        "sources": sources,
        "lag": lag,
        "urls": run.get("urls", {}),
    }
    return report | ({"warehouse": trouble} if trouble else {})


def _warehouse_counts(
    settings: Settings, data_dir: DataDir
) -> tuple[dict[str, SourceCounts] | None, dict[str, Any] | None, str | None]:
    try:
        login = running_reader(settings, data_dir)
        client = connect(login.url, login.user, login.password, name="wijkbeeld-status")
        try:
            lag = read_lag(client)
            cells = {"dirty_batches": lag.batches, "oldest_seconds": lag.seconds}
            return read_counts(client), cells, None
        finally:
            client.close()
    except (Transient, Terminal) as error:
        return None, None, str(error)


def _source(source: SourceStatus, counts: SourceCounts | None) -> dict[str, Any]:
    state = source_state(source)
    if counts is None:
        return state | {word: None for word in WORDS if word not in state}
    last = counts.last_received_at
    return state | {
        "stored": counts.stored,
        "superseded": counts.superseded,
        "rejected": counts.rejected,
        "in_flight": max(source.issued - counts.arrived, 0),
        "unplaced": counts.unplaced,
        "by_match_level": dict(counts.by_match_level),
        "fresh_seconds": round((datetime.now(UTC) - last).total_seconds(), 1) if last else None,
    }


def _total(sources: dict[str, dict[str, Any]], word: str) -> int | None:
    values = [source[word] for source in sources.values()]
    return None if None in values else sum(values)
