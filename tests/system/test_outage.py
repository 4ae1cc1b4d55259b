"""The warehouse is away while events keep coming: they wait on disk, memory stays as it is."""

from __future__ import annotations

import os
import signal
import time
from collections import defaultdict
from pathlib import Path

import pytest

from ingest.status import SourceStatus, read_status
from tests.support.waiting import wait_until
from tests.system.archives import write_lines
from tests.system.running import RunningWijkbeeld
from tests.system.test_roll import everything_stored

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

# Two MiB of each lane may wait in the broker; the lines of the outage are several times that.
SETTINGS = {"WIJKBEELD_BROKER_BYTES": "32MiB"}
PORTION, WARM_UP, PORTIONS = 1_000, 4, 20
AWAY_SECONDS = 20.0
PARTS = ("ingest", "streams", "loader", "recompute", "page", "broker")
MOST_GROWTH = 48 * 2**20
"""Bytes by which a part may grow over its peak before the outage."""


class Load:
    """Lines that a receiver keeps writing, and the memory of the parts that take them in."""

    def __init__(self, running: RunningWijkbeeld, file: Path) -> None:
        self._running = running
        self._file = file
        self.received = 0
        self._portions = 0
        self.peaks: dict[str, int] = defaultdict(int)

    def add(self, portions: int) -> None:
        """Write portions of lines, each when the one before it is in the outbox."""
        for _ in range(portions):
            portion = self._file.with_suffix(".portion")
            write_lines(portion, PORTION, seed=self._portions)
            with self._file.open("a") as receiver:
                receiver.write(portion.read_text())
            self._portions += 1
            self.received += PORTION
            wait_until(lambda: self.source().received == self.received, 120, "the lines to be received")
            self.look()

    def look(self) -> None:
        """Take note of the memory of the parts."""
        for name in PARTS:
            self.peaks[name] = max(self.peaks[name], self._running.memory(name))

    def source(self) -> SourceStatus:
        """Return what came in; answers without the warehouse."""
        sources = read_status(self._running.data_dir / "outbox.sqlite").sources
        return next(source for source in sources if source.name == "p2000")


def test_events_wait_on_disk_until_the_warehouse_is_back(tmp_path: Path) -> None:
    lines = tmp_path / "lines.txt"
    lines.touch()
    with RunningWijkbeeld(tmp_path / "data", "--source", f"p2000={lines}", env=SETTINGS) as running:
        load = Load(running, lines)
        load.add(WARM_UP)
        everything_stored(running, load.received)
        before = dict(load.peaks)
        pids = {name: running.parts()[name]["pid"] for name in PARTS}

        warehouse = running.parts()["warehouse"]["pid"]
        os.kill(warehouse, signal.SIGSTOP)
        gone_at = time.monotonic()
        load.add(PORTIONS)
        wait_until(lambda: time.monotonic() - gone_at > AWAY_SECONDS, 60, "the outage to last")
        load.look()
        assert load.source().unpublished > PORTION, "the publisher holds back"
        os.kill(warehouse, signal.SIGKILL)
        load.add(1)

        counts = everything_stored(running, load.received)
        load.look()
        assert counts["received"] == (WARM_UP + PORTIONS + 1) * PORTION
        grown = {name: load.peaks[name] - before[name] for name in PARTS}
        assert max(grown.values()) < MOST_GROWTH, grown
        assert {name: running.parts()[name]["pid"] for name in PARTS} == pids, running.output
        assert running.parts()["warehouse"]["restarts"] == 1
        assert running.rolls() == 0
