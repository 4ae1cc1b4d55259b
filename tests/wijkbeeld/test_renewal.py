"""Parts with older tables are asked to end, and only those."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.waiting import wait_until
from wijkbeeld.datadir import DataDir
from wijkbeeld.settings import Settings
from wijkbeeld.supervisor.child import Child, ChildSpec
from wijkbeeld.supervisor.plan import PAGE, Plan
from wijkbeeld.supervisor.renewal import AREAS, GEO_V, Renewal, tables_in_use

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1); time.sleep(600)"


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(Settings(workers=2), DataDir(tmp_path), 1, (), ("p2000",), 1, 2, ("wijkteam",))


class Nursery:
    """Starts children that do nothing."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack

    def start(self, name: str, program: str = "import time; time.sleep(600)", **env: str) -> Child:
        """Start one that works."""
        return self._start(name, program, env, reports=False)

    def start_idle(self, name: str, **env: str) -> Child:
        """Start one that does not say that it works."""
        return self._start(name, "import time; time.sleep(600)", env, reports=True)

    def _start(self, name: str, program: str, env: dict[str, str], *, reports: bool) -> Child:
        argv = (sys.executable, "-uc", program)
        child = Child(ChildSpec(name, argv, os.environ | env, self._folder / name, reports=reports))
        self._stack.callback(child.kill)
        return child


@pytest.fixture
def nursery(tmp_path: Path) -> Iterator[Nursery]:
    with ExitStack() as stack:
        yield Nursery(tmp_path, stack)


def ended(child: Child) -> None:
    wait_until(lambda: child.poll() is not None, 60, "its end")


def test_workers_with_older_tables_are_asked_once_and_in_turn(plan: Plan, nursery: Nursery) -> None:
    children = {name: nursery.start(name, **{GEO_V: "1"}) for name in plan.streams}
    children["loader"] = nursery.start("loader", **{GEO_V: "1"})
    renewal, newer = Renewal(60), replace(plan, geo_v=2)
    assert renewal.look(plan, children) == []
    assert tables_in_use(plan, children) == 1

    assert renewal.look(newer, children) == ["streams"]
    assert renewal.look(newer, children) == []
    assert tables_in_use(newer, children) is None
    ended(children["streams"])
    assert renewal.is_leaving(children["streams"])
    del children["streams"]
    assert renewal.look(newer, children) == [], "nobody works in its place"
    children["streams"] = nursery.start_idle("streams", **{GEO_V: "2"})
    assert renewal.look(newer, children) == [], "it does not work yet"
    assert not renewal.is_leaving(children["streams"]), "its own death would be one"

    children["streams"] = nursery.start("streams", **{GEO_V: "2"})
    assert renewal.look(newer, children) == ["streams-2"]
    ended(children["streams-2"])
    assert not renewal.is_leaving(children["loader"])
    assert tables_in_use(newer, children) is None
    children["streams-2"] = nursery.start("streams-2", **{GEO_V: "2"})
    assert renewal.look(newer, children) == []
    assert tables_in_use(newer, children) == 2


def test_one_that_does_not_work_yet_is_not_asked(plan: Plan, nursery: Nursery) -> None:
    children = {name: nursery.start_idle(name, **{GEO_V: "1"}) for name in plan.streams}
    renewal, newer = Renewal(60), replace(plan, geo_v=2)
    assert renewal.look(newer, children) == []
    children = {name: nursery.start(name, **{GEO_V: "1"}) for name in plan.streams}
    assert renewal.look(newer, children) == ["streams"]


def test_one_that_does_not_end_in_time_is_ended(plan: Plan, nursery: Nursery, tmp_path: Path) -> None:
    child = nursery.start("streams", DEAF, **{GEO_V: "1"})
    children = {"streams": child, "streams-2": nursery.start("streams-2", **{GEO_V: "1"})}
    wait_until(lambda: (tmp_path / "streams").read_text() == "1\n", 60, "deafness")
    now = [0.0]
    renewal, newer = Renewal(2.5, lambda: now[0]), replace(plan, geo_v=2)

    renewal.look(newer, children)
    now[0] = 2.0
    renewal.look(newer, children)
    assert child.poll() is None
    now[0] = 3.0
    renewal.look(newer, children)
    wait_until(lambda: child.poll() == -9, 60, "its end")


def test_the_page_draws_new_areas_and_does_not_mind_streets(plan: Plan, nursery: Nursery) -> None:
    page = {PAGE: nursery.start(PAGE)}
    newer = replace(plan, geo_v=2)
    assert Renewal(60).look(newer, page) == []
    areas = newer.settings.model_copy(update={"areas": Path("areas-2.geojson")})
    newer = replace(newer, settings=areas)
    assert Renewal(60).look(newer, page) == [PAGE]
    page = {PAGE: nursery.start(PAGE, **{AREAS: "areas-2.geojson"})}
    assert Renewal(60).look(newer, page) == []
