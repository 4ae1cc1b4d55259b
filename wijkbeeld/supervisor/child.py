"""One part as a child process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from domain.vitals import Drained

LIFELINE_FD = "WIJKBEELD_LIFELINE_FD"
REPORT_FD = "WIJKBEELD_REPORT_FD"


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """How a part is started.

    Attributes:
        name: of the part.
        argv: the program and its arguments.
        env: the whole environment.
        reports: it is a part of ours that says over a pipe when it is ready, or why it cannot go on.
        reads_stdin: it reads our standard input.
        output: file that takes whatever it prints.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    output: Path
    reports: bool = True
    reads_stdin: bool = False


class Child:
    """A started child.

    A child of ours reads a pipe, the lifeline, whose other end only we hold: when we die, however, it
    reads the end and stops. It has a session of its own, so that Ctrl-C reaches us alone and we decide
    the order in which parts end.
    """

    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        self.started = time.monotonic()
        self.ready = not spec.reports
        self.fatal: str | None = None
        self.health: str | None = None
        self.drained: Drained | None = None
        self._buffer = b""
        self._lifeline: int | None = None
        self._reports: int | None = None
        with spec.output.open("ab") as output:
            self._process = self._spawn(output)

    def _spawn(self, output: IO[bytes]) -> subprocess.Popen[bytes]:
        env = dict(self.spec.env)
        lifeline_read, self._lifeline = os.pipe()
        self._reports, report_write = os.pipe()
        os.set_blocking(self._reports, False)
        env[LIFELINE_FD], env[REPORT_FD] = str(lifeline_read), str(report_write)
        try:
            return subprocess.Popen(
                self.spec.argv,
                env=env,
                stdin=None if self.spec.reads_stdin else subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                pass_fds=(lifeline_read, report_write),
            )
        finally:
            os.close(lifeline_read)
            os.close(report_write)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def uptime(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    def poll(self) -> int | None:
        """Read what the child reports; return its exit status when it has ended, else None."""
        status = self._process.poll()  # first, so that a last report is read after the end
        self._read_reports()
        return status

    def _read_reports(self) -> None:
        if self._reports is None or not self.spec.reports:
            return
        try:
            data = os.read(self._reports, 4096)
        except BlockingIOError:
            return
        if not data:
            return
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            report = json.loads(line)
            self.ready = self.ready or "ready" in report
            self.fatal = report.get("fatal", self.fatal)
            self.health = report.get("health", self.health)
            if "drained" in report:
                self.drained = Drained(**report["drained"])

    def terminate(self) -> None:
        """Ask the child to drain and end."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def end_now(self) -> None:
        """End the child with SIGKILL; its end is seen by the next ``poll``."""
        if self._process.poll() is None:
            self._process.kill()

    def wait(self, seconds: float) -> bool:
        """Wait for the end; return whether it has ended."""
        try:
            self._process.wait(max(seconds, 0))
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """End the child at once and release what belongs to it."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self.release()

    def release(self) -> None:
        """Close our ends of the pipes."""
        for fd in (self._lifeline, self._reports):
            if fd is not None:
                os.close(fd)
        self._lifeline = self._reports = None


def python_part(name: str) -> tuple[str, ...]:
    """Return the command that runs a part of ours."""
    return (sys.executable, "-m", "wijkbeeld.part", name)


def guarded(argv: tuple[str, ...]) -> tuple[str, ...]:
    """Return the command that runs a foreign program so that it ends when this process ends."""
    return (sys.executable, "-m", "wijkbeeld.supervisor.guard", str(os.getpid()), *argv)
