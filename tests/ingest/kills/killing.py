"""Readers as processes of their own, killed with SIGKILL at moments that a seed decides."""

from __future__ import annotations

import logging
import multiprocessing
import random
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

import structlog

from tests.ingest.kills import reading
from tests.ingest.kills.reading import WRITTEN, read

PATIENCE = 60.0
STEPS = 3
"""Of a poll."""


@cache
def _processes() -> ForkServerContext:
    """Processes that are forked from one that has everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, reading.__name__])
    return context


def _read(folder: Path, polls: int, parent: Connection) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))

    def mark(reached: bytes) -> None:
        parent.send_bytes(reached)
        parent.recv_bytes()

    read(folder, polls, mark)


@dataclass(frozen=True)
class Kill:
    """When a reader is killed: in its step of this number, counted from 1.

    Steps are the marks of ``read``. A reader does not go beyond the one that follows.

    Attributes:
        step: its number.
        share: of the time that such a step takes.
    """

    step: int
    share: float


@dataclass(frozen=True)
class Life:
    """How a reader ended: killed or by itself, and within a poll or its writing or not."""

    killed: bool
    within: bool


def live(folder: Path, polls: int, took: Mapping[bytes, float], kill: Kill | None = None) -> Life:
    """Let a process read until it is killed or has come to its end.

    Args:
        folder, polls: see ``read``.
        took: seconds that a step takes, by its mark.
        kill: when it is killed.
    """
    ours, theirs = _processes().Pipe()
    process = _processes().Process(target=_read, args=(folder, polls, theirs))
    process.start()
    theirs.close()
    last, step = WRITTEN, 0
    try:
        while (mark := _mark(ours)) is not None:
            last = mark
            step += 1
            ours.send_bytes(mark)
            if kill is not None and step == kill.step:
                process.join(kill.share * took[mark])
                process.kill()
                break
        process.join(PATIENCE)
        last = _mark(ours) or last
        assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
        return Life(process.exitcode != 0, last != WRITTEN)
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()


def _mark(reader: Connection) -> bytes | None:
    """What a reader says next; None when it is gone."""
    assert reader.poll(PATIENCE), "a reader does nothing"
    try:
        return reader.recv_bytes()
    except (EOFError, ConnectionResetError):
        return None


@dataclass
class Tally:
    """How often a reader was killed, how often within a poll, and with a delivery in hand."""

    kills: int = 0
    within: int = 0
    in_hand: int = 0


def killed_again_and_again(
    folder: Path,
    polls: int,
    took: Mapping[bytes, float],
    draws: random.Random,
    kills: int,
    between: Callable[[], object] = lambda: None,
) -> Tally:
    """Kill readers of the folder, and then let one come to its end.

    Args:
        folder, polls, took: see ``live``.
        draws: decides the moments: as many in polls as in their writing and behind it.
        kills: how many at most.
        between: called after each kill.
    """
    tally = Tally()
    # The last kill comes before a reader's end.
    most = max(1, polls // (kills + 2))
    for number in range(kills):
        step = STEPS * draws.randrange(most) + number % STEPS + 1
        life = live(folder, polls, took, Kill(step, draws.uniform(0, 1.2)))
        tally.kills += life.killed
        tally.within += life.killed and life.within
        tally.in_hand += life.killed and any((folder / "drop" / "work").glob("*"))
        between()
    assert not live(folder, polls, took).killed
    return tally
