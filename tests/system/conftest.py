"""What the system tests compare with, and what they disturb."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.waiting import wait_until
from tests.system.replays import CELLS, MESSAGES, archive, received, settled
from tests.system.running import RunningWijkbeeld


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, int], str]:
    """Counts and cells of a replay that nothing disturbs, in a time zone of the archive's own."""
    with RunningWijkbeeld(tmp_path_factory.mktemp("calm") / "data", "--source", archive()) as running:
        counts = settled(running)
        return counts, running.sql(CELLS)


@pytest.fixture
def in_the_middle(tmp_path: Path) -> Iterator[RunningWijkbeeld]:
    """A replay of four months in a minute, with some messages in and most still to come."""
    with RunningWijkbeeld(tmp_path / "data", "--source", archive(), "--speed", "200000") as running:
        wait_until(lambda: 60 < received(running) < MESSAGES - 60, 60, "the middle of the replay")
        yield running
