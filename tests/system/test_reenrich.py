"""``wijkbeeld reenrich`` on a running Wijkbeeld: places change, counts do not, whatever ends it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import wait_until
from tests.system.archives import write_lines
from tests.system.replays import everything_stored, received
from tests.system.running import RunningWijkbeeld

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

LINES = 1_000
MOST_PORTIONS = 60
LEAST_BROKER = {"WIJKBEELD_BROKER_BYTES": "20MiB"}
BY_AREA = "SELECT wijk, sum(n) AS events FROM cell FINAL GROUP BY wijk HAVING events > 0 ORDER BY wijk"
STREETS = "street,wijk\ndorpsstraat,BU02680101\nstationsplein,BU02680202\n"
GEMEENTE = "GM0268"
NOT_RUNNING, BROKER_LOST, STOPPED = 3, 4, 130


class Receiver:
    """A growing file of a receiver's lines."""

    def __init__(self, folder: Path) -> None:
        self._portion = folder / "portion.txt"
        self.file = folder / "lines.txt"
        self.file.touch()
        self.received = 0

    def write(self, seed: int) -> None:
        write_lines(self._portion, LINES, seed)
        with self.file.open("a") as lines:
            lines.write(self._portion.read_text())
        self.received += LINES


def by_area(running: RunningWijkbeeld) -> dict[str, int]:
    rows = (line.split("\t") for line in running.sql(BY_AREA).splitlines())
    return {area: int(events) for area, events in rows}


def counts(running: RunningWijkbeeld, received: int) -> dict[str, int]:
    """Wait until all is stored; return the counts that no table may change."""
    stored = everything_stored(running, received)
    return {word: number for word, number in stored.items() if word != "unplaced"}


def reenriched(running: RunningWijkbeeld, *args: str) -> dict[str, Any]:
    done = running.command("reenrich", "--json", *args)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def run_file(running: RunningWijkbeeld) -> dict[str, Any]:
    return dict(json.loads((running.data_dir / "run.json").read_text()))


