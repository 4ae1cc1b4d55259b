"""Pushes the boards to a running Grafana."""

from __future__ import annotations

from urllib.parse import urlsplit

from dashboards.grafana.push import ClickHouseLogin, push
from domain.errors import SettingsError
from wijkbeeld.access import READER
from wijkbeeld.datadir import DataDir, read_json
from wijkbeeld.settings import Settings


def push_boards(settings: Settings) -> list[str]:
    """Create or update folder, data source and boards; return one line for each.

    The data source gets the ClickHouse of the settings, else that of what runs on the data directory;
    with neither, the one that Grafana already has is kept.

    Raises:
        SettingsError: no URL or token is given, or Grafana has no data source and none is known.
        Terminal, Transient: see ``dashboards.grafana.push``.
    """
    if not settings.grafana:
        raise SettingsError("no Grafana given: use --grafana URL or set WIJKBEELD_GRAFANA")
    if not settings.grafana_token:
        raise SettingsError("no token given: set WIJKBEELD_GRAFANA_TOKEN to a service account token")
    return push(settings.grafana, settings.grafana_token, source=clickhouse_of(settings))


def clickhouse_of(settings: Settings) -> ClickHouseLogin | None:
    """Return how Grafana reaches ClickHouse, by a user who may only read; None if that is not known."""
    if settings.clickhouse and settings.clickhouse_user:
        url = urlsplit(settings.clickhouse)
        secure = url.scheme == "https"
        port = url.port or (8443 if secure else 8123)
        login = settings.clickhouse_user, settings.clickhouse_password
        return ClickHouseLogin(url.hostname or "", port, *login, secure=secure)
    access = read_json(DataDir(settings.data_dir).access)
    if not access:
        return None
    return ClickHouseLogin(
        str(access["host"]), int(str(access["port"])), READER, str(access["password"])
    )
