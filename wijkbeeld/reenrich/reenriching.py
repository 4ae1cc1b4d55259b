"""``wijkbeeld reenrich``: new tables for the workers, then everything that is still raw once more."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from domain.errors import BrokerUnavailable, SettingsError
from streams.catching_up import Progress
from streams.reenrich import run as reenrich_raw
from streams.session import WorkerFailed
from warehouse.client import connect
from warehouse.reenriched import Reenriched, read_reenriched
from wijkbeeld.compose import streams_config
from wijkbeeld.datadir import DataDir, read_json, write_json
from wijkbeeld.kept_tables import Tables
from wijkbeeld.progress_view import ProgressView
from wijkbeeld.reenrich.system import (
    LifeWatch,
    Stopped,
    only_one,
    system_that_answers,
    tables_for,
    wait_for_loader,
    wait_for_workers,
)
from wijkbeeld.running_system import System, require_system
from wijkbeeld.settings import Settings

PATIENCE_SECONDS = 60.0
SAVE_SECONDS = 1.0


class Ending(StrEnum):
    """How a re-enrichment ended."""

    DONE = "done"
    STOPPED = "stopped"
    BROKER_LOST = "broker lost"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a re-enrichment.

    Attributes:
        ending: how it ended.
        geo_v: version of the tables.
        progress: of the raw records, in this run.
        reenriched: what has changed under this version, in all runs; None when it did not end.
    """

    ending: Ending
    geo_v: int
    progress: Progress
    reenriched: Reenriched | None = None


class Reenriching:
    """A re-enrichment of what runs on a data directory, or of what the settings name.

    Args:
        settings: name the data directory, or broker and warehouse with the tables.
        view: shows how far it is.
        stop: gives up when set.
    """

    def __init__(self, settings: Settings, view: ProgressView, stop: threading.Event) -> None:
        self._settings = settings
        self._view = view
        self._stop = stop
        self._progress = Progress()
        self._geo_v = settings.geo_v

    def run(self, streets: Path | None, areas: Path | None) -> Outcome:
        """Bring new tables into use, if any are given, and locate once more what is still raw.

        Raises:
            NotRunningError: nothing runs.
            Terminal: a file cannot be used, or it cannot go on.
            Transient: broker, loader or warehouse do not answer for long.
        """
        data_dir = require_system(self._settings)
        if data_dir is None and (streets or areas):
            raise SettingsError(
                "--streets, --areas: only with wijkbeeld up; for parts that run elsewhere start streams"
                " with WIJKBEELD_STREETS, WIJKBEELD_AREAS and the next WIJKBEELD_GEO_V, and this too"
            )
        try:
            with self._place(data_dir, streets, areas) as (settings, system):
                return self._work(settings, system)
        except Stopped:
            return Outcome(Ending.STOPPED, self._geo_v, self._progress)

    @contextmanager
    def _place(
        self, data_dir: DataDir | None, streets: Path | None, areas: Path | None
    ) -> Iterator[tuple[Settings, System]]:
        """Give the settings of the worker, and the system once its workers use the tables."""
        settings = self._settings
        if data_dir is None:
            yield settings, system_that_answers(settings, PATIENCE_SECONDS, self._stop)
            return
        with only_one(data_dir):
            tables = tables_for(data_dir, streets, areas)
            self._geo_v = tables.version
            self._view.line(f"tables version {tables.version}: waiting until streams uses them")
            wait_for_workers(data_dir, tables.version, self._stop)
            system = system_that_answers(settings, PATIENCE_SECONDS, self._stop)
            yield _settings_of(settings, data_dir, system, tables), system

    def _work(self, settings: Settings, system: System) -> Outcome:
        notes = Notes(system, self._geo_v)
        earlier = notes.lost_earlier()
        if earlier:
            self._view.line(earlier)
        folder = DataDir(settings.data_dir).root / "faust-reenrich"
        config = streams_config(settings, f"reenrich-g{self._geo_v}", folder)

        def tell(progress: Progress) -> None:
            self._progress = progress
            if progress.total:
                self._view.show(progress.read, progress.total, progress.percent)
            notes.save_now_and_then(progress)

        notes.save(self._progress)
        with LifeWatch(system, self._stop) as life:
            try:
                reenrich_raw(config, life.end, tell)
            except WorkerFailed:
                if not life.end.is_set():  # else it did not leave a broker in time that is away
                    raise
        notes.save(self._progress)
        if not self._progress.done:
            if life.broken is None:
                return Outcome(Ending.STOPPED, self._geo_v, self._progress)
            if not isinstance(life.broken, BrokerUnavailable):
                raise life.broken
            return Outcome(Ending.BROKER_LOST, self._geo_v, self._progress)
        self._view.line("all is read; waiting until it is loaded")
        try:
            wait_for_loader(system, self._stop)
        except BrokerUnavailable:
            return Outcome(Ending.BROKER_LOST, self._geo_v, self._progress)
        return Outcome(Ending.DONE, self._geo_v, self._progress, self._changes(system))

    def _changes(self, system: System) -> Reenriched:
        login = system.warehouse
        with closing(
            connect(login.url, login.user, login.password, name="wijkbeeld-reenrich")
        ) as client:
            return read_reenriched(client, self._geo_v)


def _settings_of(settings: Settings, data_dir: DataDir, system: System, tables: Tables) -> Settings:
    """Return the settings that the workers of ``up`` have."""
    sources = read_json(data_dir.state).get("sources")
    return settings.model_copy(
        update={
            "data_dir": data_dir.root,
            "gemeente": tables.gemeente,
            "broker": system.broker,
            "incarnation": system.incarnation,
            "known_sources": ",".join(map(str, sources)) if isinstance(sources, list) else "",
            "geo_v": tables.version,
            "streets": tables.streets,
            "areas": tables.areas,
        }
    )


class Notes:
    """Remembers in the data directory how far a re-enrichment came, for the next one to tell.

    Args:
        system: where it runs.
        geo_v: version of its tables.
    """

    def __init__(self, system: System, geo_v: int) -> None:
        self._system = system
        self._geo_v = geo_v
        self._saved = 0.0
        self._file = None if system.data_dir is None else system.data_dir.reenrichment

    def lost_earlier(self) -> str:
        """Return a line about an unfinished one whose broker is gone; empty when there is none."""
        notes = read_json(self._file) if self._file else {}
        if not notes or notes.get("done") or notes.get("geo_v") != self._geo_v:
            return ""
        if notes.get("incarnation") == self._system.incarnation:
            return ""
        return (
            f"the last run came to {notes.get('read')} of {notes.get('total')} records before the broker"
            " was started again; the raw records of that time are gone"
        )

    def save_now_and_then(self, progress: Progress) -> None:
        """Do as ``save``, once a second."""
        if time.monotonic() - self._saved > SAVE_SECONDS:
            self.save(progress)

    def save(self, progress: Progress) -> None:
        """Remember how far it came."""
        self._saved = time.monotonic()
        if self._file is not None:
            notes = {"read": progress.read, "total": progress.total, "done": progress.done}
            life = {"geo_v": self._geo_v, "incarnation": self._system.incarnation}
            write_json(self._file, life | notes)
