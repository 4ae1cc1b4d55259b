"""Threads and event loops that stand still until the scheduler lets one of them go on.

Real blocking code runs in real threads here, but never two at a time: each stops where it calls
``pause`` (in a port that it was given: a sink, a sender, a clock), and the scheduler chooses who goes
on.
"""

from __future__ import annotations

import asyncio
import selectors
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import Context
from typing import Any

_PATIENCE = 60.0
_LONGEST_JUMP = 1.0


class Died(BaseException):
    """Stands for kill -9. No ``except Exception`` holds it up."""


class Stage:
    """The threads of one process. Only one runs at any moment."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[tuple[str, threading.Event]] = []
        self._settled = 0
        self._failure: BaseException | None = None
        self.dead = False

    @property
    def parked(self) -> list[str]:
        """Where threads stand, in the order in which they came."""
        with self._changed:
            return [at for at, _ in self._waiting]

    def pause(self, at: str) -> None:
        """Stand still until told to go on; raises ``Died`` if that never comes."""
        if self.dead:
            raise Died
        gate = threading.Event()
        with self._changed:
            self._waiting.append((at, gate))
            self._settled += 1
            self._changed.notify_all()
        gate.wait()
        if self.dead:
            raise Died

    def ended(self) -> None:
        """Note that a thread has come to its end."""
        with self._changed:
            self._settled += 1
            self._changed.notify_all()

    def start(self, name: str, work: Callable[[], None]) -> None:
        """Run ``work`` in a thread until it first stands still."""

        def run() -> None:
            try:
                with suppress(Died):
                    work()
            except BaseException as error:  # noqa: BLE001 - raised again in the scheduler's thread
                self._failure = error
            finally:
                self.ended()

        before = self._settled
        threading.Thread(target=run, name=name, daemon=True).start()
        self.settle(before)

    def resume(self, at: str) -> None:
        """Let the thread that stands at ``at`` go on until it stands still again or ends."""
        with self._changed:
            index = next(n for n, (place, _) in enumerate(self._waiting) if place == at)
            _, gate = self._waiting.pop(index)
            before = self._settled
        gate.set()
        self.settle(before)

    @property
    def settled(self) -> int:
        """How often a thread has come to stand still or to its end."""
        return self._settled

    def settle(self, before: int) -> None:
        """Wait until a thread has stood still or ended once more than ``before``."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._settled > before, _PATIENCE):
                raise AssertionError("a thread of the simulation neither stands still nor ends")
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def kill(self) -> None:
        """End every thread where it stands."""
        self.dead = True
        while self.parked:
            self.resume(self.parked[0])


class _Selector(selectors.DefaultSelector):
    """Never waits: short times pass at once, and where there is nothing to do, the loop stops."""

    def __init__(self) -> None:
        super().__init__()
        self.loop: SimulatedLoop | None = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert self.loop is not None
        if timeout is None or timeout > _LONGEST_JUMP:
            self.loop.stop()
        else:
            self.loop.now += timeout
        return super().select(0)


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop on a clock of its own, which runs until every task waits for the scheduler."""

    def __init__(self, stage: Stage) -> None:
        self.now = 0.0
        selector = _Selector()
        selector.loop = self
        self._stage = stage
        self._gates: list[tuple[str, asyncio.Future[Any]]] = []
        super().__init__(selector)
        self.set_exception_handler(lambda _loop, _context: None)

    def time(self) -> float:
        """Return the loop's own time, seconds."""
        return self.now

    def call_soon_threadsafe(  # type: ignore[override] # takes what its base takes
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Take what a thread hands over at its end."""
        try:
            return super().call_soon_threadsafe(callback, *args, context=context)
        finally:
            self._stage.ended()

    @property
    def gates(self) -> list[str]:
        """Where tasks stand, in the order in which they came."""
        return [at for at, gate in self._gates if not gate.done()]

    async def stand(self, at: str) -> Any:
        """Stand still until the scheduler answers; return its answer or raise it."""
        if self._stage.dead:
            raise Died
        gate: asyncio.Future[Any] = self.create_future()
        self._gates.append((at, gate))
        try:
            answer = await gate
        finally:
            self._gates = [pair for pair in self._gates if pair[1] is not gate]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def answer(self, at: str, answer: object) -> None:
        """Let the task that stands at ``at`` go on with the next ``pump``."""
        gate = next(gate for place, gate in self._gates if place == at and not gate.done())
        gate.set_result(answer)

    def pump(self) -> None:
        """Run until every task waits for the scheduler."""
        self.run_forever()

    def finish(self) -> None:
        """End every task where it stands, and the loop."""
        for _ in range(3):
            tasks = asyncio.all_tasks(self)
            if not tasks:
                break
            for task in tasks:
                task.cancel()
            self.pump()
        self.close()


Move = Callable[[], None]
Moves = Mapping[str, Move]
"""What can happen next, by name."""
