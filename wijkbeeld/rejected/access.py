"""The warehouse, as the user who may read what was kept of a reject."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from warehouse.client import Client, connect
from wijkbeeld.datadir import DataDir
from wijkbeeld.settings import Settings
from wijkbeeld.status import require_running
from wijkbeeld.warehouse_access import running_writer, writer_login


@contextmanager
def warehouse_of(settings: Settings) -> Iterator[Client]:
    """Connect to the ClickHouse that is given, or else to the one that runs on the data dir.

    Raises:
        NotRunningError: none is given, and nothing runs there.
        WarehouseUnavailable: it does not answer now.
    """
    if settings.clickhouse:
        login = writer_login(settings)
    else:
        data_dir = DataDir(settings.data_dir)
        require_running(data_dir)
        login = running_writer(settings, data_dir)
    client = connect(login.url, login.user, login.password, name="wijkbeeld-rejected")
    try:
        yield client
    finally:
        client.close()
