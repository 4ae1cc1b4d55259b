"""A worker that runs and does not get into its group is found, after a while."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.waiting import wait_until
from wijkbeeld.datadir import DataDir
from wijkbeeld.settings import Settings
from wijkbeeld.supervisor.child import Child, ChildSpec
from wijkbeeld.supervisor.joining import kept_out
from wijkbeeld.supervisor.plan import Plan

READY = "import os; from wijkbeeld.supervisor.lifeline import Reporter; Reporter(os.environ).ready(); "
LIVES = "import time; time.sleep(600)"


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(Settings(workers=2), DataDir(tmp_path), 1, (), ("p2000",), 1, 2, ("wijkteam",))


@pytest.fixture
def children(plan: Plan, tmp_path: Path) -> Iterator[dict[str, Child]]:
    programs = dict(zip(plan.streams, (READY + LIVES, LIVES), strict=True))
    started = {
        name: Child(ChildSpec(name, (sys.executable, "-c", program), os.environ, tmp_path / name))
        for name, program in programs.items()
    }
    yield started
    for child in started.values():
        child.kill()


def test_a_worker_that_does_not_join_is_found(plan: Plan, children: dict[str, Child]) -> None:
    ready, late = plan.streams
    wait_until(lambda: children[ready].poll() is None and children[ready].ready, 60, "the report")

    assert kept_out(plan, children) is None, "it has some time"
    assert kept_out(plan, children, seconds=0.0) == late
    assert kept_out(plan, {ready: children[ready]}, seconds=0.0) is None
