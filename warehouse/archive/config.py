"""What the archiver is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

SETTLE = timedelta(hours=1)
"""How long after its end a day is taken to be over: what was received is in the log by then."""


@dataclass(frozen=True, slots=True)
class ArchiveConfig:
    """Where the archiver reads and writes, and when.

    Attributes:
        url, user, password: ClickHouse; the right to read is enough.
        folder: the archive.
        interval: between two looks at the log.
        settle: how long after its end a day (UTC) is taken to be over.
    """

    url: str
    user: str
    password: str = field(repr=False)
    folder: Path
    interval: timedelta = timedelta(minutes=15)
    settle: timedelta = SETTLE
