"""The running system, as a re-enrichment finds it: its tables, its workers, its loader."""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from domain.errors import BrokerUnavailable, ResourceTaken, SettingsError, Transient
from domain.topics import EVENTS_BACKFILL
from warehouse.replay.kafka import Committed, TopicReader
from wijkbeeld.datadir import DataDir, read_json
from wijkbeeld.gemeenten import load_municipality
from wijkbeeld.kept_tables import Tables, keep_tables, read_tables
from wijkbeeld.running_system import System, find_system
from wijkbeeld.settings import Settings
from wijkbeeld.status import NotRunningError, require_running

LOOK_SECONDS = 0.3


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """The person does not want to wait."""


@contextmanager
def only_one(data_dir: DataDir) -> Iterator[None]:
    """Be the only re-enrichment of a data directory.

    Raises:
        ResourceTaken: another one runs.
    """
    with (data_dir.root / "reenrich.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ResourceTaken("a re-enrichment runs already; wait for its end, or stop it") from None
        yield


def tables_for(data_dir: DataDir, streets: Path | None, areas: Path | None) -> Tables:
    """Keep the given files and return the tables to go on with; without files those in use.

    Raises:
        SettingsError: a file cannot be read or used; nothing has changed.
    """
    tables = read_tables(data_dir)
    if tables is None or not tables.gemeente:
        raise SettingsError(f"{data_dir.state}: knows no tables; stop wijkbeeld up and start it again")
    if streets is None and areas is None:
        return tables
    municipality = load_municipality(tables.gemeente)
    return keep_tables(data_dir, tables.gemeente, municipality, streets, areas)


def wait_for_workers(data_dir: DataDir, geo_v: int, stop: threading.Event) -> None:
    """Wait until every streams worker uses the tables of this version.

    What they have located before lies below the ends of the topics that are seen afterwards.

    Raises:
        NotRunningError: nothing runs any more.
        SettingsError: other tables were brought into use meanwhile.
        Stopped: ``stop`` was set.
    """

    def in_use() -> bool:
        require_running(data_dir)
        tables = read_tables(data_dir)
        if tables is None or tables.version != geo_v:
            raise SettingsError("the tables were changed meanwhile; run wijkbeeld reenrich once more")
        return read_json(data_dir.run).get("geo_v") == geo_v

    _wait_until(in_use, stop)


def system_that_answers(settings: Settings, seconds: float, stop: threading.Event) -> System:
    """Return the system, as soon as broker and loader run.

    Raises:
        NotRunningError, BrokerUnavailable: they do not within so many seconds.
        Stopped: ``stop`` was set.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return find_system(settings)
        except BrokerUnavailable:
            if time.monotonic() > deadline:
                raise
        if stop.wait(LOOK_SECONDS):
            raise Stopped


def wait_for_loader(system: System, stop: threading.Event) -> None:
    """Wait until the loader has loaded what the backfill lane holds now.

    Raises:
        NotRunningError, BrokerUnavailable: the system is not what it was.
        Stopped: ``stop`` was set.
    """
    ends: dict[int, int] = {}

    def loaded() -> bool:
        system.check()
        try:
            if not ends:
                ends.update(_ends(system.broker))
            with closing(Committed(system.broker, system.loader_group, EVENTS_BACKFILL)) as committed:
                offsets = committed.offsets()
        except Transient:
            return False
        return all(offsets[partition] >= end for partition, end in ends.items())

    _wait_until(loaded, stop)


def _ends(broker: str) -> dict[int, int]:
    with closing(TopicReader(broker, (EVENTS_BACKFILL,))) as reader:
        return {partition: end for (_, partition), end in reader.ends().items()}


def _wait_until(condition: Callable[[], bool], stop: threading.Event) -> None:
    while not condition():
        if stop.wait(LOOK_SECONDS):
            raise Stopped


class LifeWatch:
    """Says when to end: told so, or the broker's life is over. Use it in a ``with`` block.

    Args:
        system: as it was found.
        stop: set by the person.
    """

    def __init__(self, system: System, stop: threading.Event) -> None:
        self._system = system
        self._stop = stop
        self._over = threading.Event()
        self.end = threading.Event()
        """Set when it is time to end; may be set by others too."""
        self._thread = threading.Thread(target=self._watch, name="life", daemon=True)
        self.broken: BrokerUnavailable | NotRunningError | None = None
        """How it ended, if it has."""

    def __enter__(self) -> LifeWatch:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            if self._stop.is_set():
                self.end.set()
            try:
                self._system.check()
            except (BrokerUnavailable, NotRunningError) as error:
                self.broken = error
                self.end.set()
                return
