from __future__ import annotations

import os
from typing import Any, cast

import pytest

from domain.errors import SettingsError
from domain.topics import PARTITIONS
from wijkbeeld.supervisor.plan import instance_names, part_of, require_workers
from wijkbeeld.supervisor.processes import resident_bytes
from wijkbeeld.supervisor.rolling import (
    LEAST_BROKER_BYTES,
    SHORTEST_LIFE_SECONDS,
    BrokerBudget,
    Farewell,
    Roll,
    require_budget,
    unconfirmed_bytes,
)

MIB = 2**20


class Machine:
    """A broker's memory and a clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0
        self.memory = 0
        self.looks = 0
        self.budget = BrokerBudget(100, self.memory_of, lambda: self.now)

    def memory_of(self, _pid: int) -> int:
        self.looks += 1
        return self.memory


def test_a_broker_above_its_budget_is_told_with_its_size() -> None:
    machine = Machine()
    machine.memory = 100
    assert machine.budget.exceeded(1, 60) is None
    machine.now, machine.memory = 2.0, 101
    assert machine.budget.exceeded(1, 60) == 101


def test_it_looks_once_a_second_and_leaves_a_young_broker_alone() -> None:
    machine = Machine()
    machine.memory = 500
    assert machine.budget.exceeded(1, SHORTEST_LIFE_SECONDS / 2) is None
    assert machine.looks == 0
    for tick in range(31):
        machine.now = tick / 10
        machine.budget.exceeded(1, 60)
    assert machine.looks == 4


def test_memory_is_that_of_the_process() -> None:
    assert resident_bytes(os.getpid()) > MIB
    assert resident_bytes(2**22 + 1) == 0


@pytest.mark.parametrize("budget", [LEAST_BROKER_BYTES, 64 * MIB, 512 * MIB])
def test_what_a_new_broker_gets_at_once_leaves_most_of_its_budget(budget: int) -> None:
    both_lanes = 2 * unconfirmed_bytes(budget)
    # Raw records, and what became of them, uncompressed: still no roll.
    assert 0 < 16 * MIB + 2 * both_lanes < budget


def test_a_budget_that_no_broker_can_keep_is_refused() -> None:
    require_budget(LEAST_BROKER_BYTES)
    with pytest.raises(SettingsError, match="WIJKBEELD_BROKER_BYTES"):
        require_budget(LEAST_BROKER_BYTES - 1)


class Part:
    """A child that ends when it is told to, or only when it is killed."""

    def __init__(self, log: list[str], name: str, *, obeys: bool = True) -> None:
        self._log, self._name, self._obeys = log, name, obeys
        self._gone = False

    def terminate(self) -> None:
        self._log.append(f"ask {self._name}")
        self._gone = self._obeys

    def poll(self) -> int | None:
        return 0 if self._gone else None

    def kill(self) -> None:
        self._log.append(f"end {self._name}")


def test_old_parts_end_group_after_group_and_the_stubborn_one_has_its_time() -> None:
    log: list[str] = []
    machine = Machine()
    groups = [
        [Part(log, "streams"), Part(log, "streams-2", obeys=False)],
        [Part(log, "loader")],
    ]
    farewell = Farewell(cast(Any, groups), 2.5, lambda: machine.now)
    assert not farewell.go_on()
    machine.now = 2.4
    assert not farewell.go_on()
    assert log == ["ask streams", "ask streams-2"]
    machine.now = 2.5
    assert farewell.go_on()
    assert log[2:] == ["end streams", "end streams-2", "ask loader", "end loader"]
    assert farewell.go_on()


def test_a_roll_that_is_given_up_ends_what_is_left_of_the_old_life() -> None:
    log: list[str] = []
    old = Farewell(cast(Any, [[Part(log, "streams")], [Part(log, "broker")]]), 1.0)
    roll = Roll(old, 0.0, ingest=Farewell(cast(Any, [[Part(log, "ingest")]]), 1.0))
    roll.end_now()
    assert sorted(log) == ["end broker", "end ingest", "end streams"]
    assert old.go_on()


def test_workers_have_names_of_their_own() -> None:
    assert instance_names("streams", 3) == ("streams", "streams-2", "streams-3")
    assert {part_of(name) for name in instance_names("loader", 4)} == {"loader"}


@pytest.mark.parametrize("number", [0, PARTITIONS + 1])
def test_more_workers_than_partitions_are_refused(number: int) -> None:
    require_workers(PARTITIONS)
    with pytest.raises(SettingsError, match=f"choose 1 to {PARTITIONS}"):
        require_workers(number)
