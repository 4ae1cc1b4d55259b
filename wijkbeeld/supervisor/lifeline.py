"""A part's side of the pipes to the supervisor."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict

from domain.vitals import Drained
from wijkbeeld.supervisor.child import LIFELINE_FD, REPORT_FD

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
    """Tells the supervisor how a part does; silent without one, as in a container."""

    def __init__(self, env: Mapping[str, str]) -> None:
        fd = env.get(REPORT_FD)
        self._fd = int(fd) if fd is not None else None

    def ready(self) -> None:
        """Say that the part does its work."""
        self._say({"ready": True})

    def health(self, url: str) -> None:
        """Say where the part answers health checks."""
        self._say({"health": url})

    def drained(self, drained: Drained) -> None:
        """Say what the part leaves behind as it ends."""
        self._say({"drained": asdict(drained)})

    def fatal(self, message: str) -> None:
        """Say in one line what a person must change before the part can run."""
        self._say({"fatal": message})

    def _say(self, report: Mapping[str, object]) -> None:
        if self._fd is not None:
            os.write(self._fd, json.dumps(report).encode() + b"\n")
