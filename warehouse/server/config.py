"""What the local ClickHouse server is given."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from domain.errors import SettingsError
from warehouse.server.users import User

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_TABLE = re.compile(rf"{_NAME.pattern}\.{_NAME.pattern}")


@dataclass(frozen=True)
class Limits:
    """Bounds of the server. Those of readers hold for every query of a user who may only read."""

    concurrent: int = 16
    """Requests in the engine at once; the next ones wait."""
    concurrent_readers: int = 8
    """Of these, at most so many of users who may only read, so that they cannot stop the loader."""
    queue_seconds: float = 10.0
    """Longest wait for a place before error 202."""
    session_wait_seconds: float = 2.0
    """Longest wait for a busy session before error 373."""
    statement_bytes: int = 1 << 20
    """Largest statement, without the rows of an INSERT."""
    insert_bytes: int = 1 << 30
    """Most bytes of the rows of one INSERT, decoded; they are in memory until they are stored."""
    drain_seconds: float = 4.0
    """How long running queries may go on after a stop; then they are cancelled."""
    reader_seconds: int = 60
    reader_memory_bytes: int = 2 << 30
    reader_rows: int = 1_000_000
    reader_bytes: int = 256 << 20


@dataclass(frozen=True)
class ServerConfig:
    """The local server.

    Args:
        data_dir: folder of the engine's data; made if it is not there. One server at a time.
        users: by name, each under its own name.
        host: a loopback address; any other is refused.
        port: TCP port; 0 takes a free one.
        limits: bounds.
        default_settings: ClickHouse settings that hold where a query says nothing else, for all users.
        hidden_columns: by ``database.table``, columns of type String that users who may only read do
            not get, neither their values nor their lengths.

    Raises:
        SettingsError: ``host`` is not loopback, a user stands under another name, or there is none, or
            a hidden column has no plain name.
    """

    data_dir: Path
    users: Mapping[str, User]
    host: str = "127.0.0.1"
    port: int = 0
    limits: Limits = field(default_factory=Limits)
    default_settings: Mapping[str, str | int] = field(default_factory=dict)
    hidden_columns: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _is_loopback(self.host):
            raise SettingsError(
                "the local warehouse listens on loopback only, such as 127.0.0.1: change its host"
            )
        if not self.users:
            raise SettingsError("the local warehouse needs at least one user")
        for name, user in self.users.items():
            if name != user.name:
                raise SettingsError(
                    "a user of the local warehouse stands under another name than its own"
                )
        for table, columns in self.hidden_columns.items():
            if not (_TABLE.fullmatch(table) and all(map(_NAME.fullmatch, columns))):
                raise SettingsError(
                    "a hidden column needs a plain name and stands under a plain database.table"
                )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
