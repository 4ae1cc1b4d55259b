from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from wijkbeeld.status_view import print_status


def _report(**source: Any) -> dict[str, Any]:
    counts = {
        "received": 642,
        "stored": 554,
        "superseded": 67,
        "duplicate": 21,
        "rejected": 0,
        "in_flight": 0,
        "unplaced": 465,
    }
    feed = {"state": "done", "error": None, "progress": 1.0, "next_poll_at": None}
    part = {"state": "restarting", "pid": 31626, "restarts": 2, "since": "now", "message": "[-9]"}
    p2000 = counts | {
        "unpublished": 3,
        "fresh_seconds": 17.2,
        "filtered": {"filtered_other_region": 15},
        "feeds": {"live": feed},
        "by_match_level": {"gemeente": 465, "wijk-name": 54, "withheld": 4},
    }
    return {
        "running": True,
        "parts": {"broker": part},
        "rolls": 2,
        "totals": counts,
        "sources": {"p2000": p2000 | source},
        "lag": {"dirty_batches": 0, "oldest_seconds": 0.0},
        "urls": {"page": "http://127.0.0.1:8321", "clickhouse": "http://127.0.0.1:8123"},
    }


def _printed(report: dict[str, Any], width: int = 80) -> str:
    out = io.StringIO()
    print_status(report, Console(file=out, width=width))
    return out.getvalue()


def test_parts_counts_and_placement_are_shown() -> None:
    text = _printed(_report())

    assert "restarting ([-9])" in text
    assert "31626" in text
    assert "broker rolled 2 times" in text
    assert "newest receipt 17 s ago, 3 to publish" in text
    assert "54 of 519 placed in a wijk (10%): gemeente 465, wijk-name 54" in text
    assert "dropped before a receipt: other_region 15" in text
    assert "up to date" in text
    assert "…" not in text


def test_readiness_lag_and_reasons_fit_the_width_of_a_terminal() -> None:
    since = "2026-11-25T19:30:54+00:00"
    running = {"state": "running", "pid": 4194304, "restarts": 10, "since": since, "message": None}
    parts = {
        "recompute": {**running, "ready": True, "reasons": [], "lag_records": None},
        "loader": {
            **running,
            "ready": False,
            "reasons": ["batch waits for the warehouse for 20 s"],
            "lag_records": 1_234_567,
        },
    }

    text = _printed(_report() | {"parts": parts})

    ready = next(line for line in text.splitlines() if line.startswith("recompute "))
    assert ready.split()[:4] == ["recompute", "running", "yes", "4194304"]
    assert "loader: batch waits for the warehouse for 20 s" in text
    row = next(line for line in text.splitlines() if line.startswith("loader "))
    assert row.split() == ["loader", "running", "no", "1,234,567", "4194304", "10", since[:19] + "Z"]
    assert "…" not in text


def test_without_the_warehouse_the_rest_is_shown() -> None:
    unknown = dict.fromkeys(("stored", "superseded", "rejected", "in_flight", "unplaced"))
    report = _report(**unknown, by_match_level=None) | {"lag": None, "warehouse": "does not answer"}

    text = _printed(report)

    assert "no counts now: does not answer" in text
    assert "642" in text
    assert "?" in text


def test_a_paused_source_is_told_with_what_to_do() -> None:
    feed = {"state": "paused", "error": "50 records in a row", "progress": None, "next_poll_at": None}
    pause = {"reason": "unparsed", "text": "100 of 500 records rejected as unparsed"}
    text = _printed(_report(feeds={"live": feed}, paused=pause))

    assert "p2000: paused, 100 of 500 records rejected as unparsed" in text
    assert "wijkbeeld rejected list --source p2000" in text
    assert "wijkbeeld rejected resume p2000" in text
    assert all(len(line) <= 80 for line in text.splitlines())
