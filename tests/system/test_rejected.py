"""Rejects in a whole system: repaired ones are stored, too many of them pause their source alone."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import wait_until
from tests.system.archives import STREETS, message
from tests.system.running import RunningWijkbeeld

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

AHEAD = 180
"""Minutes: a page so far in the future is no nonsense, and no event."""


def p2000(running: RunningWijkbeeld) -> dict[str, Any]:
    return dict(running.status().get("sources", {}).get("p2000", {}))


def settled(running: RunningWijkbeeld, **expected: int) -> dict[str, Any]:
    """Wait until nothing of the source is in flight and these counts hold; return its state."""

    def done() -> dict[str, Any]:
        state = p2000(running)
        holds = all(state.get(word) == n for word, n in {**expected, "in_flight": 0}.items())
        return state if holds else {}

    return wait_until(
        done, 120, f"{expected}; now {p2000(running)}; up printed:\n{running.output[-1500:]}"
    )


def comes_out(state: dict[str, Any]) -> bool:
    parts = ("stored", "superseded", "duplicate", "rejected", "in_flight")
    return bool(state["received"] == sum(state[word] for word in parts))


def asked(running: RunningWijkbeeld, *args: str) -> Any:
    done = running.command("rejected", *args, "--json")
    assert not done.stderr, done.stderr
    return json.loads(done.stdout)


def test_a_repaired_reject_is_stored_under_the_identity_it_had(tmp_path: Path) -> None:
    lines = tmp_path / "lines.txt"
    lines.write_text(
        "".join(message(n, -60 - n) for n in range(5)) + "".join(message(n, AHEAD) for n in (11, 17, 23))
    )
    with RunningWijkbeeld(tmp_path / "data", "--source", f"p2000={lines}") as running:
        before = settled(running, received=8, rejected=3)
        first, second, third = asked(running, "list", "--reason", "future", "--rows")["rows"]
        at = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="seconds")
        choice = (
            "p2000",
            str(first["receipt"]),
            "--fix",
            f"data.occurredAt={at.replace('+00:00', 'Z')}",
        )

        assert [r["outcome"] for r in asked(running, "replay", *choice[:2], "--dry-run")["results"]] == [
            "still wrong"
        ]
        assert [r["outcome"] for r in asked(running, "replay", *choice, "--dry-run")["results"]] == [
            "sent"
        ]
        assert p2000(running)["rejected"] == 3

        # Ingest dies with the replay in its outbox, and hears of the reject's old ack again.
        os.kill(running.parts()["ingest"]["pid"], signal.SIGSTOP)
        assert [r["outcome"] for r in asked(running, "replay", *choice)["results"]] == ["sent"]
        running.kill_part("ingest")
        after = settled(running, received=8, rejected=2)

        assert after["stored"] + after["superseded"] == before["stored"] + before["superseded"] + 1
        assert comes_out(before)
        assert comes_out(after)
        stored = running.sql(
            f"SELECT event_id, rev, bucket FROM event_log WHERE receipt = {first['receipt']}"
        )
        assert stored.split() == [first["event_id"], str(first["rev"]), first["bucket"]]
        left = {row["receipt"] for row in asked(running, "list", "--rows")["rows"]}
        assert left == {second["receipt"], third["receipt"]}
        _nobody_tells(running, tmp_path / "data")


def _nobody_tells(running: RunningWijkbeeld, data_dir: Path) -> None:
    """No street is in what the commands print or the parts log."""
    said = [running.command("rejected", *args) for args in (("list", "--rows"), ("replay", "--all"))]
    texts = [done.stdout + done.stderr for done in said]
    texts += [path.read_text() for path in (data_dir / "logs").iterdir()]
    texts.append((data_dir / "trail.jsonl").read_text())
    assert all("p2000" in text for text in texts[:2])
    assert [street for street in STREETS for text in texts if street in text] == []


def test_a_source_that_turns_bad_is_paused_alone_until_somebody_resumes_it(tmp_path: Path) -> None:
    lines = tmp_path / "lines.txt"
    lines.write_text("".join(message(n, -60 - n) for n in range(5)))
    options = ("--source", "demo", "--source", f"p2000={lines}")
    with RunningWijkbeeld(tmp_path / "data", *options) as running:
        settled(running, received=5, rejected=0)
        _append(lines, (message(n, AHEAD) for n in range(100, 160)))
        state = settled(running, received=65, rejected=60)
        assert state["feeds"]["live"]["state"] == "paused"
        assert (state["paused"]["reason"], state["paused"]["rejects"]) == ("future", 50)
        assert comes_out(state)
        lines_of_log = (tmp_path / "data" / "logs" / "ingest.log").read_text().splitlines()
        log = [json.loads(line) for line in lines_of_log]
        assert [entry["source"] for entry in log if entry["event"] == "source_paused"] == ["p2000"]

        _append(lines, (message(n, -10) for n in range(200, 203)))
        wait_until(_demo_goes_on(running), 120, "the other source to go on")
        assert p2000(running)["received"] == 65

        running.kill_all()
        running.start()
        wait_until(_demo_goes_on(running), 120, "the other source to go on after a restart")
        state = settled(running, received=65, rejected=60)
        assert state["feeds"]["live"]["state"] == "paused"

        assert running.command("rejected", "resume", "p2000").stdout == "p2000 goes on\n"
        state = settled(running, received=68, rejected=60)
        assert state["feeds"]["live"]["state"] == "waiting"
        assert state["paused"] is None


def _append(file: Path, lines: Any) -> None:
    with file.open("a") as out:
        out.writelines(lines)


def _demo_goes_on(running: RunningWijkbeeld) -> Callable[[], bool]:
    def received() -> int:
        return int(running.status().get("sources", {}).get("demo", {}).get("received", 0))

    begun = received()
    return lambda: received() > begun
