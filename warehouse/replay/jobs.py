"""Replays that are remembered: what was asked for, and how far it is durable."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from domain.errors import ResourceTaken, SettingsError
from warehouse.archive.rows import Selection


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be replayed.

    Attributes:
        origin: ``archive`` or ``topic``.
        since, until: bounds of the time of receipt, ISO, UTC; empty for none.
        source: the only source wanted; empty for all.
        incarnation: of the broker whose topic is read; empty for the archive, which outlives brokers.
        folder: of the archive, absolute; empty for the data directory's own.
    """

    origin: str
    since: str = ""
    until: str = ""
    source: str = ""
    incarnation: str = ""
    folder: str = ""

    @property
    def name(self) -> str:
        """A short name that only an equal order has."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()[:12]

    @property
    def selection(self) -> Selection:
        """Which rows are wanted."""
        return Selection(_moment(self.since), _moment(self.until), self.source or None)


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


@dataclass(slots=True)
class Job:
    """An order and how far it is.

    Attributes:
        started_at, finished_at: ISO, UTC; the latter empty until all is durable.
        total: records to read.
        read: records read, up to ``position``.
        events: of those, the ones published and since loaded by the warehouse.
        position: where to go on; None at the beginning.
    """

    order: Order
    started_at: str
    finished_at: str = ""
    total: int = 0
    read: int = 0
    events: int = 0
    position: Mapping[str, object] | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs of a data directory, one file each.

    Args:
        folder: where they are; need not exist.
    """

    folder: Path

    def find(self, order: Order) -> Job | None:
        """Return the unfinished job of an equal order.

        Raises:
            SettingsError: its file cannot be understood.
        """
        path = self._path(order)
        job = self._read(path) if path.is_file() else None
        return job if job and not job.finished_at else None

    def latest_unfinished(self) -> Job | None:
        """Return the unfinished job that was worked on last.

        Raises:
            SettingsError: a file cannot be understood.
        """
        files = sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        return next((job for path in files if not (job := self._read(path)).finished_at), None)

    def save(self, job: Job) -> None:
        """Remember a job as it is now, in one step."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=job.order.name, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(job), file, indent=2)
        Path(name).replace(self._path(job.order))

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the only replay of this data directory.

        Raises:
            ResourceTaken: another one runs.
            SettingsError: the folder cannot be written.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = (self.folder / "lock").open("a")
        except OSError as error:
            raise SettingsError(f"{self.folder}: cannot write ({error.strerror})") from error
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise ResourceTaken("a replay runs already; wait for its end, or stop it") from None
            yield

    def _path(self, order: Order) -> Path:
        return self.folder / f"{order.name}.json"

    @staticmethod
    def _read(path: Path) -> Job:
        try:
            fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return Job(order=Order(**fields.pop("order")), **fields)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise SettingsError(f"{path}: not a replay's file; remove it to start afresh") from error
