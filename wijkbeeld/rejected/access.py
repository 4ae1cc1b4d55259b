"""The warehouse, as the user who may read what was kept of a reject."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from warehouse.client import Client, connect
from wijkbeeld.datadir import DataDir, read_json
from wijkbeeld.settings import Settings
from wijkbeeld.status import require_running
from wijkbeeld.warehouse_access import writer_login


@contextmanager
def warehouse_of(settings: Settings) -> Iterator[Client]:
    """Connect to the ClickHouse that is given, or else to the one that runs on the data dir.

    Raises:
        NotRunningError: none is given, and nothing runs there.
        SettingsError: what runs there has no warehouse of its own, so one must be given.
        WarehouseUnavailable: it does not answer now.
    """
    if not settings.clickhouse:
        data_dir = DataDir(settings.data_dir)
        require_running(data_dir)
        url = str(read_json(data_dir.access).get("url", ""))
        settings = settings.model_copy(update={"clickhouse": url})
    login = writer_login(settings)
    client = connect(login.url, login.user, login.password)
    try:
        yield client
    finally:
        client.close()
