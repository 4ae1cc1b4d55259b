"""Each part killed in the middle of a replay, twice: the same cells and counts as undisturbed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.waiting import wait_until
from tests.system.replays import CELLS, MESSAGES, received, settled
from tests.system.running import RunningWijkbeeld

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

PARTS = ("broker", "warehouse", "ingest", "streams", "loader", "recompute")


@pytest.mark.parametrize("part", PARTS)
def test_a_killed_part_changes_nothing(
    part: str, in_the_middle: RunningWijkbeeld, undisturbed: tuple[dict[str, int], str]
) -> None:
    in_the_middle.kill_part(part)
    wait_until(advanced(in_the_middle, 60), 60, "the replay to go on")
    in_the_middle.kill_part(part)

    assert settled(in_the_middle) == undisturbed[0]
    assert in_the_middle.sql(CELLS) == undisturbed[1]


def advanced(running: RunningWijkbeeld, by: int) -> Callable[[], bool]:
    target = min(received(running) + by, MESSAGES)
    return lambda: received(running) >= target
