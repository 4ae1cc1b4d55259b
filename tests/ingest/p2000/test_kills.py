"""The process that follows a growing file is killed while the receiver goes on writing half lines."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from domain.topics import Lane
from tests.architecture.sources import ROOT
from tests.ingest.p2000.playing import START
from tests.ingest.p2000.reading_process import FILE, read_on, receiver
from tests.ingest.samples import open_outbox, unpublished
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow

SEED = 20261126
LIVES = 12
ROTATED_IN = (4, 8)
STREETS = ("eikstraat", "beukweg", "elzenlaan", "esplein", "lindesingel", "wilgenhof", "berkendijk")


def lines(number: int = 240) -> list[bytes]:
    """Incidents, repeats that add a unit, cancellations, other regions' pages and noise."""
    made = []
    for n in range(number):
        street, place = STREETS[n % 7], "Arnhem" if n % 11 == 0 else "Nijmegen"
        text = f"P 1 BON-01 BR woning {street} {place} 08213{n % 5}"
        if n % 13 == 0:
            text = f"P 1 (Intrekken Alarm Brw) BR woning {street} {place} 08213{n % 5}"
        at = START + timedelta(minutes=3 * n)
        page = f"FLEX|{at:%Y-%m-%d %H:%M:%S}|1600/2/K/A|00.000|001000123|ALN|{text}"
        made.append((f"noise {n}" if n % 17 == 0 else page).encode() + b"\n")
    return made


def written(folder: Path) -> list[tuple[str, int] | None]:
    """What lies in the outbox: event id and revision, None for a reject."""
    found = [json.loads(r.payload) for r in unpublished(folder / "outbox.sqlite", Lane.LIVE)]
    return [(e["id"], e["rev"]) if "specversion" in e else None for e in found]


def duplicates(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "outbox.sqlite")) as db:
        return int(db.execute("SELECT sum(n) FROM counter WHERE name = 'duplicate'").fetchone()[0])


def undisturbed(folder: Path) -> None:
    folder.mkdir()
    (folder / FILE).write_bytes(b"".join(lines()))
    source = receiver(folder)
    with closing(open_outbox(folder, source)) as outbox:
        while read_on(outbox, source):
            pass


class Receiver:
    """Writes the lines in pieces that end anywhere."""

    def __init__(self, folder: Path, draws: random.Random) -> None:
        self._folder = folder
        self._draws = draws
        self._rest = b"".join(lines())
        self._file = (folder / FILE).open("ab", buffering=0)

    @property
    def wrote_all(self) -> bool:
        return not self._rest

    def write(self, most: int = 900) -> None:
        size = self._draws.randint(1, most)
        piece, self._rest = self._rest[:size], self._rest[size:]
        self._file.write(piece)

    def rotate(self, number: int) -> None:
        """Move the file away in the middle of a line, of which the end is written to the old one."""
        self.write()
        (self._folder / FILE).rename(self._folder / f"{FILE}.{number}")
        end = self._rest.index(b"\n") + 1
        self._file.write(self._rest[:end])
        self._rest = self._rest[end:]
        self._file.close()
        self._file = (self._folder / FILE).open("ab", buffering=0)

    def close(self) -> None:
        self._file.close()


@contextmanager
def reading(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that reads, killed at the end of the block."""
    command = [sys.executable, "-m", "tests.ingest.p2000.reading_process", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"started\n"
        try:
            yield process
        finally:
            process.kill()


def is_read(folder: Path, file: Path) -> bool:
    """Whether the reader's place is in this file."""
    with closing(sqlite3.connect(folder / "outbox.sqlite")) as db:
        (cursor,) = db.execute("SELECT cursor FROM feed").fetchone()
    return bool(cursor) and json.loads(cursor)["mark"]["inode"] == file.stat().st_ino


def test_sigkill_at_any_moment_loses_and_doubles_no_page_of_a_growing_file(tmp_path: Path) -> None:
    undisturbed(tmp_path / "undisturbed")
    wanted = written(tmp_path / "undisturbed")
    assert None in wanted
    assert max(entry[1] for entry in wanted if entry) > 1
    folder = tmp_path / "killed"
    folder.mkdir()
    draws = random.Random(SEED)
    receiving = Receiver(folder, draws)
    for life in range(LIVES):
        with reading(folder) as process:
            if life in ROTATED_IN:
                wait_until(lambda: is_read(folder, folder / FILE), 60, "the file to be read")
                receiving.rotate(life)
            for _ in range(draws.randint(1, 4)):
                receiving.write()
                with pytest.raises(subprocess.TimeoutExpired):
                    process.wait(draws.uniform(0.001, 0.03))
        receiving.write()
    while not receiving.wrote_all:
        receiving.write()
    receiving.close()
    with reading(folder):
        wait_until(lambda: len(written(folder)) >= len(wanted), 60, "every page to be read")
    assert written(folder) == wanted
    assert duplicates(folder) == duplicates(tmp_path / "undisturbed")
