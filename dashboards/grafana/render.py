"""Writes the boards as files that Grafana provisions itself from."""

from __future__ import annotations

from pathlib import Path

from dashboards.grafana.names import (
    DATASOURCE_NAME,
    DATASOURCE_TYPE,
    DATASOURCE_UID,
    FOLDER_TITLE,
    FOLDER_UID,
)
from dashboards.grafana.sdk import dashboard_json
from dashboards.panels.stad_nu import BOARDS

_DATASOURCE = f"""\
# Written by `wijkbeeld dashboards render`. A user who may only read is enough.
apiVersion: 1
datasources:
  - name: {DATASOURCE_NAME}
    uid: {DATASOURCE_UID}
    type: {DATASOURCE_TYPE}
    access: proxy
    isDefault: true
    editable: false
    jsonData:
      host: $WIJKBEELD_CLICKHOUSE_HOST
      port: $WIJKBEELD_CLICKHOUSE_PORT
      protocol: http
      secure: false
      username: $WIJKBEELD_CLICKHOUSE_USER
      dialTimeout: "5"
      queryTimeout: "10"
    secureJsonData:
      password: $WIJKBEELD_CLICKHOUSE_PASSWORD
"""

_PROVIDER = f"""\
# Written by `wijkbeeld dashboards render`.
apiVersion: 1
providers:
  - name: wijkbeeld
    folder: {FOLDER_TITLE}
    folderUid: {FOLDER_UID}
    type: file
    disableDeletion: true
    allowUiUpdates: false
    updateIntervalSeconds: 30
    options:
      path: /etc/grafana/provisioning/dashboards/wijkbeeld
"""


def rendered_files() -> dict[str, str]:
    """Return the text of each file by its path below the provisioning folder."""
    boards = {f"dashboards/wijkbeeld/{board.id}.json": dashboard_json(board) for board in BOARDS}
    return {
        "datasources/wijkbeeld.yaml": _DATASOURCE,
        "dashboards/wijkbeeld.yaml": _PROVIDER,
    } | boards


def write_boards(folder: Path) -> list[Path]:
    """Write data source, provider and boards below ``folder``; return the files.

    Raises:
        OSError: a file cannot be written.
    """
    written = []
    for name, text in rendered_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written
