"""The soak says what is amiss, and nothing when nothing is."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.soak import faults


def row(**values: Any) -> dict[str, Any]:
    well = {
        "received": 100,
        "in_flight": 0,
        "restarts": 0,
        "most_active_parts": 20,
        "memory": {"streams": 100, "broker": 30},
    }
    return well | values


def test_a_good_run_has_no_faults() -> None:
    assert faults([row(), row(memory={"streams": 120, "broker": 70})], written=100) == []


@pytest.mark.parametrize(
    ("last", "says"),
    [
        (row(in_flight=1), "1 in flight"),
        (row(in_flight=None), "None in flight"),
        (row(received=99), "99 received"),
        (row(restarts=2), "restarted 2 times"),
        (row(memory={"streams": 200, "broker": 30}), "streams grew from 100 to 200 MiB"),
    ],
)
def test_each_fault_is_told(last: dict[str, Any], says: str) -> None:
    (fault,) = faults([row(), last], written=100)
    assert says in fault


def test_parts_are_watched_all_the_time() -> None:
    (fault,) = faults([row(most_active_parts=999), row()], written=100)
    assert "999 active parts" in fault
