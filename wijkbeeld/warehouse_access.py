"""How ClickHouse is reached: as given, or with the passwords kept in the data directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from domain.errors import SettingsError, WarehouseUnavailable
from wijkbeeld.access import READER, WRITER, load_or_create_credentials
from wijkbeeld.datadir import DataDir, read_json
from wijkbeeld.settings import Settings


@dataclass(frozen=True, slots=True)
class Login:
    """URL, user and password."""

    url: str
    user: str
    password: str = field(repr=False)


def writer_login(settings: Settings) -> Login:
    """Return the login that may write.

    Raises:
        SettingsError: no ClickHouse is given.
    """
    return _login(settings, WRITER)


def reader_login(settings: Settings) -> Login:
    """Return the login that may only read; a given user is used as it is.

    Raises:
        SettingsError: no ClickHouse is given.
    """
    return _login(settings, READER)


def running_writer(settings: Settings, data_dir: DataDir) -> Login:
    """Return the login that may write to the warehouse of what runs on a folder.

    Raises:
        WarehouseUnavailable: ``up`` has not yet said where it is.
    """
    return writer_login(_of_running(settings, data_dir))


def running_reader(settings: Settings, data_dir: DataDir) -> Login:
    """Return the login that may only read the warehouse of what runs on a folder.

    Where ``up`` was given a ClickHouse, a user that the settings name is used as it is.

    Raises:
        WarehouseUnavailable: ``up`` has not yet said where it is.
    """
    return reader_login(_of_running(settings, data_dir))


def _of_running(settings: Settings, data_dir: DataDir) -> Settings:
    urls = cast(Mapping[str, str], read_json(data_dir.run).get("urls") or {})
    if not urls.get("clickhouse"):
        raise WarehouseUnavailable(
            f"{data_dir.root}: Wijkbeeld is still starting; try again in a moment"
        )
    found: dict[str, object] = {"clickhouse": urls["clickhouse"], "data_dir": data_dir.root}
    if data_dir.access.exists():  # our own warehouse, which knows no users but ours
        found |= {"clickhouse_user": "", "clickhouse_password": ""}
    return settings.model_copy(update=found)


def _login(settings: Settings, role: str) -> Login:
    if not settings.clickhouse:
        raise SettingsError(
            "WIJKBEELD_CLICKHOUSE is empty: say where ClickHouse is, as http://host:port"
        )
    if settings.clickhouse_user:
        return Login(settings.clickhouse, settings.clickhouse_user, settings.clickhouse_password)
    credentials = load_or_create_credentials(DataDir(settings.data_dir).credentials)
    password = credentials.reader_password if role == READER else credentials.writer_password
    return Login(settings.clickhouse, role, password)
