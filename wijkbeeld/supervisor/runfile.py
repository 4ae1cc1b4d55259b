"""``run.json``: what runs now, for ``status``, ``sql`` and the page."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from wijkbeeld.datadir import DataDir, read_json, write_json
from wijkbeeld.supervisor.processes import born_at, end_process


@dataclass(slots=True)
class PartState:
    """How a part does: ``starting``, ``running``, ``restarting``, ``stopping`` or ``stopped``."""

    state: str
    pid: int | None = None
    born: float | None = None
    restarts: int = 0
    since: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    message: str | None = None
    health: str | None = None


class RunFile:
    """Keeps ``run.json`` equal to what the supervisor knows."""

    def __init__(self, data_dir: DataDir, urls: Mapping[str, str]) -> None:
        self._data_dir = data_dir
        self._urls = dict(urls)
        self.parts: dict[str, PartState] = {}
        self.incarnation = ""
        self.rolls = 0
        self.geo_v: int | None = None
        self.broker = ""

    def set(
        self,
        part: str,
        state: str,
        pid: int | None = None,
        message: str | None = None,
        health: str | None = None,
    ) -> None:
        """Record the state of a part, and where it answers health checks."""
        known = self.parts.get(part)
        restarts = known.restarts + (state == "restarting") if known else 0
        self.parts[part] = PartState(state, pid, born_at(pid), restarts, message=message, health=health)
        self.write()

    def write(self) -> None:
        """Write the file."""
        write_json(
            self._data_dir.run,
            {
                "pid": os.getpid(),
                "incarnation": self.incarnation,
                "rolls": self.rolls,
                "geo_v": self.geo_v,
                "broker": self.broker,
                "urls": self._urls,
                "parts": {name: asdict(part) for name, part in self.parts.items()},
            },
        )

    def remove(self) -> None:
        """Remove the file: nothing runs."""
        self._data_dir.run.unlink(missing_ok=True)


def end_leftovers(data_dir: DataDir) -> int:
    """End the processes that a killed supervisor left behind; return how many there were.

    A process id is believed only together with the time at which that process was born.
    """
    parts = read_json(data_dir.run).get("parts", {})
    ended = 0
    for part in parts.values() if isinstance(parts, dict) else ():
        pid, born = part.get("pid"), part.get("born")
        if pid and born:
            ended += end_process(pid, born)
    return ended
