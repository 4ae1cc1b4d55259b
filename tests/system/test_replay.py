"""Messages from a file to counts that come out, undisturbed and through every kind of death."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.shared_data import shared_file
from tests.support.waiting import wait_until
from tests.system.archives import write_lines
from tests.system.running import COUNTS, RunningWijkbeeld, gone

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

MESSAGES = 642
CELLS = "SELECT wijk, theme, hour, n FROM cell FINAL WHERE n > 0 ORDER BY ALL"
PARTS = ("broker", "warehouse", "ingest", "streams", "loader", "recompute")


def _archive() -> str:
    return f"p2000={shared_file('p2000/nijmegen_subset.csv')}"


def settled(running: RunningWijkbeeld) -> dict[str, int]:
    """Wait until the archive is read and every message is accounted for; return the counts."""

    def done() -> dict[str, int]:
        status = running.status()
        source = status.get("sources", {}).get("p2000", {})
        if (
            not source
            or source["feeds"]["live"]["state"] != "done"
            or status["totals"]["in_flight"] != 0
        ):
            return {}
        if not status["lag"] or status["lag"]["dirty_batches"] != 0:
            return {}
        return {word: status["totals"][word] for word in COUNTS}

    return wait_until(done, 180, f"the counts to come out; up printed:\n{running.output[-1500:]}")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, int], str]:
    """Counts and cells of a replay that nothing disturbs, in a time zone of the archive's own."""
    with RunningWijkbeeld(tmp_path_factory.mktemp("calm") / "data", "--source", _archive()) as running:
        counts = settled(running)
        return counts, running.sql(CELLS)


def test_every_real_message_is_accounted_for(undisturbed: tuple[dict[str, int], str]) -> None:
    counts, cells = undisturbed

    accounted = counts["stored"] + counts["superseded"] + counts["duplicate"] + counts["rejected"]
    assert counts["received"] == MESSAGES == accounted
    assert counts["in_flight"] == 0
    assert counts["stored"] >= 550
    assert 0 < counts["unplaced"] < counts["stored"]
    assert cells.count("\n") > 100


@pytest.fixture
def in_the_middle(tmp_path: Path) -> Iterator[RunningWijkbeeld]:
    """A replay of four months in a minute, with some messages in and most still to come."""
    with RunningWijkbeeld(tmp_path / "data", "--source", _archive(), "--speed", "200000") as running:
        wait_until(lambda: 60 < _received(running) < MESSAGES - 60, 60, "the middle of the replay")
        yield running


def _received(running: RunningWijkbeeld) -> int:
    return int(running.status().get("totals", {}).get("received") or 0)


def _advanced(running: RunningWijkbeeld, by: int) -> Callable[[], bool]:
    target = min(_received(running) + by, MESSAGES)
    return lambda: _received(running) >= target


@pytest.mark.parametrize("part", PARTS)
def test_a_killed_part_changes_nothing(
    part: str, in_the_middle: RunningWijkbeeld, undisturbed: tuple[dict[str, int], str]
) -> None:
    in_the_middle.kill_part(part)
    wait_until(_advanced(in_the_middle, 60), 60, "the replay to go on")
    in_the_middle.kill_part(part)

    assert settled(in_the_middle) == undisturbed[0]
    assert in_the_middle.sql(CELLS) == undisturbed[1]


def test_killing_everything_at_once_changes_nothing(
    in_the_middle: RunningWijkbeeld, undisturbed: tuple[dict[str, int], str]
) -> None:
    in_the_middle.kill_all()
    in_the_middle.start()

    assert settled(in_the_middle) == undisturbed[0]
    assert in_the_middle.sql(CELLS) == undisturbed[1]


def test_the_parts_of_a_killed_supervisor_end_by_themselves(
    in_the_middle: RunningWijkbeeld, undisturbed: tuple[dict[str, int], str]
) -> None:
    in_the_middle.kill_supervisor()
    in_the_middle.start()

    assert settled(in_the_middle) == undisturbed[0]
    assert in_the_middle.sql(CELLS) == undisturbed[1]


def test_a_second_start_continues(tmp_path: Path, undisturbed: tuple[dict[str, int], str]) -> None:
    with RunningWijkbeeld(tmp_path / "data", "--source", _archive()) as running:
        settled(running)
        family = running.family()
        started = time.monotonic()
        assert running.interrupt(timeout=15) == 0
        assert time.monotonic() - started < 10.5  # the promise is 10 s; the rest is for a busy machine
        gone(family)
        running.start()

        assert settled(running) == undisturbed[0]
        assert running.sql(CELLS) == undisturbed[1]


LINES = 6_000


def test_a_broker_killed_while_fetches_are_outstanding_changes_nothing(tmp_path: Path) -> None:
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    write_lines(first, LINES, seed=1)
    write_lines(second, LINES, seed=2)
    whole = tmp_path / "whole.txt"
    whole.write_text(first.read_text() + second.read_text())

    with RunningWijkbeeld(tmp_path / "calm", "--source", f"p2000={whole}") as running:
        calm = everything_stored(running, 2 * LINES), running.sql(CELLS)

    growing = tmp_path / "growing.txt"
    growing.touch()
    with RunningWijkbeeld(tmp_path / "stormy", "--source", f"p2000={growing}") as running:
        for part in (first, second):
            before = _received(running)
            # Readers that stood still find more than one fetch can bring; then the broker goes.
            with running.frozen("streams", "loader"), growing.open("a") as lines:
                lines.write(part.read_text())
                lines.flush()
                wait_until(lambda before=before: _received(running) >= before + LINES, 120, "the lines")  # type: ignore[misc]  # mypy cannot type a default in a lambda
                assert _in_flight(running) > 4_000
            running.kill_part("broker")

        assert everything_stored(running, 2 * LINES) == calm[0]
        assert running.sql(CELLS) == calm[1]


def everything_stored(running: RunningWijkbeeld, received: int) -> dict[str, int]:
    """Wait until so many records are received and none is in flight; return the counts."""

    def done() -> dict[str, int]:
        status = running.status()
        totals = status.get("totals", {})
        if totals.get("received") != received or totals["in_flight"] != 0:
            return {}
        return {} if status["lag"]["dirty_batches"] else {word: totals[word] for word in COUNTS}

    return wait_until(done, 180, f"the counts to come out; up printed:\n{running.output[-1500:]}")


def _in_flight(running: RunningWijkbeeld) -> int:
    return int(running.status().get("totals", {}).get("in_flight") or 0)
