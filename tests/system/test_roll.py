"""The embedded broker outgrows its memory again and again, and nobody can tell from the counts."""

from __future__ import annotations

from collections.abc import Callable
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


class Receiver:
    """A file that a receiver writes portions of lines to."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.file.touch()
        self.received = 0

    def feed_until(self, running: RunningWijkbeeld, enough: Callable[[], bool]) -> None:
        """Write portions, each when the one before is received, until it is enough."""
        portion = self.file.with_suffix(".portion")
        for _ in range(PORTIONS):
            write_lines(portion, LINES, seed=self.received // LINES)
            with self.file.open("a") as lines:
                lines.write(portion.read_text())
            self.received += LINES
            wait_until(lambda: _received(running) >= self.received or enough(), 300, "the lines")
            if enough():
                return
        raise AssertionError(f"{PORTIONS} portions are not enough; up printed:\n{running.output}")


def _received(running: RunningWijkbeeld) -> int:
    return int(running.status().get("totals", {}).get("received") or 0)


def test_rolls_and_deaths_during_rolls_change_nothing(tmp_path: Path) -> None:
    receiver = Receiver(tmp_path / "lines.txt")
    source = f"p2000={receiver.file}"
    with RunningWijkbeeld(tmp_path / "rolled", "--source", source, env=LEAST) as running:
        receiver.feed_until(running, lambda: running.rolls() >= 1)
        assert _page_answers(running)
        assert all(part["restarts"] == 0 for part in running.parts().values())
        # A roll whose new broker dies is begun anew; one in which ingest dies goes on.
        for victim in ("broker", "ingest"):
            begun, broker = running.output.count("rolling it"), running.parts()["broker"]["pid"]
            receiver.feed_until(running, lambda n=begun: running.output.count("rolling it") > n)  # type: ignore[misc]  # mypy cannot type a default in a lambda
            wait_until(lambda old=broker: running.parts()["broker"]["pid"] != old, 60, "the next broker")  # type: ignore[misc]  # as above
            running.kill_part(victim)
        wait_until(
            lambda: running.rolls() >= ROLLS, 120, f"{ROLLS} rolls; up printed:\n{running.output}"
        )
        rolled = everything_stored(running, receiver.received), running.sql(CELLS)

    with RunningWijkbeeld(tmp_path / "calm", "--source", source) as running:
        assert (everything_stored(running, receiver.received), running.sql(CELLS)) == rolled
        assert running.rolls() == 0
