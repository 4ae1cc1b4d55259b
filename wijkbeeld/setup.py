"""What must be there before the parts do their work: tables, reference data, topics."""

from __future__ import annotations

import time

from domain.areas import Municipality
from domain.clock import SystemClock
from domain.errors import WarehouseUnavailable
from warehouse.client import Client, connect
from warehouse.migrate import migrate
from warehouse.reference import sync_reference
from wijkbeeld.settings import Settings
from wijkbeeld.warehouse_access import writer_login

PATIENCE_SECONDS = 60.0
RETRY_SECONDS = 0.2


def prepare_warehouse(client: Client, municipality: Municipality) -> None:
    """Bring tables and reference data up to date; waits for a warehouse that is still starting.

    Raises:
        Terminal: an applied migration was changed afterwards.
        WarehouseUnavailable: it did not answer in time.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            migrate(client)
            sync_reference(client, municipality, SystemClock())
        except WarehouseUnavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(RETRY_SECONDS)
        else:
            return


def connect_writer(settings: Settings) -> Client:
    """Connect as the user who may write.

    Raises:
        WarehouseUnavailable: nobody answers there now.
    """
    login = writer_login(settings)
    return connect(login.url, login.user, login.password)
