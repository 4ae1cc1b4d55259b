"""``wijkbeeld replay``: sessions of a replay, one per life of the broker, until everything is loaded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from domain.errors import SettingsError, Transient
from domain.topics import EVENTS_BACKFILL
from warehouse.archive.folder import Folder
from warehouse.client import connect
from warehouse.replay.from_archive import ArchiveOrigin
from warehouse.replay.from_topic import TOPICS, TopicOrigin
from warehouse.replay.jobs import Job, Jobs, Order
from warehouse.replay.kafka import Committed, TopicReader
from warehouse.replay.origin import Origin
from warehouse.replay.pacing import Limits, Pressure
from warehouse.replay.records import Encoder
from warehouse.replay.running import Outside, Replay
from wijkbeeld.replay.publishing import BackfillPublisher
from wijkbeeld.replay.view import ReplayView
from wijkbeeld.running_system import System, find_system
from wijkbeeld.settings import Settings

ARCHIVE, TOPIC = "archive", "topic"
RETRY_SECONDS = 1.0


class Replaying:
    """A replay of a data directory.

    Args:
        settings: name the data directory, or broker and warehouse.
        archive: folder of the data directory's own archive.
        jobs: where jobs are remembered.
        view: shows how far it is.
    """

    def __init__(self, settings: Settings, archive: Path, jobs: Jobs, view: ReplayView) -> None:
        self._settings = settings
        self._archive = archive
        self.jobs = jobs
        self.view = view

    def count(self, order: Order) -> int:
        """Return how many events an order stands for (of a topic: how many records are to be read).

        Raises:
            Terminal, Transient: see ``run``.
        """
        with ExitStack() as stack:
            system = find_system(self._settings) if order.origin == TOPIC else None
            return self._origin(order, system, stack).total(None)

    def run(self, job: Job, limits: Limits, stop: threading.Event) -> bool:
        """Replay until everything is loaded, or ``stop``; return whether it is everything.

        A broker or a warehouse that is away is waited for.

        Raises:
            NotRunningError: nothing runs.
            Terminal: the archive cannot be read, or the topic is gone.
        """
        told = ""
        while not stop.is_set():
            try:
                with self._session(job, limits) as replay:
                    if replay.run(stop):
                        job.finished_at = datetime.now(UTC).isoformat(timespec="seconds")
                        self.jobs.save(job)
                        return True
            except Transient as error:
                if str(error) != told:
                    told = str(error)
                    self.view.progress.line(f"waiting: {told}")
                stop.wait(RETRY_SECONDS)
        return False

    @contextmanager
    def _session(self, job: Job, limits: Limits) -> Iterator[Replay]:
        system = find_system(self._settings)
        with ExitStack() as stack:
            origin = self._origin(job.order, system, stack)
            job.total = origin.total(job.position)
            self.jobs.save(job)
            login = system.warehouse
            client = connect(login.url, login.user, login.password, name="wijkbeeld-replay")
            stack.callback(client.close)
            committed = Committed(system.broker, system.loader_group, EVENTS_BACKFILL)
            stack.callback(committed.close)
            outside = Outside(
                publish=stack.enter_context(BackfillPublisher(system.broker)),
                loader=committed,
                window=Pressure(client, limits),
                check=system.check,
                remember=self.jobs.save,
                tell=self.view.show,
            )
            yield Replay(origin, job, outside, limits.rate)

    def _origin(self, order: Order, system: System | None, stack: ExitStack) -> Origin:
        if order.origin == ARCHIVE:
            folder = Folder(Path(order.folder) if order.folder else self._archive)
            if not folder.days():
                raise SettingsError(
                    f"archive {folder.root}: nothing is archived; run: wijkbeeld archive fill"
                )
            return ArchiveOrigin(folder, order.selection, Encoder(self._settings.gemeente))
        if system is None or order.incarnation != system.incarnation:
            raise SettingsError(
                "the broker was started again and its topics are new; replay from --archive instead"
            )
        reader = TopicReader(system.broker, TOPICS)
        stack.callback(reader.close)
        return TopicOrigin(reader, order.selection)
