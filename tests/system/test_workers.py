"""Several workers share the partitions; whoever dies, nothing is lost and nothing counted twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.ports import free_port
from tests.support.waiting import wait_until
from tests.system.archives import write_lines
from tests.system.running import RunningWijkbeeld
from tests.system.test_roll import CELLS, everything_stored

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

LINES = 12_000


def _stored(running: RunningWijkbeeld) -> int:
    return int(running.status().get("totals", {}).get("stored") or 0)


def test_workers_that_die_during_a_replay_change_nothing(tmp_path: Path) -> None:
    lines = tmp_path / "lines.txt"
    write_lines(lines, LINES)
    source = f"p2000={lines}"
    with RunningWijkbeeld(tmp_path / "calm", "--source", source) as running:
        calm = everything_stored(running, LINES), running.sql(CELLS)

    slow = ("--source", f"p2000={tmp_path / 'growing.txt'}")
    text = lines.read_text().splitlines(keepends=True)
    growing = tmp_path / "growing.txt"
    growing.write_text("".join(text[: LINES // 2]))
    with RunningWijkbeeld(tmp_path / "stormy", *slow, workers=2) as running:
        assert {"streams", "streams-2", "loader", "loader-2"} < running.parts().keys()
        wait_until(lambda: _stored(running) > 0, 60, "the first of them in the tables")
        with growing.open("a") as receiver:
            receiver.write("".join(text[LINES // 2 :]))
        for victim in ("streams-2", "loader", "streams", "loader-2"):
            running.kill_part(victim)

        assert everything_stored(running, LINES) == calm[0]
        assert running.sql(CELLS) == calm[1]
        assert (running.data_dir / "logs" / "streams-2.log").exists()
        assert running.interrupt(timeout=15) == 0


def test_more_workers_than_partitions_are_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "wijkbeeld", "up", "--workers", "9"),
            *("--data-dir", str(tmp_path / "data"), "--port", str(free_port())),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "wijkbeeld: --workers 9: choose 1 to 4" in done.stderr
    assert "Traceback" not in done.stderr
