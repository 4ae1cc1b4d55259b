"""Deletes marks that have served: those that are done, and have been for a while. Nothing else."""

from __future__ import annotations

from datetime import timedelta

from warehouse.client import Client

# Marks before done marks: a mark without its done mark would only be worked on once more, a done mark
# that outlives its marks hides nothing, since a token names rows that never change.
_STATEMENTS = (
    """
    DELETE FROM dirty WHERE token IN
    (
        SELECT token FROM dirty_done
        WHERE at < now64(3) - toIntervalMillisecond({ms:UInt64})
    )
    """,
    """
    DELETE FROM dirty_done
    WHERE at < now64(3) - toIntervalMillisecond({ms:UInt64}) AND token NOT IN (SELECT token FROM dirty)
    """,
    """
    DELETE FROM recompute_lease
    WHERE at < now64(3) - toIntervalMillisecond({ms:UInt64}) AND term <=
    (
        SELECT max(term) FROM recompute_lease
        WHERE at >= now64(3) - toIntervalMillisecond({ms:UInt64})
    )
    """,
)


def delete_done(client: Client, older_than: timedelta) -> None:
    """Delete marks and done marks of tokens that were done ``older_than`` ago, and old lease rows.

    Raises:
        WarehouseUnavailable: ClickHouse is away; call again.
    """
    for statement in _STATEMENTS:
        client.execute(statement, {"ms": int(older_than.total_seconds() * 1000)})
