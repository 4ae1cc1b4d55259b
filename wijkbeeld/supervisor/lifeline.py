"""A part's side of the pipes to the supervisor."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from wijkbeeld.supervisor.child import LIFELINE_FD, REPORT_FD

READY_FILE = "WIJKBEELD_READY_FILE"
"""Variable that names a file to make when a part does its work, for the health check of a container."""

GRACE_SECONDS = 6.0
"""A part that has not ended this long after the supervisor is gone ends itself."""


def watch_lifeline(env: Mapping[str, str], on_gone: Callable[[], None]) -> None:
    """Call ``on_gone`` when the supervisor ends; does nothing when there is none."""
    fd = env.get(LIFELINE_FD)
    if fd is not None:
        threading.Thread(target=_watch, args=(int(fd), on_gone), daemon=True, name="lifeline").start()


def _watch(fd: int, on_gone: Callable[[], None]) -> None:
    while os.read(fd, 1):
        continue
    on_gone()
    threading.Event().wait(GRACE_SECONDS)
    os._exit(1)


class Reporter:
    """Tells the supervisor that a part is ready, or why it cannot go on; silent without a supervisor.

    A container has no supervisor; there the file named by ``READY_FILE`` says that the part is ready.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        fd = env.get(REPORT_FD)
        self._fd = int(fd) if fd is not None else None
        self._ready_file = env.get(READY_FILE)

    def ready(self) -> None:
        """Say that the part does its work."""
        if self._ready_file:
            Path(self._ready_file).touch()
        self._say({"ready": True})

    def fatal(self, message: str) -> None:
        """Say in one line what a person must change before the part can run."""
        self._say({"fatal": message})

    def _say(self, report: Mapping[str, object]) -> None:
        if self._fd is not None:
            os.write(self._fd, json.dumps(report).encode() + b"\n")
