"""Archive and replay on a whole Wijkbeeld: nothing is counted twice, and what is lost comes back."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks.archive_rows import SOURCE, write_archive
from tests.support.waiting import wait_until
from tests.system.archives import write_archive as write_messages
from tests.system.running import COUNTS, RunningWijkbeeld
from wijkbeeld.gemeenten import load_municipality

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

MESSAGES = 1_500
CELLS = (
    "SELECT wijk, theme, hour, n, n_incident, n_signal, severity_sum, digest FROM cell FINAL"
    " WHERE n > 0 ORDER BY ALL"
)
NOW = "SELECT * EXCEPT ingested_at FROM event_now FINAL ORDER BY ALL"
LOG = "SELECT DISTINCT * EXCEPT ingested_at FROM event_log ORDER BY ALL"


@contextmanager
def command(running: RunningWijkbeeld, *args: str) -> Iterator[subprocess.Popen[str]]:
    """Run a command beside the test; it does not outlive the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "wijkbeeld", *args, "--data-dir", str(running.data_dir)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ended(process: subprocess.Popen[str], status: int) -> tuple[str, str]:
    """Wait for the end of a command; return what it wrote."""
    out, err = process.communicate(timeout=400)
    assert process.returncode == status, err
    return out, err


def done(running: RunningWijkbeeld, *args: str, status: int = 0) -> str:
    with command(running, *args) as process:
        return ended(process, status)[0]


def replayed(running: RunningWijkbeeld, *args: str) -> dict[str, Any]:
    return dict(json.loads(done(running, "replay", "--json", *args)))


def settled(running: RunningWijkbeeld) -> dict[str, int]:
    """Wait until all is read, loaded and in its cell; return the counts."""

    def counts() -> dict[str, int]:
        status = running.status()
        totals = status.get("totals", {})
        if totals.get("received") != MESSAGES or totals["in_flight"] or status["lag"]["dirty_batches"]:
            return {}
        return {word: totals[word] for word in COUNTS}

    return wait_until(counts, 180, f"the counts to come out; up printed:\n{running.output[-1500:]}")


def quiet(running: RunningWijkbeeld) -> None:
    """Wait until every cell is computed."""

    def computed() -> bool:
        status = running.status()
        return bool(status) and bool(status["lag"]) and not status["lag"]["dirty_batches"]

    wait_until(computed, 180, "the cells")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningWijkbeeld]:
    write_messages(tmp_path / "messages.csv", MESSAGES)
    options = ("--source", f"p2000={tmp_path / 'messages.csv'}")
    with RunningWijkbeeld(tmp_path / "data", *options) as running:
        yield running


def test_a_replay_adds_nothing_and_restores_everything(running: RunningWijkbeeld) -> None:
    counts = settled(running)
    cells, now, log = running.sql(CELLS), running.sql(NOW), running.sql(LOG)
    assert cells.count("\n") > 100
    done(running, "archive", "fill", "--with-today")
    (day, *_) = json.loads(done(running, "archive", "status", "--json", "--thorough"))
    assert day["state"] == "complete"
    events = log.count("\n")

    for origin in ("--archive", "--topic"):
        job = replayed(running, "--all", origin)
        assert job["events"] == job["read"] == job["total"] >= events
        assert settled(running) == counts
        assert (running.sql(CELLS), running.sql(NOW), running.sql(LOG)) == (cells, now, log)
    assert replayed(running, "--all", "--source", "nobody")["events"] == 0

    # The warehouse is lost, the archive is not.
    assert running.interrupt(timeout=30) == 0
    shutil.rmtree(running.data_dir / "clickhouse")
    running.start()
    assert running.sql("SELECT count() FROM event_log") == "0\n"
    assert replayed(running, "--all")["events"] == events
    quiet(running)
    assert (running.sql(CELLS), running.sql(NOW), running.sql(LOG)) == (cells, now, log)
    assert running.status()["totals"]["stored"] == counts["stored"]
    assert json.loads(done(running, "archive", "status", "--json"))[0]["state"] == "complete"


def test_a_replay_is_stopped_goes_on_and_outlives_the_broker(
    running: RunningWijkbeeld, tmp_path: Path
) -> None:
    settled(running)
    events = 30_000
    write_archive(tmp_path / "large", events, load_municipality("nijmegen"), days=20)
    order = ("replay", "--all", "--json", "--folder", str(tmp_path / "large"))

    with command(running, *order, "--rate", "500") as first:
        wait_until(lambda: _stored(running) > 2_000, 300, "the replay to be under way")
        first.send_signal(signal.SIGINT)
        out, err = ended(first, 130)
    stopped = json.loads(out)
    assert 0 < stopped["read"] < events
    assert "replay" in err

    with command(running, "replay", "--resume", "--json", "--rate", "1500") as second:
        wait_until(lambda: stopped["read"] + 3_000 < _stored(running), 300, "it to go on")
        running.kill_part("broker")
        out, _ = ended(second, 0)
    job = json.loads(out)
    assert job["read"] == job["events"] == job["total"] == events
    assert job["started_at"] == stopped["started_at"]
    quiet(running)
    assert _stored(running) == events
    totals = running.sql(
        "SELECT (SELECT sum(n) FROM cell FINAL), (SELECT count() FROM event_now FINAL WHERE counts = 1)"
    )
    counted, there = totals.split()
    assert counted == there

    assert "no replay was stopped" in _refused(running, "replay", "--resume", status=1)


def _stored(running: RunningWijkbeeld) -> int:
    return int(running.sql(f"SELECT uniqExact(receipt) FROM event_log WHERE source = '{SOURCE}'"))


def _refused(running: RunningWijkbeeld, *args: str, status: int) -> str:
    with command(running, *args) as process:
        _, err = ended(process, status)
    assert len(err.splitlines()) == 1
    return err


def test_what_cannot_be_done_is_said_in_one_line(tmp_path: Path) -> None:
    nowhere = RunningWijkbeeld(tmp_path / "data")
    assert "nothing runs on" in _refused(nowhere, "replay", "--all", status=3)
    assert "nothing runs on" in _refused(nowhere, "archive", "status", status=3)
    assert "--from and --until" in _refused(nowhere, "replay", "--dry-run", status=1)
    assert "choose one" in _refused(nowhere, "replay", "--all", "--topic", "--archive", status=1)
    assert "nothing is archived" in _refused(nowhere, "replay", "--all", "--dry-run", status=1)
    assert not (tmp_path / "data").exists()
