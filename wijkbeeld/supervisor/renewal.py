"""Parts that work with older area and street tables are drained and started again with the new ones.

Streams workers in turn: the next is asked to end when the one before works again. So some always work,
and the embedded broker's group is never left by all at once, which it does not survive
(``docs/adr/0018-workers-are-renewed-in-turn.md``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from wijkbeeld.supervisor.child import Child
from wijkbeeld.supervisor.plan import PAGE, Plan

GEO_V, AREAS = "WIJKBEELD_GEO_V", "WIJKBEELD_AREAS"


class Renewal:
    """Keeps the parts on the tables of the plan.

    Args:
        seconds: time that a part has to end by itself.
        monotonic: seconds of a clock that never steps back.
    """

    def __init__(self, seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._leaving: dict[Child, float] = {}

    def look(self, plan: Plan, children: Mapping[str, Child]) -> list[str]:
        """Ask one that works with older tables to end; return the names of those asked just now."""
        self._leaving = {each: at for each, at in self._leaving.items() if each in children.values()}
        asked = []
        for name in (*plan.streams, PAGE):
            child = children.get(name)
            if child is None or not _is_behind(child, name, plan):
                continue
            if child in self._leaving:
                if self._monotonic() > self._leaving[child]:
                    child.end_now()
            elif name == PAGE or self._all_work(plan, children):
                self._leaving[child] = self._monotonic() + self._seconds
                child.terminate()
                asked.append(name)
        return asked

    def _all_work(self, plan: Plan, children: Mapping[str, Child]) -> bool:
        workers = [children.get(name) for name in plan.streams]
        return all(each is not None and each.ready and each not in self._leaving for each in workers)

    def is_leaving(self, child: Child) -> bool:
        """Tell whether a part was asked to end, so that its end is not a death."""
        return child in self._leaving


def tables_in_use(plan: Plan, children: Mapping[str, Child]) -> int | None:
    """Return the plan's version when all streams workers run with it, else None."""
    workers = [children.get(name) for name in plan.streams]
    ready = all(worker is not None and worker.ready for worker in workers)
    versions = {worker.spec.env.get(GEO_V) for worker in workers if worker is not None}
    return plan.geo_v if ready and versions == {str(plan.geo_v)} else None


def _is_behind(child: Child, name: str, plan: Plan) -> bool:
    if name == PAGE:
        areas = plan.settings.areas
        return child.spec.env.get(AREAS) != (None if areas is None else str(areas))
    return child.spec.env.get(GEO_V) != str(plan.geo_v)
