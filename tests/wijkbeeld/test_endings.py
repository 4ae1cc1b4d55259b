from __future__ import annotations

from domain.vitals import Drained
from wijkbeeld.health.monitor import EXIT_STALLED
from wijkbeeld.supervisor.endings import drain_line, how_it_ended

CLEAN = dict.fromkeys(("ingest", "streams", "loader", "recompute"), Drained(0))


def test_a_clean_drain_is_one_line() -> None:
    assert drain_line({**CLEAN, "page": None, "broker": None}) == "in flight 0, committed = flushed"


def test_what_is_left_is_told_per_part() -> None:
    drains = {**CLEAN, "streams": Drained(3, 2), "loader": Drained(0, 1), "recompute": None}
    assert drain_line(drains) == (
        "streams in flight 3, 2 partitions not committed; "
        "loader in flight 0, 1 partitions not committed; recompute was ended without a drain"
    )


def test_a_part_that_never_ran_left_nothing() -> None:
    assert drain_line({}) == "in flight 0, committed = flushed"


def test_a_stall_is_told_from_other_ends() -> None:
    assert "stood still" in how_it_ended(EXIT_STALLED)
    assert how_it_ended(-9) == "ended with status -9"
