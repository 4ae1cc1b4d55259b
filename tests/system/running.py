"""A whole Wijkbeeld as a person starts it: ``wijkbeeld up`` in a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from tests.support.ports import free_port
from tests.support.waiting import wait_until

COUNTS = ("received", "stored", "superseded", "duplicate", "rejected", "in_flight", "unplaced")


class RunningWijkbeeld:
    """Starts ``wijkbeeld up``; as a context manager it ends every process that it started.

    Args:
        data_dir: its data directory.
        options: of ``wijkbeeld up``.
        env: settings on top of this process's environment.
        workers: how many streams workers and loaders.
        parts: how many it runs with one of each; fewer where the broker or the warehouse is given.
    """

    def __init__(
        self,
        data_dir: Path,
        *options: str,
        env: Mapping[str, str] | None = None,
        workers: int = 1,
        parts: int = 9,
    ) -> None:
        self.data_dir = data_dir
        self._number = parts + 2 * (workers - 1)
        if workers > 1:
            options = (*options, "--workers", str(workers))
        self.port = free_port()
        self._options = options
        self._env = {**os.environ, **(env or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.kill_all()
            raise
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.kill_all()

    @property
    def page(self) -> str:
        """Address of the page."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        """What ``up`` has printed."""
        return (self.data_dir.parent / f"{self.data_dir.name}.out").read_text()

    def start(self) -> None:
        """Start and wait until every part runs."""
        with (self.data_dir.parent / f"{self.data_dir.name}.out").open("ab") as out:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "wijkbeeld", "up", *self._options),
                    *("--data-dir", str(self.data_dir), "--port", str(self.port)),
                ],
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                env=self._env,
            )
        try:
            wait_until(self.all_running, 90, "every part to run")
        except AssertionError as error:
            raise AssertionError(
                f"{error}; {self._states()}; it printed:\n{self.output[-2000:]}"
            ) from None

    def all_running(self) -> bool:
        """Return whether every part runs; fails when ``up`` has ended."""
        assert self._process is not None
        assert self._process.poll() is None, f"up ended:\n{self.output[-2000:]}"
        parts = self.parts()
        return len(parts) == self._number and all(part["state"] == "running" for part in parts.values())

    def _states(self) -> dict[str, str]:
        return {name: part["state"] for name, part in self.parts().items()}

    def parts(self) -> dict[str, Any]:
        """Return the parts of ``run.json``."""
        return dict(self._run_file().get("parts", {}))

    def rolls(self) -> int:
        """Return how often the broker was rolled."""
        return int(self._run_file().get("rolls", 0))

    def _run_file(self) -> dict[str, Any]:
        try:
            return dict(json.loads((self.data_dir / "run.json").read_text()))
        except FileNotFoundError:
            return {}

    def memory(self, name: str) -> int:
        """Return the resident memory of a part, bytes."""
        return int(psutil.Process(self.parts()[name]["pid"]).memory_info().rss)

    def status(self) -> dict[str, Any]:
        """Return ``wijkbeeld status --json``."""
        done = self.command("status", "--json")
        return dict(json.loads(done.stdout)) if done.returncode == 0 else {}

    def sql(self, query: str) -> str:
        """Return the answer of ``wijkbeeld sql`` as tab-separated text."""
        done = self.command("sql", query, "--format", "TSV")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def command(
        self, *args: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run ``wijkbeeld`` with these arguments on this folder."""
        return subprocess.run(
            [sys.executable, "-m", "wijkbeeld", *args, "--data-dir", str(self.data_dir)],
            capture_output=True,
            text=True,
            check=False,
            env={**self._env, **(env or {})},
        )

    def kill_part(self, name: str) -> None:
        """End a part with SIGKILL and wait until the supervisor runs another in its place."""
        before = self.parts()[name]
        os.kill(before["pid"], signal.SIGKILL)

        def replaced() -> bool:
            part = self.parts()[name]
            return bool(part["pid"] != before["pid"]) and self.all_running()

        wait_until(replaced, 90, f"{name} to run again; up printed:\n{self.output[-2000:]}")

    def log(self, part: str) -> list[dict[str, Any]]:
        """Return what a part has logged."""
        lines = (self.data_dir / "logs" / f"{part}.log").read_text().splitlines()
        return [json.loads(line) for line in lines]

    @contextmanager
    def frozen(self, *names: str) -> Iterator[None]:
        """Let parts stand still for a while, as on a machine that is too busy for them."""
        pids = [self.parts()[name]["pid"] for name in names]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def family(self) -> set[int]:
        """Return the process ids of the supervisor and of everything that it started."""
        assert self._process is not None
        family = {part["pid"] for part in self.parts().values() if part["pid"]}
        if psutil.pid_exists(self._process.pid):
            family |= {child.pid for child in psutil.Process(self._process.pid).children(recursive=True)}
        return family | {self._process.pid}

    def kill_supervisor(self) -> None:
        """End the supervisor alone with SIGKILL; its parts must follow by themselves."""
        assert self._process is not None
        family = self.family()
        self._process.kill()
        self._process.wait()
        gone(family)
        self._process = None

    def kill_all(self) -> None:
        """End the supervisor and all its parts with SIGKILL, as at once as can be."""
        if self._process is None:
            return
        family = self.family()
        for pid in family:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait()
        gone(family)
        self._process = None

    def interrupt(self, timeout: float) -> int:
        """Press Ctrl-C; return the exit status, which must come within ``timeout`` seconds."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        status = self._process.wait(timeout)
        self._process = None
        return status


def gone(family: set[int]) -> None:
    """Wait until none of these processes is left."""
    wait_until(lambda: not any(_alive(pid) for pid in family), 20, "every process to be gone")


def _alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
