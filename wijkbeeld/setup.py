"""Tables and reference data, which must be there before the parts do their work."""

from __future__ import annotations

from domain.areas import Municipality
from domain.clock import SystemClock
from warehouse.client import connect
from warehouse.migrate import migrate
from warehouse.reference import sync_reference
from wijkbeeld.warehouse_access import Login


def prepare_warehouse(login: Login, municipality: Municipality, cluster: str = "") -> None:
    """Bring tables and reference data up to date. May be repeated.

    Args:
        login: may create tables.
        municipality: whose areas are written.
        cluster: name of a cluster that keeps the tables; empty for one node.

    Raises:
        Terminal: an applied migration was changed afterwards.
        WarehouseUnavailable: ClickHouse does not answer now; call again.
    """
    client = connect(
        login.url, login.user, login.password, clustered=bool(cluster), name="wijkbeeld-setup"
    )
    try:
        migrate(client, cluster=cluster)
        sync_reference(client, municipality, SystemClock())
    finally:
        client.close()
