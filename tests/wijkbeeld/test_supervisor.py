from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from domain.vitals import Drained
from tests.support.waiting import wait_until
from wijkbeeld.datadir import DataDir
from wijkbeeld.supervisor.backoff import FIRST_SECONDS, LONGEST_SECONDS, Backoff
from wijkbeeld.supervisor.child import Child, ChildSpec
from wijkbeeld.supervisor.runfile import RunFile, end_leftovers

REPORTING = """
import os, sys, threading
from wijkbeeld.supervisor.lifeline import Reporter, watch_lifeline
gone = threading.Event()
watch_lifeline(os.environ, gone.set)
Reporter(os.environ).{report}
gone.wait(60)
"""


def _spec(tmp_path: Path, program: str, *, reports: bool = True) -> ChildSpec:
    argv = (sys.executable, "-c", program)
    return ChildSpec("part", argv, os.environ, tmp_path / "part.out", reports=reports)


def test_a_part_says_when_it_is_ready(tmp_path: Path) -> None:
    child = Child(_spec(tmp_path, REPORTING.format(report="ready()")))
    try:
        assert not child.ready
        wait_until(lambda: child.poll() is None and child.ready, what="the report")
    finally:
        child.kill()


def test_a_part_says_why_it_cannot_go_on(tmp_path: Path) -> None:
    child = Child(_spec(tmp_path, REPORTING.format(report="fatal('port 1 is taken')")))
    try:
        wait_until(lambda: child.poll() is None and child.fatal, what="the report")
        assert child.fatal == "port 1 is taken"
        assert not child.ready
    finally:
        child.kill()


def test_a_part_says_where_it_answers_and_what_it_left(tmp_path: Path) -> None:
    told = "health('http://127.0.0.1:1'); from domain.vitals import Drained; "
    program = REPORTING.format(report=told + "Reporter(os.environ).drained(Drained(3, 1))")
    child = Child(_spec(tmp_path, program))
    try:
        wait_until(lambda: child.poll() is None and child.drained, what="the reports")
        assert child.health == "http://127.0.0.1:1"
        assert child.drained == Drained(3, 1)
    finally:
        child.kill()


def test_a_part_ends_when_its_supervisor_is_gone(tmp_path: Path) -> None:
    child = Child(_spec(tmp_path, REPORTING.format(report="ready()")))
    wait_until(lambda: child.poll() is None and child.ready, what="the report")

    child.release()  # as the kernel does for a supervisor that was killed

    assert child.wait(20)
    assert child.poll() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: PR_SET_PDEATHSIG")
def test_a_foreign_program_ends_with_its_supervisor(tmp_path: Path) -> None:
    program = """
import subprocess, sys, time
from wijkbeeld.supervisor.child import guarded
child = subprocess.Popen(guarded((sys.executable, "-c", "import time; time.sleep(600)")))
print(child.pid, flush=True)
time.sleep(600)
"""
    parent = Child(_spec(tmp_path, program, reports=False))
    wait_until(lambda: (tmp_path / "part.out").read_text().strip(), what="the grandchild")
    grandchild = psutil.Process(int((tmp_path / "part.out").read_text()))

    os.kill(parent.pid, signal.SIGKILL)
    parent.kill()

    wait_until(
        lambda: not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE,
        what="the grandchild to end",
    )


def test_what_a_killed_supervisor_left_behind_is_ended(tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path)
    child = Child(_spec(tmp_path, "import time; time.sleep(600)", reports=False))
    run_file = RunFile(data_dir, {})
    run_file.set("broker", "running", child.pid)
    run_file.set("page", "running", os.getpid())
    run_file.parts["page"].born = 1.0  # another process had this number then
    run_file.write()

    assert end_leftovers(data_dir) == 1
    assert child.wait(10)
    child.kill()


def test_restarts_slow_down_and_are_forgiven() -> None:
    backoff = Backoff()

    waits = [backoff.after(uptime=1) for _ in range(12)]

    assert waits[0] == FIRST_SECONDS
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_SECONDS
    assert backoff.after(uptime=3600) == FIRST_SECONDS
