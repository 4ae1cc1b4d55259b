"""Names by which Grafana knows our things: they stay, so that an update finds what it updates."""

from __future__ import annotations

from dashboards.panels.definition import Board

DATASOURCE_TYPE = "grafana-clickhouse-datasource"
DATASOURCE_UID = "wijkbeeld-clickhouse"
DATASOURCE_NAME = "Wijkbeeld ClickHouse"
FOLDER_UID = "wijkbeeld"
FOLDER_TITLE = "Wijkbeeld"


def board_uid(board: Board) -> str:
    """Return the uid of a board's dashboard."""
    return f"wijkbeeld-{board.id}"
