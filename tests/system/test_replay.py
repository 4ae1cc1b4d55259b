"""Messages from a file to counts that come out, undisturbed and through every kind of death."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.support.waiting import wait_until
from tests.system.archives import write_lines
from tests.system.replays import (
    CELLS,
    MESSAGES,
    archive,
    everything_stored,
    received,
    settled,
)
from tests.system.running import RunningWijkbeeld, gone

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]


def test_every_real_message_is_accounted_for(undisturbed: tuple[dict[str, int], str]) -> None:
    counts, cells = undisturbed

    accounted = counts["stored"] + counts["superseded"] + counts["duplicate"] + counts["rejected"]
    assert counts["received"] == MESSAGES == accounted
    assert counts["in_flight"] == 0
    assert counts["stored"] >= 550
    assert 0 < counts["unplaced"] < counts["stored"]
    assert cells.count("\n") > 100


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
    with RunningWijkbeeld(tmp_path / "data", "--source", archive()) as running:
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
            before = received(running)
            # Readers that stood still find more than one fetch can bring; then the broker goes.
            with running.frozen("streams", "loader"), growing.open("a") as lines:
                lines.write(part.read_text())
                lines.flush()
                wait_until(lambda before=before: received(running) >= before + LINES, 120, "the lines")  # type: ignore[misc]  # mypy cannot type a default in a lambda
                assert _in_flight(running) > 4_000
            running.kill_part("broker")

        assert everything_stored(running, 2 * LINES) == calm[0]
        assert running.sql(CELLS) == calm[1]


def _in_flight(running: RunningWijkbeeld) -> int:
    return int(running.status().get("totals", {}).get("in_flight") or 0)
