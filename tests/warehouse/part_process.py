"""The loader or the recompute as a process that kills itself at a step, for tests.

First line of standard input: JSON with ``part``, ``config`` (its ``limits`` as in ``BatchLimits``),
and, to be killed, ``step`` and ``times`` (how often the step is passed before). The process stops when
standard input closes.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from warehouse import loader, recompute

REPOSITORY = Path(__file__).resolve().parents[2]


class Parts:
    """Processes of parts, all gone at the end of the ``with`` block.

    Args:
        folder: where each writes what it says.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []

    def spawn(
        self, part: str, config: dict[str, Any], step: str | None = None, times: int = 0
    ) -> subprocess.Popen[bytes]:
        """Start ``loader`` or ``recompute``, to be killed at a step if one is given."""
        with self._log(len(self._processes)).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.warehouse.part_process"],
                cwd=REPOSITORY,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._processes.append(process)
        assert process.stdin is not None
        order = {"part": part, "config": config, "step": step, "times": times}
        process.stdin.write(json.dumps(order).encode() + b"\n")
        process.stdin.flush()
        return process

    def said(self, process: subprocess.Popen[bytes]) -> str:
        """Return what a process has written."""
        return self._log(self._processes.index(process)).read_text()

    def _log(self, number: int) -> Path:
        return self._folder / f"part-{number}.log"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._processes:
            process.kill()
            process.wait(timeout=30)
            if process.stdin is not None:
                process.stdin.close()


def ended(process: subprocess.Popen[bytes]) -> int:
    """Stop a part and return its exit status."""
    assert process.stdin is not None
    process.stdin.close()
    return process.wait(timeout=30)


def main() -> None:
    """Run the part."""
    order = json.loads(sys.stdin.readline())
    stop = threading.Event()
    threading.Thread(target=_stop_with_parent, args=(stop,), daemon=True).start()
    hook = _killer(order["step"], order["times"])
    if order["part"] == "loader":
        limits = loader.BatchLimits(**order["config"].pop("limits", {}))
        quick = {"session_timeout_ms": 2000, "heartbeat_ms": 300}
        loader_config = loader.LoaderConfig(**quick | order["config"], limits=limits)
        loader.run(loader_config, stop, lambda: _say("loader_ready"), hook)
    else:
        recompute.run(recompute.RecomputeConfig(**order["config"]), stop, lambda: None, hook)


def _killer(step: str | None, times: int) -> Callable[[str], None]:
    passed = 0

    def hook(at: str) -> None:
        nonlocal passed
        if at != step:
            return
        if passed >= times:
            os.kill(os.getpid(), signal.SIGKILL)
        passed += 1

    return hook


def _say(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def _stop_with_parent(stop: threading.Event) -> None:
    sys.stdin.read()
    stop.set()


if __name__ == "__main__":
    main()
