"""A part that stands still says where, ends itself and runs again; one that waits does not."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import wait_until
from tests.system.archives import write_lines
from tests.system.replays import everything_stored
from tests.system.running import RunningWijkbeeld
from wijkbeeld.health.monitor import EXIT_STALLED
from wijkbeeld.part_status import with_readiness

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

LINES = 300
STALL_SECONDS = 15
PARTS = ("ingest", "streams", "loader", "recompute")
CALL = re.compile(r"[\w.]+:[\w.<>]+:\d+")

# Python imports a module of this name at its start, before the part's own code runs.
BLOCKER = """
import functools, importlib, os, sys, threading

PLACES = {
    "ingest": ("ingest.outbox.store", None, "prepare"),
    "streams": ("streams.pipeline", "Pipeline", "_work"),
    "loader": ("warehouse.loader.storing", None, "dirty_mark"),
    "recompute": ("warehouse.recompute.lease", "Lease", "next_gen"),
}


def block(part):
    module, owner, name = PLACES[part]
    target = importlib.import_module(module)
    target = getattr(target, owner) if owner else target
    original = getattr(target, name)

    @functools.wraps(original)
    def blocked(*args, **kwargs):
        if os.path.exists(os.path.join(os.environ["BLOCKED"], part)):
            threading.Event().wait()
        return original(*args, **kwargs)

    setattr(target, name, blocked)


if "wijkbeeld.part" in sys.orig_argv and sys.orig_argv[-1] in PLACES:
    block(sys.orig_argv[-1])
"""


class Feed:
    """A receiver's file that grows."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "growing.txt"
        self.path.touch()
        self._folder = folder
        self.lines = 0

    def grow(self) -> None:
        more = self._folder / "more.txt"
        write_lines(more, LINES, seed=self.lines // LINES + 1)
        with self.path.open("a") as file:
            file.write(more.read_text())
        self.lines += LINES


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    return Feed(tmp_path)


@pytest.fixture
def blocked(tmp_path: Path) -> Path:
    """A folder; a part whose name lies in it as a file blocks where it is."""
    folder = tmp_path / "blocked"
    folder.mkdir()
    return folder


@pytest.fixture
def running(tmp_path: Path, feed: Feed, blocked: Path) -> Iterator[RunningWijkbeeld]:
    start = tmp_path / "start"
    start.mkdir()
    (start / "sitecustomize.py").write_text(BLOCKER)
    env = {
        "PYTHONPATH": os.pathsep.join([str(start), os.environ.get("PYTHONPATH", "")]),
        "BLOCKED": str(blocked),
        "WIJKBEELD_STALL_SECONDS": str(STALL_SECONDS),
        "WIJKBEELD_STALE_SECONDS": "3",
    }
    data_dir = tmp_path / "data"
    with RunningWijkbeeld(data_dir, "--source", f"p2000={feed.path}", env=env) as started:
        yield started


def test_a_part_that_stands_still_is_dumped_ended_and_started_again(
    running: RunningWijkbeeld, feed: Feed, blocked: Path
) -> None:
    for part in PARTS:
        before = running.parts()[part]["pid"]
        (blocked / part).touch()
        feed.grow()
        wait_until(lambda part=part: _stalls(running, part), 120, f"{part} to stand still")  # type: ignore[misc]  # mypy cannot type a default in a lambda
        (blocked / part).unlink()

        def replaced(part: str = part, before: int = before) -> bool:
            return bool(running.parts()[part]["pid"] != before) and running.all_running()

        wait_until(replaced, 120, f"{part} to run again; up printed:\n{running.output[-1500:]}")
        stall = _stalls(running, part)[-1]
        assert stall["waiting_for"] is None
        assert stall["seconds"] >= STALL_SECONDS
        calls = [call for stack in stall["stacks"].values() for call in stack]
        assert all(CALL.fullmatch(call) for call in calls)
        assert any(call.startswith("sitecustomize:") for call in calls), part
        assert f"{part} stood still and ended itself (status {EXIT_STALLED}" in running.output

    everything_stored(running, feed.lines)


def _stalls(running: RunningWijkbeeld, part: str) -> list[dict[str, Any]]:
    """Return the entries about a stall in the place that the test blocks."""
    stalls = [entry for entry in running.log(part) if entry["event"] == "part_stalled"]
    return [entry for entry in stalls if "sitecustomize:" in str(entry["stacks"])]


def test_a_clickhouse_that_stands_still_is_waited_for(running: RunningWijkbeeld, feed: Feed) -> None:
    feed.grow()
    everything_stored(running, feed.lines)
    pids = {name: part["pid"] for name, part in running.parts().items()}

    with running.frozen("warehouse"):
        feed.grow()

        def waits_long() -> bool:
            reasons = " ".join(_reasons(running, "loader"))
            waited = re.search(r"batch waits for the warehouse for (\d+) s", reasons)
            return waited is not None and int(waited[1]) > 1.5 * STALL_SECONDS

        wait_until(waits_long, 120, "the loader to say that it waits")
        assert any("warehouse" in reason for reason in _reasons(running, "recompute"))

    everything_stored(running, feed.lines)
    wait_until(lambda: _all_ready(running), 60, "every part to be ready again")
    assert {name: part["pid"] for name, part in running.parts().items()} == pids


def _reasons(running: RunningWijkbeeld, part: str) -> list[str]:
    # Not from `status`: that asks the warehouse for the counts, and would wait for it too.
    reasons: list[str] = with_readiness(running.parts())[part]["reasons"]
    return reasons


def _all_ready(running: RunningWijkbeeld) -> bool:
    parts = running.status()["parts"]
    return all(part["ready"] for name, part in parts.items() if name != "broker")