@contextmanager
def under_way(running: RunningWijkbeeld, *args: str) -> Iterator[subprocess.Popen[str]]:
    """Start the command; give it when it reads. It does not outlive the block."""
    notes = running.data_dir / "reenrich.json"
    notes.unlink(missing_ok=True)
    with subprocess.Popen(
        [sys.executable, "-m", "wijkbeeld", "reenrich", *args, "--data-dir", str(running.data_dir)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            wait_until(lambda: notes.exists() or process.poll() is not None, 120, "the command to read")
            yield process
        finally:
            process.kill()


@pytest.fixture
def receiver(tmp_path: Path) -> Receiver:
    receiver = Receiver(tmp_path)
    receiver.write(seed=1)
    return receiver


@pytest.fixture
def streets(tmp_path: Path) -> Path:
    file = tmp_path / "streets.csv"
    file.write_text(STREETS)
    return file


def test_events_move_from_the_gemeente_to_their_wijken_and_nothing_else_changes(
    tmp_path: Path, receiver: Receiver, streets: Path
) -> None:
    source = ("--source", f"p2000={receiver.file}")
    with RunningWijkbeeld(tmp_path / "data", *source) as running:
        before, places = counts(running, LINES), by_area(running)
        assert places[GEMEENTE] > 100
        pids = {name: part["pid"] for name, part in running.parts().items()}

        report = reenriched(running, "--streets", str(streets))

        assert (report["ending"], report["geo_v"], report["older"]) == ("done", 2, 0)
        assert report["read"] == report["total"] == before["stored"] + before["superseded"]
        assert report["moved"] == places[GEMEENTE]
        assert report["placed_after"] - report["placed_before"] == places[GEMEENTE]
        assert counts(running, LINES) == before
        after = by_area(running)
        assert GEMEENTE not in after
        assert after["BU02680101"] + after["BU02680202"] == places[GEMEENTE]
        assert {area: n for area, n in after.items() if area not in ("BU02680101", "BU02680202")} == {
            area: n for area, n in places.items() if area != GEMEENTE
        }
        audit = running.command("audit", "--wait", "60")
        assert audit.returncode == 0, audit.stdout
        changed = {name for name, part in running.parts().items() if part["pid"] != pids[name]}
        assert changed == {"streams"}
        assert run_file(running)["geo_v"] == 2
        assert all(part["restarts"] == 0 for part in running.parts().values())

        receiver.write(seed=2)
        counts(running, 2 * LINES)
        assert GEMEENTE not in by_area(running), "what comes now is placed too"
        assert reenriched(running)["moved"] == places[GEMEENTE]

        assert running.interrupt(timeout=15) == 0
        placed = {"geo_v": 2, "streets": (running.data_dir / "tables" / "streets-2.csv").read_text()}
        running.start()
        wait_until(lambda: run_file(running)["geo_v"] == placed["geo_v"], 60, "the same tables")
        assert placed["streets"] == STREETS
        assert "goes on with what --streets gave last" in running.output.replace("\n", " ")


def test_it_may_be_stopped_or_killed_and_goes_on(
    tmp_path: Path, receiver: Receiver, streets: Path
) -> None:
    source = ("--source", f"p2000={receiver.file}")
    with RunningWijkbeeld(tmp_path / "data", *source, workers=2) as running:
        before, places = counts(running, LINES), by_area(running)

        with under_way(running, "--streets", str(streets)) as killed:
            killed.kill()
            killed.wait()
        assert counts(running, LINES) == before
        with under_way(running) as stopped:
            stopped.send_signal(signal.SIGINT)
            out, err = stopped.communicate(timeout=120)
        assert stopped.returncode in {0, STOPPED}, out + err
        report = reenriched(running)

        assert (report["ending"], report["geo_v"]) == ("done", 2)
        assert report["moved"] == places[GEMEENTE]
        assert counts(running, LINES) == before
        assert GEMEENTE not in by_area(running)
        assert sum(by_area(running).values()) == sum(places.values())
        audit = running.command("audit", "--wait", "60")
        assert audit.returncode == 0, audit.stdout


def test_when_the_broker_is_lost_it_says_how_far_it_came(
    tmp_path: Path, receiver: Receiver, streets: Path
) -> None:
    with RunningWijkbeeld(tmp_path / "data", "--source", f"p2000={receiver.file}") as running:
        before = counts(running, LINES)
        with under_way(running, "--streets", str(streets)) as process:
            os.kill(running.parts()["broker"]["pid"], signal.SIGKILL)
            out, err = process.communicate(timeout=200)
        assert process.returncode == BROKER_LOST, out + err
        assert "the broker was started again: 0 of " in out
        assert counts(running, LINES) == before


def test_new_tables_that_come_during_a_roll_are_used_after_it(
    tmp_path: Path, receiver: Receiver, streets: Path
) -> None:
    source = ("--source", f"p2000={receiver.file}")
    with RunningWijkbeeld(tmp_path / "data", *source, env=LEAST_BROKER) as running:
        for seed in range(2, MOST_PORTIONS):
            if "rolling it" in running.output:
                break
            receiver.write(seed)
            wait_until(lambda: received(running) >= receiver.received or running.rolls(), 120, "lines")
        assert "rolling it" in running.output

        done = running.command("reenrich", "--streets", str(streets))

        assert done.returncode in {0, BROKER_LOST}, done.stderr
        wait_until(lambda: run_file(running)["geo_v"] == 2, 120, "the new tables")
        before = counts(running, receiver.received)
        assert before["stored"] > 0
        receiver.write(seed=MOST_PORTIONS)
        counts(running, receiver.received)
        assert running.sql(
            "SELECT countIf(match_level = 'gemeente') FROM event_now WHERE geo_v = 2"
        ) == ("0\n")
        assert running.rolls() >= 1
        audit = running.command("audit", "--wait", "60")
        assert audit.returncode == 0, audit.stdout


def test_where_nothing_runs_it_says_so(tmp_path: Path) -> None:
    done = RunningWijkbeeld(tmp_path / "data").command("reenrich", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (NOT_RUNNING, {"running": False})


def test_wrong_files_change_nothing_and_parts_elsewhere_are_found_by_the_settings(
    tmp_path: Path, receiver: Receiver, streets: Path
) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("street,wijk\ndorpsstraat,nowhere\n")
    with RunningWijkbeeld(tmp_path / "data", "--source", f"p2000={receiver.file}") as running:
        state = (running.data_dir / "state.json").read_bytes()
        done = running.command("reenrich", "--streets", str(wrong))
        assert done.returncode == 1
        assert "wijkbeeld: streets file: no row names a wijk of this gemeente\n" in done.stderr
        assert (running.data_dir / "state.json").read_bytes() == state
        assert not (running.data_dir / "tables").exists()

        before, places = counts(running, LINES), by_area(running)
        elsewhere = RunningWijkbeeld(tmp_path / "elsewhere", env=settings_of(running, streets))
        report = reenriched(elsewhere)
        assert (report["geo_v"], report["moved"]) == (9, places[GEMEENTE])
        assert counts(running, LINES) == before
        assert GEMEENTE not in by_area(running)
        refused = elsewhere.command("reenrich", "--streets", str(streets))
        assert refused.returncode == 1
        assert "only with wijkbeeld up" in refused.stderr


def settings_of(running: RunningWijkbeeld, streets: Path) -> dict[str, str]:
    """Return the settings of a part that runs beside a Wijkbeeld and has newer tables."""
    run, access = run_file(running), json.loads((running.data_dir / "access.json").read_text())
    values = {
        "BROKER": run["broker"],
        "INCARNATION": run["incarnation"],
        "CLICKHOUSE": access["url"],
        "CLICKHOUSE_USER": access["user"],
        "CLICKHOUSE_PASSWORD": access["password"],
        "KNOWN_SOURCES": "p2000",
        "STREETS": str(streets),
        "GEO_V": "9",
    }
    return {f"WIJKBEELD_{name}": value for name, value in values.items()}
