"""What one contender's process measures of itself."""

from __future__ import annotations

import resource
import time
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Reading:
    """From the first record handed to the stages until the last one is stored by the broker.

    Attributes:
        seconds: by the clock.
        cpu_seconds: of the whole process, user and system, all threads.
        peak_rss_mib: highest resident memory of the process.
    """

    events: int
    seconds: float
    cpu_seconds: float
    peak_rss_mib: float

    def as_dict(self) -> dict[str, float]:
        """Return the fields and the two rates."""
        return asdict(self) | {
            "events_per_second": self.events / self.seconds,
            "events_per_cpu_second": self.events / self.cpu_seconds,
        }


class Meter:
    """Counts records in and out.

    Args:
        events: how many records the contender is to work on.
        source: name of the source whose raw topic is read.
        group: consumer group to use.
    """

    def __init__(self, events: int, source: str, group: str) -> None:
        self.events = events
        self.source = source
        self.group = group
        self.reading: Reading | None = None
        self._seen = 0
        self._published = 0
        self._finishing = 0
        self._began: tuple[float, float] | None = None

    def seen(self, records: int) -> None:
        """Note records before they are worked on."""
        if self._began is None:
            self._began = (time.monotonic(), time.process_time())
        self._seen += records

    def about_to_finish(self, records: int) -> bool:
        """Note records that are sent, not stored; return whether they were the last."""
        self._finishing += records
        return self._finishing >= self.events

    def published(self, records: int) -> bool:
        """Note records that the broker has stored; return whether they were the last."""
        self._published += records
        if self._published < self.events or self._began is None:
            return False
        if self.reading is None:
            seconds, cpu = self._began
            self.reading = Reading(
                min(self._seen, self._published),
                time.monotonic() - seconds,
                time.process_time() - cpu,
                _peak_rss_mib(),
            )
        return True


def _peak_rss_mib() -> float:
    # getrusage keeps the parent's peak over fork and exec; the kernel's count of this program does not.
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
