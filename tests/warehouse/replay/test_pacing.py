"""A replay slows down when live events are late, and speeds up again by and by."""

from __future__ import annotations

from typing import Any

from warehouse.replay.pacing import Limits, Pace, Pressure


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Warehouse:
    """Answers with batches of history, live batches, and the age of the oldest of those."""

    answer: tuple[int, int, int] = (0, 0, 0)
    asked = 0

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        assert "dirty_done" in statement
        self.asked += 1
        return [self.answer]


LIMITS = Limits(window=8_000, least_window=1_000, backlog=2, live_seconds=1.0)


def looks(pressure: Pressure, clock: Clock, times: int) -> list[int]:
    found = []
    for _ in range(times):
        found.append(pressure())
        clock.now += 0.5
    return found


def test_the_window_grows_to_its_bound_while_nobody_waits() -> None:
    clock = Clock()
    found = looks(Pressure(Warehouse(), LIMITS, clock), clock, 10)
    assert found[:4] == [1_000, 2_000, 3_000, 4_000]
    assert found[-1] == 8_000


def test_it_halves_and_holds_while_live_events_are_late() -> None:
    clock, warehouse = Clock(), Warehouse()
    pressure = Pressure(warehouse, LIMITS, clock)
    looks(pressure, clock, 10)
    warehouse.answer = (0, 3, 1_500)
    assert looks(pressure, clock, 2) == [0, 0]
    warehouse.answer = (0, 3, 400)
    assert looks(pressure, clock, 2) == [3_000, 4_000]


def test_it_never_falls_below_the_least() -> None:
    clock, warehouse = Clock(), Warehouse()
    pressure = Pressure(warehouse, LIMITS, clock)
    warehouse.answer = (0, 1, 60_000)
    looks(pressure, clock, 30)
    warehouse.answer = (0, 0, 0)
    assert pressure() == 2_000


def test_a_backlog_of_cells_holds_it_without_narrowing_the_window() -> None:
    clock, warehouse = Clock(), Warehouse()
    pressure = Pressure(warehouse, LIMITS, clock)
    looks(pressure, clock, 4)
    warehouse.answer = (3, 0, 0)
    assert looks(pressure, clock, 1) == [0]
    warehouse.answer = (2, 0, 0)
    assert looks(pressure, clock, 1) == [6_000]


def test_it_asks_at_most_twice_a_second() -> None:
    clock, warehouse = Clock(), Warehouse()
    pressure = Pressure(warehouse, LIMITS, clock)
    for _ in range(100):
        pressure()
        clock.now += 0.01
    assert warehouse.asked == 2


def test_the_rate_is_kept() -> None:
    clock = Clock()
    pace = Pace(100.0, clock)
    assert pace.delay() == 0
    pace.sent(50)
    assert round(pace.delay(), 6) == 0.5
    clock.now += 0.5
    assert pace.delay() == 0
    clock.now += 10  # time that was not used is not caught up with
    pace.sent(100)
    assert round(pace.delay(), 6) == 1.0


def test_without_a_rate_there_is_no_delay() -> None:
    pace = Pace(None, Clock())
    pace.sent(10**9)
    assert pace.delay() == 0
