"""Starts the parts, restarts one that died, and ends all of them."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

from domain.errors import SettingsError, Transient
from domain.vitals import Drained
from wijkbeeld.settings import STANDING_INCARNATION
from wijkbeeld.supervisor.backoff import Backoff
from wijkbeeld.supervisor.child import Child, ChildSpec
from wijkbeeld.supervisor.endings import how_it_ended
from wijkbeeld.supervisor.joining import kept_out
from wijkbeeld.supervisor.plan import (
    ARCHIVE,
    BROKER,
    GATEWAY,
    INGEST,
    LOADER,
    PAGE,
    RECOMPUTE,
    STREAMS,
    WAREHOUSE,
    Plan,
    part_of,
)
from wijkbeeld.supervisor.ports import LOOPBACK, free_port
from wijkbeeld.supervisor.renewal import Renewal, tables_in_use
from wijkbeeld.supervisor.rolling import BrokerBudget, Farewell, Roll
from wijkbeeld.supervisor.runfile import RunFile

STOP_SECONDS = 9.0
ORPHAN_STOP_SECONDS = 1.0
BROKER_ANSWER_SECONDS = 15.0
PART_STOP_SECONDS = {
    INGEST: 2.5,
    STREAMS: 2.5,
    LOADER: 2.5,
    RECOMPUTE: 1.5,
    ARCHIVE: 1.5,
    PAGE: 2.0,
    GATEWAY: 2.5,
    BROKER: 0.5,
    WAREHOUSE: 2.5,
}


class Supervisor:
    """The parts of one machine.

    Args:
        plan: what runs.
        run_file: where their states are kept for others.
        prepare_broker: tries once to create the topics on a broker at an address; raises Transient when
            it does not answer yet.
        tell: takes one line for the person who watches.
    """

    def __init__(
        self,
        plan: Plan,
        run_file: RunFile,
        prepare_broker: Callable[[str], None],
        tell: Callable[[str], None],
    ) -> None:
        self._plan = plan
        self._run_file = run_file
        self._prepare_broker = prepare_broker
        self._tell = tell
        self._children: dict[str, Child] = {}
        self._backoff: dict[str, Backoff] = {}
        self._restart_at: dict[str, float] = {}
        self._broker = plan.settings.broker
        self._incarnation = STANDING_INCARNATION
        self._dependents: set[str] = set()
        self._topics_since = 0.0
        self._budget = BrokerBudget(plan.settings.broker_bytes)
        self._roll: Roll | None = None
        self._renewal = Renewal(PART_STOP_SECONDS[STREAMS])
        self.topics_ready = False
        self.drains: dict[str, Drained | None] = {}
        """What each part left behind as it was ended, None where it did not say."""

    def start_warehouse(self) -> None:
        """Start the warehouse, if it is ours."""
        if self._plan.own_warehouse:
            self._start(self._plan.part_child(WAREHOUSE, self._broker, self._incarnation))

    def start_broker(self) -> None:
        """Begin a new life of the embedded broker, or take the given one; ``watch`` makes its topics."""
        self.topics_ready = False
        self._topics_since = time.monotonic()
        if self._plan.own_broker:
            # A port of its own for each life: a client left over from the last one cannot reach the new
            # log and create a topic in it before we do.
            port = free_port()
            self._broker = f"{LOOPBACK}:{port}"
            self._incarnation = uuid.uuid4().hex[:12]
            self._run_file.incarnation = self._incarnation
            self._run_file.broker = self._broker
            self._start(self._plan.broker_child(port))
        else:
            self._run_file.broker = self._broker

    def start_part(self, name: str) -> None:
        """Start a part of ours against the broker's present life."""
        if name in self._plan.needs_broker:
            self._dependents.add(name)
        self._start(self._plan.part_child(name, self._broker, self._incarnation))

    def use(self, plan: Plan) -> None:
        """Go on with a plan that differs in its area and street tables; ``watch`` renews the parts."""
        self._plan = plan
        self._tell(f"new area and street tables (version {plan.geo_v}): streams starts again with them")

    def is_ready(self, name: str) -> bool:
        """Tell whether a part does its work."""
        child = self._children.get(name)
        return child is not None and child.ready

    def watch(self) -> None:
        """Look at every part once: note who became ready, restart who died and has waited long enough.

        Raises:
            SettingsError: a part cannot run before a person changes something.
        """
        for name in list(self._children):
            child = self._children.get(name)
            if child is None:  # it was ended because of one that we looked at before it
                continue
            status = child.poll()
            if self._renewal.is_leaving(child):
                if status is not None:
                    self._renew(name, child)
            elif status is not None:
                self._died(name, child, status)
            elif child.ready and self._run_file.parts[name].state != "running":
                self._run_file.set(name, "running", child.pid, health=child.health)
        now = time.monotonic()
        for name in [name for name, at in self._restart_at.items() if at <= now]:
            del self._restart_at[name]
            self._restart(name)
        if not self.topics_ready and (BROKER in self._children or not self._plan.own_broker):
            self._make_topics()
        self._look_at_tables()
        self._look_at_group()
        if self._roll is None:
            self._roll_if_full()
        else:
            self._go_on_rolling(self._roll)

    def _look_at_tables(self) -> None:
        for name in self._renewal.look(self._plan, self._children):
            self._run_file.set(name, "stopping", self._children[name].pid)
        in_use = tables_in_use(self._plan, self._children) if self._roll is None else None
        if in_use is not None and in_use != self._run_file.geo_v:
            self._run_file.geo_v = in_use
            self._run_file.write()

    def _look_at_group(self) -> None:
        name, broker = kept_out(self._plan, self._children), self._children.get(BROKER)
        if name is not None and broker is not None and self.topics_ready:
            self._tell(f"{name} cannot join its group: the broker starts again, with no groups")
            broker.end_now()

    def _renew(self, name: str, child: Child) -> None:
        child.kill()
        del self._children[name]
        if name not in self._plan.needs_broker or self.topics_ready:
            self.start_part(name)
        # else: it starts with the topics of the broker's next life

    def _roll_if_full(self) -> None:
        plan, broker = self._plan, self._children.get(BROKER)
        if broker is None or not all(self.is_ready(name) for name in plan.needs_broker):
            return
        size = self._budget.exceeded(broker.pid, time.monotonic() - self._topics_since)
        if size is None:
            return
        self._tell(
            f"broker holds {size / 2**20:.0f} MiB, its budget is {self._budget.size / 2**20:.0f} MiB:"
            " rolling it; what is not yet stored is published again"
        )
        groups = [
            [self._children.pop(name) for name in names]
            for names in (plan.streams, plan.loaders, (BROKER,))
        ]
        self._roll = Roll(Farewell(groups, PART_STOP_SECONDS[STREAMS]), time.monotonic())
        self.start_broker()

    def _go_on_rolling(self, roll: Roll) -> None:
        if roll.ingest is None:
            readers = (*self._plan.streams, *self._plan.loaders)
            if not (self.topics_ready and all(self.is_ready(name) for name in readers)):
                return
            roll.ingest, roll.ingest_asked = self._take_leave_of_ingest(), time.monotonic()
        if not roll.ingest.go_on():
            return
        if not roll.handed_over:
            roll.handed_over = True
            self.start_part(INGEST)
        if roll.old.go_on() and self.is_ready(INGEST):
            now = time.monotonic()
            self._roll = None
            self._run_file.rolls += 1
            self._run_file.write()
            self._tell(
                f"broker rolled in {now - roll.began:.1f} s; ingest stood still for"
                f" {now - roll.ingest_asked:.1f} s"
            )

    def _take_leave_of_ingest(self) -> Farewell:
        self._restart_at.pop(INGEST, None)
        ingest = self._children.pop(INGEST, None)
        if ingest is None:
            return Farewell((), 0.0)
        self._run_file.set(INGEST, "stopping", ingest.pid)
        return Farewell(((ingest,),), PART_STOP_SECONDS[INGEST])

    def _make_topics(self) -> None:
        try:
            self._prepare_broker(self._broker)
        except Transient:
            broker = self._children.get(BROKER)
            if broker is not None and time.monotonic() - self._topics_since > BROKER_ANSWER_SECONDS:
                broker.end_now()  # it lives and does not answer; the next look finds it dead
            return
        self.topics_ready = True
        for name in self._plan.needs_broker:
            if name in self._dependents and name not in self._children:
                self.start_part(name)

    def _start(self, spec: ChildSpec) -> None:
        child = Child(spec)
        self._children[spec.name] = child
        self._run_file.set(spec.name, "running" if child.ready else "starting", child.pid)

    def _died(self, name: str, child: Child, status: int) -> None:
        child.kill()
        del self._children[name]
        if child.fatal:
            self._run_file.set(name, "stopped", message=child.fatal)
            raise SettingsError(child.fatal)
        wait = self._backoff.setdefault(name, Backoff()).after(child.uptime)
        how = how_it_ended(status)
        self._run_file.set(name, "restarting", message=how)
        self._tell(f"{name} {how}; starting it again in {wait:.1f} s")
        if name == BROKER:
            # Nothing can be drained into a broker that is gone; what they hold is still in the outbox.
            self._give_up_roll()
            self._end(self._plan.needs_broker, time.monotonic() + ORPHAN_STOP_SECONDS)
            self.topics_ready = False
            for dependent in self._plan.needs_broker:
                self._restart_at.pop(dependent, None)
        self._restart_at[name] = time.monotonic() + wait

    def _restart(self, name: str) -> None:
        if name == BROKER:
            self.start_broker()
            self._tell("broker starts again, empty: what was not yet stored is published again")
        elif name not in self._plan.needs_broker or self.topics_ready:
            self.start_part(name)
        # else: it starts with the topics of the broker's next life

    def stop(self) -> None:
        """Drain and end every part, those that produce first, within ``STOP_SECONDS``."""
        deadline = time.monotonic() + STOP_SECONDS
        self._restart_at.clear()
        self.drains.clear()
        self._give_up_roll()
        # The gateway first: what it has taken in is in the outbox before ingest ends.
        flow = ((GATEWAY,), (INGEST,), self._plan.streams, self._plan.loaders)
        for group in (*flow, (RECOMPUTE, ARCHIVE, PAGE, BROKER), (WAREHOUSE,)):
            self._end(group, deadline)

    def _give_up_roll(self) -> None:
        if self._roll is not None:
            self._roll.end_now()
            self._roll = None

    def _end(self, names: tuple[str, ...], deadline: float) -> None:
        children = [(name, self._children.pop(name)) for name in names if name in self._children]
        for name, child in children:
            self._run_file.set(name, "stopping", child.pid)
            child.terminate()
        for name, child in children:
            left = min(PART_STOP_SECONDS[part_of(name)], deadline - time.monotonic())
            if not child.wait(left):
                self._tell(f"{name} did not end in time and was ended")
            child.poll()  # reads its last report
            self.drains[name] = child.drained
            child.kill()
            self._run_file.set(name, "stopped")
