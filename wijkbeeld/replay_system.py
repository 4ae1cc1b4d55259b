"""The running system, as a replay finds it: broker, loader's group, and a warehouse to look at."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from domain.errors import BrokerUnavailable
from domain.topics import EVENTS_BACKFILL
from streams.chunk import Outgoing
from streams.publishing import Publisher
from warehouse.replay.records import ByPartition
from wijkbeeld.compose import group_name
from wijkbeeld.datadir import DataDir, read_json
from wijkbeeld.settings import STANDING_INCARNATION, Settings
from wijkbeeld.status import NotRunningError
from wijkbeeld.warehouse_access import Login, reader_login, running_reader

LOADER_PART = "loader"
CALL_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class System:
    """Where a replay goes.

    Attributes:
        broker: ``host:port``.
        incarnation: names the broker's present life.
        warehouse: a login that may read.
        data_dir: where it runs; None for parts that run elsewhere.
    """

    broker: str
    incarnation: str
    warehouse: Login
    data_dir: DataDir | None = field(default=None)

    @property
    def forgets(self) -> bool:
        """The broker is the embedded one, which keeps nothing when it stops."""
        return self.incarnation != STANDING_INCARNATION

    @property
    def loader_group(self) -> str:
        """The loader's consumer group."""
        return group_name(LOADER_PART, self.incarnation)

    def check(self) -> None:
        """Make sure that the broker still lives the same life.

        Raises:
            BrokerUnavailable: it does not; find the system again.
            NotRunningError: nothing runs any more.
        """
        if self.data_dir is None:
            return
        if not self.data_dir.is_running():
            raise NotRunningError(f"nothing runs on {self.data_dir.root} any more")
        if _incarnation(read_json(self.data_dir.run)) != self.incarnation:
            raise BrokerUnavailable("the broker was started again")


def find_system(settings: Settings) -> System:
    """Return what runs on the data directory, else what the settings name.

    Raises:
        NotRunningError: neither is there.
        BrokerUnavailable: it runs, and broker or loader do not at this moment.
    """
    data_dir = require_system(settings)
    if data_dir is None:
        return System(settings.broker, settings.incarnation, reader_login(settings))
    run = read_json(data_dir.run)
    parts = run.get("parts")
    loader = parts.get(LOADER_PART) if isinstance(parts, dict) else None
    if not run.get("broker") or not loader or loader.get("state") != "running":
        raise BrokerUnavailable("broker or loader do not run yet; see wijkbeeld status")
    login = running_reader(settings, data_dir)
    return System(str(run["broker"]), _incarnation(run), login, data_dir)


def require_system(settings: Settings) -> DataDir | None:
    """Return the data directory on which something runs; None if the settings name what runs elsewhere.

    Raises:
        NotRunningError: neither is there.
    """
    data_dir = DataDir(settings.data_dir.absolute())
    if data_dir.is_running():
        return data_dir
    if settings.broker and settings.clickhouse:
        return None
    raise NotRunningError(
        f"nothing runs on {data_dir.root}; start it with: wijkbeeld up (or set WIJKBEELD_BROKER and "
        "WIJKBEELD_CLICKHOUSE)"
    )


def _incarnation(run: Mapping[str, object]) -> str:
    return str(run.get("incarnation") or STANDING_INCARNATION)


class BackfillPublisher:
    """The publisher of streams, for the backfill lane and for callers without an event loop.

    Args:
        bootstrap: ``host:port``.
    """

    def __init__(self, bootstrap: str) -> None:
        self._publisher = Publisher(bootstrap, "wijkbeeld-replay")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="publisher", daemon=True)

    def __call__(self, records: ByPartition) -> dict[int, int]:
        """Publish; return by partition the offset after the last record.

        Raises:
            BrokerUnavailable: the broker has not stored all of it, as far as is known.
            SettingsError: it refuses these records for good.
        """
        outgoing = [
            Outgoing(EVENTS_BACKFILL, partition, part.keys, part.values, part.headers)
            for partition, part in records.items()
        ]
        call = asyncio.run_coroutine_threadsafe(self._publisher.publish_at(outgoing), self._loop)
        try:
            ends = call.result(CALL_SECONDS)
        except TimeoutError:
            call.cancel()
            raise BrokerUnavailable("publisher: no answer from the broker") from None
        return {partition: end for (_, partition), end in ends.items()}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        stopping = asyncio.run_coroutine_threadsafe(self._publisher.stop(), self._loop)
        try:
            stopping.result(5.0)
        except TimeoutError:
            stopping.cancel()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5.0)
        if not self._thread.is_alive():
            self._loop.close()
