"""Reading panels from ClickHouse, in the form in which they are sent to a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from dashboards.panels.definition import Panel
from domain.errors import Transient, WarehouseUnavailable
from warehouse.client import Client

Row = dict[str, Any]
Mark = tuple[int, ...]

_MARK = (
    "SELECT now('UTC'), (SELECT count() FROM event_log), (SELECT count() FROM cell),"
    " (SELECT count() FROM rejected), (SELECT count() FROM area), (SELECT count() FROM theme)"
)
"""Row counts are kept by the engine, so this costs next to nothing, and every write changes one."""


class PanelStore:
    """Reads panels with one connection, made when it is first needed and again after an error.

    Args:
        connect: makes a connection; raises ``WarehouseUnavailable`` or ``Terminal``.
    """

    def __init__(self, connect: Callable[[], Client]) -> None:
        self._connect = connect
        self._client: Client | None = None

    def mark(self) -> tuple[datetime, Mark]:
        """Return the engine's time (UTC) and numbers that differ after every write.

        Raises:
            WarehouseUnavailable: ClickHouse is away.
            Terminal: it refuses: the tables are not there yet, or the user may not read.
        """
        ((now, *counts),) = self._query(_MARK)
        return now, tuple(int(count) for count in counts)

    def read(self, panel: Panel) -> list[Row]:
        """Return the panel's answer, a row per object; times as ISO 8601 in UTC.

        Raises:
            WarehouseUnavailable, Terminal: see ``mark``.
        """
        names = [column.name for column in panel.columns]
        return [
            {name: as_json(value) for name, value in zip(names, row, strict=True)}
            for row in self._query(panel.sql)
        ]

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _query(self, sql: str) -> list[tuple[Any, ...]]:
        if self._client is None:
            self._client = self._connect()
        try:
            return self._client.query(sql)
        except Transient as error:
            self.close()
            raise WarehouseUnavailable(str(error)) from None


def as_json(value: Any) -> Any:
    """Return a value of a panel as JSON has it: a moment as ISO 8601 with ``Z``, NaN as null."""
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value != value:
        return None
    return value
