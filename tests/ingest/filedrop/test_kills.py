"""The reading process is killed with SIGKILL, at moments that nobody chose, until nothing is left."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT
from tests.ingest.filedrop.conftest import changed, csv_of, filedrop
from tests.ingest.tabular.crashing import files, lived
from tests.ingest.tabular.dropping import drop, records

pytestmark = pytest.mark.slow
SEED = 20261126
MOST_LIVES = 200


def _fill(folder: Path) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        rows = (
            changed(nummer=f"{name}{n}", soort="Geluid" if n % 9 else "Wiersemans") for n in range(400)
        )
        drop(folder, name, csv_of(*rows))
    drop(folder, "d.csv", "geen;mapping\n")


def _lives_for(folder: Path, seconds: float) -> bool:
    """Start a process, kill it after so long; tell whether it had come to its end."""
    command = [sys.executable, "-m", "tests.ingest.filedrop.reading_process", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            return process.wait(seconds) == 0
        except subprocess.TimeoutExpired:
            process.kill()
            return False


def test_sigkill_at_any_moment_loses_and_doubles_nothing(tmp_path: Path) -> None:
    _, wanted, left = lived(tmp_path / "lived", lambda folder: filedrop(folder, rows_per_poll=5), _fill)
    folder = tmp_path / "killed"
    _fill(folder / "drop")
    draws = random.Random(SEED)
    start = time.monotonic()
    kills = 0
    while not _lives_for(folder, draws.uniform(0.005, 0.2)):
        kills += 1
        assert kills < MOST_LIVES, f"no end after {time.monotonic() - start:.0f} s"
    assert kills
    assert records(folder, filedrop(folder)) == wanted
    assert files(folder) == left
