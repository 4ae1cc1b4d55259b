"""The running system as a command beside it finds it: broker, loader, a warehouse to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.errors import BrokerUnavailable
from wijkbeeld.compose import group_name
from wijkbeeld.datadir import DataDir, read_json
from wijkbeeld.settings import STANDING_INCARNATION, Settings
from wijkbeeld.status import NotRunningError
from wijkbeeld.warehouse_access import Login, reader_login, running_reader

LOADER_PART = "loader"


@dataclass(frozen=True, slots=True)
class System:
    """What a replay or a re-enrichment works on.

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
