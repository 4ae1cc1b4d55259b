"""kill -9 of any part, at any time: cells and counts are those of a run in peace, audits are clean."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.waiting import wait_until
from tests.system.archives import write_lines
from tests.system.audits import CLEAN, audited, audited_clean
from tests.system.replays import CELLS, everything_stored
from tests.system.running import COUNTS, RunningWijkbeeld

pytestmark = [pytest.mark.integration, pytest.mark.timeout(1200)]

LINES = 4_000
PARTS = ("broker", "warehouse", "ingest", "streams", "loader", "recompute", "page")
WHOLE = ("everything", "supervisor")


@dataclass(frozen=True)
class Peace:
    """The lines of a run, and what comes of them when nothing dies."""

    lines: list[str]
    counts: dict[str, int]
    cells: str


@pytest.fixture(scope="module")
def peace(tmp_path_factory: pytest.TempPathFactory) -> Peace:
    folder = tmp_path_factory.mktemp("peace")
    file = folder / "lines.txt"
    write_lines(file, LINES, seed=7)
    with RunningWijkbeeld(folder / "data", "--source", f"p2000={file}") as running:
        counts = everything_stored(running, LINES)
        return Peace(file.read_text().splitlines(keepends=True), counts, running.sql(CELLS))


class Reaper:
    """Kills parts of a running Wijkbeeld while lines come in.

    Args:
        seed: decides what dies, and after what.
    """

    def __init__(self, running: RunningWijkbeeld, seed: int) -> None:
        self._running = running
        self._dice = random.Random(seed)

    def orders(self, kills: int) -> Iterator[str]:
        """Yield what is to die: parts mostly, everything at once in between."""
        for number in range(kills):
            yield self._dice.choice(WHOLE if number % 7 == 5 else PARTS)

    def kill(self, what: str, lines: int) -> None:
        """Wait for a moment that the seed chooses, of ``lines`` that there are to read, and kill."""
        self._wait_for_a_moment(lines)
        if what == "everything":
            self._running.kill_all()
            self._running.start()
        elif what == "supervisor":
            self._running.kill_supervisor()
            self._running.start()
        else:
            wait_until(
                lambda: self._killed(what), 120, f"a {what} to kill; {self._running.output[-1500:]}"
            )

    def _wait_for_a_moment(self, lines: int) -> None:
        """Wait until a part of the lines was received, or came to its end, or not at all."""
        word, enough = self._dice.choice(("", "received", "at its end")), self._dice.random() * lines
        if word:
            wait_until(lambda: self._total(word) >= enough, 120, f"{enough:.0f} lines to be {word}")

    def _total(self, word: str) -> int:
        totals = self._running.status().get("totals", {})
        received = int(totals.get("received") or 0)
        return received if word == "received" else received - int(totals.get("in_flight") or 0)

    def _killed(self, part: str) -> bool:
        pid = self._running.parts().get(part, {}).get("pid")
        if not pid:
            return False
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True


def survives(tmp_path: Path, peace: Peace, kills: int, seed: int) -> None:
    """Kill so many times while the lines of ``peace`` come in, audit half way, and compare."""
    growing = tmp_path / "growing.txt"
    growing.touch()
    with RunningWijkbeeld(tmp_path / "data", "--source", f"p2000={growing}") as running:
        reaper = Reaper(running, seed)
        share = LINES // kills
        for number, what in enumerate(reaper.orders(kills)):
            end = LINES if number == kills - 1 else (number + 1) * share
            with growing.open("a") as lines:
                lines.writelines(peace.lines[number * share : end])
            reaper.kill(what, end)
            if number == kills // 2:
                audited_clean(running)
        assert everything_stored(running, LINES) == peace.counts
        assert running.sql(CELLS) == peace.cells
        status, report = audited(running)
        assert (status, report["verdict"], report["loss"]) == (CLEAN, "clean", "none"), report
        days = report["sources"]["p2000"]["days"].values()
        assert sum(day["received"] for day in days) == LINES
        assert set(peace.counts) == set(COUNTS)


def test_six_random_kills_change_nothing(tmp_path: Path, peace: Peace) -> None:
    survives(tmp_path, peace, kills=6, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_twenty_random_kills_change_nothing(tmp_path: Path, peace: Peace, seed: int) -> None:
    survives(tmp_path, peace, kills=20, seed=seed)
