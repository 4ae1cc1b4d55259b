"""How our own parts reach ClickHouse: as given, or with the passwords kept in the data directory."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.errors import SettingsError
from wijkbeeld.access import READER, WRITER, load_or_create_credentials
from wijkbeeld.datadir import DataDir
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
