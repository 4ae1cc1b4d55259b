"""Where an audit looks: a running ``wijkbeeld up``, or ClickHouse and Kafka of the settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from domain.errors import SettingsError
from warehouse.audit import Ledger
from wijkbeeld.audit.kafka_ledger import KafkaLedger
from wijkbeeld.audit.outbox_ledger import OutboxLedger
from wijkbeeld.compose import group_name
from wijkbeeld.datadir import DataDir, read_json
from wijkbeeld.settings import Settings
from wijkbeeld.status import require_running
from wijkbeeld.warehouse_access import Login, running_writer, writer_login


@dataclass(frozen=True, slots=True)
class Place:
    """ClickHouse, and ingest's side."""

    login: Login
    ledger: Ledger


def find_place(settings: Settings, root: Path) -> Place:
    """Return where to look.

    Args:
        settings: name ClickHouse and the broker, where it is not ``up`` that runs.
        root: the data directory.

    Raises:
        NotRunningError: nothing runs on this folder, and no ClickHouse is named.
        SettingsError: ClickHouse is named, and there is no outbox in this folder.
        WarehouseUnavailable: ``up`` is starting.
    """
    data_dir = DataDir(root)
    if settings.clickhouse and not data_dir.is_running():
        if not data_dir.outbox.exists():
            raise SettingsError(
                f"{data_dir.outbox}: not there; run the audit where ingest keeps its outbox"
            )
        ledger = _ledger(settings, data_dir, settings.broker, forgets=settings.broker_forgets)
        return Place(writer_login(settings), ledger)
    require_running(data_dir)
    login = running_writer(settings, data_dir)
    urls = read_json(data_dir.run).get("urls")
    # `up` names a broker only where it is not its own.
    broker = str(urls.get("broker", "")) if isinstance(urls, dict) else ""
    return Place(login, _ledger(settings, data_dir, broker, forgets=not broker))


def _ledger(settings: Settings, data_dir: DataDir, broker: str, *, forgets: bool) -> Ledger:
    if forgets:
        return OutboxLedger(data_dir.outbox)
    return KafkaLedger(
        data_dir.outbox,
        broker,
        streams_group=group_name("streams", settings.incarnation),
        loader_group=group_name("loader", settings.incarnation),
    )
