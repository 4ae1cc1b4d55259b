"""The real parts as processes, ``wijkbeeld run PART``, and what each takes of the machine."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.request import urlopen

import psutil

from tests.support.clickhouse import WRITER
from tests.support.ports import free_port

READY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Use:
    """What a process took since the start of a measurement.

    Attributes:
        cpu_seconds: user and system, all threads.
        rss_mib: resident memory at each look, in order.
    """

    cpu_seconds: float
    rss_mib: list[float]


@dataclass(slots=True)
class _Watched:
    process: psutil.Process
    cpu_before: float = 0.0
    rss_mib: list[float] = field(default_factory=list)


class Machine:
    """Looks at processes by name: processor time between two moments, memory at each look."""

    def __init__(self, pids: dict[str, int]) -> None:
        self._watched = {name: _Watched(psutil.Process(pid)) for name, pid in pids.items()}

    def begin(self) -> None:
        """Count processor time from now on."""
        for watched in self._watched.values():
            watched.cpu_before = _cpu_seconds(watched.process)

    def look(self) -> None:
        """Note the memory of each process."""
        for watched in self._watched.values():
            watched.rss_mib.append(watched.process.memory_info().rss / 2**20)

    def uses(self) -> dict[str, Use]:
        """Return what each process took, by its name."""
        return {
            name: Use(_cpu_seconds(watched.process) - watched.cpu_before, watched.rss_mib)
            for name, watched in self._watched.items()
        }


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


class RunningParts:
    """Parts of a Wijkbeeld against a given broker and ClickHouse, for the length of a ``with`` block.

    Args:
        names: as ``wijkbeeld run`` takes them.
        folder: their data directory.
        broker: ``host:port``.
        clickhouse: URL with the database.
        sources: whose raw topics are read, separated by commas.
    """

    def __init__(
        self, names: Iterable[str], folder: Path, broker: str, clickhouse: str, sources: str = "demo"
    ) -> None:
        self._names = tuple(names)
        self._folder = folder
        self._settings = {
            "WIJKBEELD_DATA_DIR": str(folder),
            "WIJKBEELD_BROKER": broker,
            "WIJKBEELD_KNOWN_SOURCES": sources,
            "WIJKBEELD_CLICKHOUSE": clickhouse,
            "WIJKBEELD_CLICKHOUSE_USER": WRITER.name,
            "WIJKBEELD_CLICKHOUSE_PASSWORD": WRITER.password,
        }
        self._ports = {name: free_port() for name in self._names}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def pids(self) -> dict[str, int]:
        """Process id of each part."""
        return {name: process.pid for name, process in self._processes.items()}

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        for name in self._names:
            with (self._folder / f"{name}.log").open("wb") as log:
                self._processes[name] = subprocess.Popen(
                    [sys.executable, "-m", "wijkbeeld", "run", name],
                    env=os.environ | self._settings | {"WIJKBEELD_HEALTH_PORT": str(self._ports[name])},
                    stdout=log,
                    stderr=log,
                    stdin=subprocess.DEVNULL,
                )
        self._wait()
        return self

    def _is_ready(self, name: str) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self._ports[name]}/readyz", timeout=5) as answer:  # our own
                return bool(answer.status == HTTPStatus.OK)
        except OSError:
            return False

    def _wait(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not all(self._is_ready(name) for name in self._names):
            ended = [name for name, process in self._processes.items() if process.poll() is not None]
            if ended or time.monotonic() > deadline:
                name = (ended or self._names)[0]
                raise SystemExit(f"{name} does not run: {(self._folder / f'{name}.log').read_text()}")
            time.sleep(0.1)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
