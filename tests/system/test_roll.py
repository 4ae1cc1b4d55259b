"""The embedded broker outgrows its memory again and again, and nobody can tell from the counts."""

from __future__ import annotations

from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.support.waiting import wait_until
from tests.system.archives import write_lines
from tests.system.running import COUNTS, RunningWijkbeeld

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

CELLS = "SELECT wijk, theme, hour, n FROM cell FINAL WHERE n > 0 ORDER BY ALL"
LEAST = {"WIJKBEELD_BROKER_BYTES": "20MiB"}
LINES, PORTIONS, ROLLS = 4_000, 12, 2


def everything_stored(running: RunningWijkbeeld, received: int) -> dict[str, int]:
    """Wait until so many records are received and none is in flight; return the counts."""

    def done() -> dict[str, int]:
        status = running.status()
        totals = status.get("totals", {})
        if totals.get("received") != received or totals["in_flight"] != 0:
            return {}
        return {} if status["lag"]["dirty_batches"] else {word: totals[word] for word in COUNTS}

    return wait_until(done, 300, f"the counts to come out; up printed:\n{running.output[-1500:]}")


def _page_answers(running: RunningWijkbeeld) -> bool:
    with urlopen(running.page) as answer:
        return bool(answer.status == 200)


def test_a_broker_that_is_rolled_twice_changes_nothing(tmp_path: Path) -> None:
    lines, portion = tmp_path / "lines.txt", tmp_path / "portion.txt"
    lines.touch()
    received = 0
    with RunningWijkbeeld(tmp_path / "rolled", "--source", f"p2000={lines}", env=LEAST) as running:
        for seed in range(PORTIONS):
            write_lines(portion, LINES, seed=seed)
            with lines.open("a") as receiver:
                receiver.write(portion.read_text())
            received += LINES
            everything_stored(running, received)
            assert _page_answers(running)
            if running.rolls() >= ROLLS:
                break
        assert running.rolls() >= ROLLS, running.output
        assert running.output.count("rolling it") >= ROLLS
        rolled = everything_stored(running, received), running.sql(CELLS)
        assert all(part["restarts"] == 0 for part in running.parts().values())

    with RunningWijkbeeld(tmp_path / "calm", "--source", f"p2000={lines}") as running:
        assert (everything_stored(running, received), running.sql(CELLS)) == rolled
        assert running.rolls() == 0
