"""One part watched: what it answers, and how it ends when a loop of it stands still."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from domain.metrics import CONSUMER_LAG
from domain.vitals import Outside
from wijkbeeld.health.monitor import EXIT_STALLED, Monitor
from wijkbeeld.health.progress import WatchedProgress
from wijkbeeld.health.prometheus import PrometheusRecorder
from wijkbeeld.health.readiness import Limits
from wijkbeeld.health.stacks import stacks


class Watched:
    def __init__(self) -> None:
        self.now = 0.0
        self.ended: list[int] = []
        self.recorder = PrometheusRecorder()
        self.progress = WatchedProgress(lambda: self.now)
        self.monitor = Monitor(
            "loader", self.recorder, self.progress, Limits(), self.ended.append, lambda: self.now
        )

    def look(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += 1
            self.monitor.look()


def test_a_part_is_ready_once_it_works_and_says_why_it_is_not() -> None:
    watched = Watched()
    assert watched.monitor.readiness()["reasons"] == ["starting"]
    watched.monitor.started()
    watched.recorder.set(CONSUMER_LAG, 12, part="loader", topic="events", partition="0")
    state = watched.monitor.readiness()
    assert (state["ready"], state["lag_records"], state["loops"]) == (True, 12, [])

    watched.progress.loop("batch").at(1, "try 1", Outside.WAREHOUSE)
    watched.look(20)
    state = watched.monitor.readiness()
    assert not state["ready"]
    assert state["reasons"] == ["batch waits for the warehouse for 20 s"]
    assert state["loops"] == [{"loop": "batch", "seconds": 20.0, "waiting_for": "warehouse"}]
    assert watched.ended == []


def test_gauges_follow_what_is_in_hand() -> None:
    watched = Watched()
    watched.monitor.started()
    watched.progress.loop("batch").at(1)
    watched.look(30)
    text = watched.monitor.exposition().decode()
    assert 'wijkbeeld_head_age_seconds{loop="batch",part="loader"} 30.0' in text
    assert 'wijkbeeld_part_ready{part="loader"} 0.0' in text
    watched.progress.end("batch")
    watched.look(1)
    text = watched.monitor.exposition().decode()
    assert 'loop="batch"' not in text
    assert 'wijkbeeld_part_ready{part="loader"} 1.0' in text


def test_a_monitor_that_looks_no_more_is_not_alive() -> None:
    watched = Watched()
    watched.look(1)
    assert watched.monitor.is_alive
    watched.now += 60
    assert not watched.monitor.is_alive


def test_a_stall_is_written_down_with_every_stack_and_ends_the_process() -> None:
    watched = Watched()
    watched.progress.loop("batch").at(1, "decode")
    with capture_logs() as logs:
        watched.look(130)
    assert set(watched.ended) == {EXIT_STALLED}
    stall = next(entry for entry in logs if entry["event"] == "part_stalled")
    assert (stall["loop"], stall["waiting_for"]) == ("batch", None)
    assert any("test_monitor:" in call for calls in stall["stacks"].values() for call in calls)


def test_stacks_name_places_and_no_values() -> None:
    release, standing = threading.Event(), threading.Event()

    def wait_here(secret: str) -> None:
        assert secret
        standing.set()
        release.wait()

    thread = threading.Thread(target=wait_here, args=("hunter2",), name="a stuck one")
    thread.start()
    try:
        assert standing.wait(60)
        found = stacks()
    finally:
        release.set()
        thread.join()
    assert any("wait_here" in call for call in found["a stuck one"])
    assert "hunter2" not in str(found)


STUCK = """
import sys, threading
from pathlib import Path
from wijkbeeld.health.progress import WatchedProgress
from wijkbeeld.health.monitor import Monitor
from wijkbeeld.health.prometheus import PrometheusRecorder
from wijkbeeld.health.readiness import Limits
from wijkbeeld.logs import configure_logging
import logging

configure_logging("loader", Path(sys.argv[1]))
progress = WatchedProgress()
Monitor("loader", PrometheusRecorder(), progress, Limits(stall_seconds=0.1)).watch()
progress.loop("batch").at(1)
if sys.argv[2] == "log":
    logging.getLogger().handlers[0].acquire()  # whoever stands still may hold the log itself
threading.Event().wait()
"""


@pytest.mark.slow
@pytest.mark.parametrize("holds", ["nothing", "log"])
def test_a_process_that_stands_still_ends_itself(tmp_path: Path, holds: str) -> None:
    log = tmp_path / "loader.log"
    done = subprocess.run(
        [sys.executable, "-c", STUCK, str(log), holds],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == EXIT_STALLED, done.stderr
    written = log.read_text() if holds == "nothing" else done.stderr
    entry = json.loads(written.splitlines()[-1])
    assert entry["event"] == "part_stalled"
    assert any("wait" in call for call in entry["stacks"]["MainThread"])
