"""Starts the parts, restarts one that died, and ends all of them."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

from domain.errors import SettingsError, Transient
from wijkbeeld.settings import STANDING_INCARNATION
from wijkbeeld.supervisor.backoff import Backoff
from wijkbeeld.supervisor.child import Child, ChildSpec
from wijkbeeld.supervisor.plan import (
    ARCHIVE,
    BROKER,
    INGEST,
    LOADER,
    LOOPBACK,
    NEEDS_BROKER,
    PAGE,
    RECOMPUTE,
    STREAMS,
    WAREHOUSE,
    Plan,
    free_port,
)
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
        self.topics_ready = False

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
        if name in NEEDS_BROKER:
            self._dependents.add(name)
        self._start(self._plan.part_child(name, self._broker, self._incarnation))

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
            if status is not None:
                self._died(name, child, status)
            elif child.ready and self._run_file.parts[name].state != "running":
                self._run_file.set(name, "running", child.pid)
        now = time.monotonic()
        for name in [name for name, at in self._restart_at.items() if at <= now]:
            del self._restart_at[name]
            self._restart(name)
        if not self.topics_ready and (BROKER in self._children or not self._plan.own_broker):
            self._make_topics()

    def _make_topics(self) -> None:
        try:
            self._prepare_broker(self._broker)
        except Transient:
            broker = self._children.get(BROKER)
            if broker is not None and time.monotonic() - self._topics_since > BROKER_ANSWER_SECONDS:
                broker.end_now()  # it lives and does not answer; the next look finds it dead
            return
        self.topics_ready = True
        for name in NEEDS_BROKER:
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
        self._run_file.set(name, "restarting", message=f"ended with status {status}")
        self._tell(f"{name} ended (status {status}); starting it again in {wait:.1f} s")
        if name == BROKER:
            # Nothing can be drained into a broker that is gone; what they hold is still in the outbox.
            self._end(NEEDS_BROKER, time.monotonic() + ORPHAN_STOP_SECONDS)
            self.topics_ready = False
            for dependent in NEEDS_BROKER:
                self._restart_at.pop(dependent, None)
        self._restart_at[name] = time.monotonic() + wait

    def _restart(self, name: str) -> None:
        if name == BROKER:
            self.start_broker()
            self._tell("broker starts again, empty: what was not yet stored is published again")
        elif name not in NEEDS_BROKER or self.topics_ready:
            self.start_part(name)
        # else: it starts with the topics of the broker's next life

    def stop(self) -> None:
        """Drain and end every part, those that produce first, within ``STOP_SECONDS``."""
        deadline = time.monotonic() + STOP_SECONDS
        self._restart_at.clear()
        for group in (
            (INGEST,),
            (STREAMS,),
            (LOADER,),
            (RECOMPUTE, ARCHIVE, PAGE, BROKER),
            (WAREHOUSE,),
        ):
            self._end(group, deadline)

    def _end(self, names: tuple[str, ...], deadline: float) -> None:
        children = [(name, self._children.pop(name)) for name in names if name in self._children]
        for name, child in children:
            self._run_file.set(name, "stopping", child.pid)
            child.terminate()
        for name, child in children:
            left = min(PART_STOP_SECONDS[name], deadline - time.monotonic())
            if not child.wait(left):
                self._tell(f"{name} did not end in time and was ended")
            child.kill()
            self._run_file.set(name, "stopped")
