"""Who may use the local warehouse: our own parts, and a user who may only read."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from domain.errors import SettingsError
from wijkbeeld.datadir import read_json, write_json

WRITER = "wijkbeeld"
READER = "lezer"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Passwords of the two users of the local warehouse."""

    writer_password: str
    reader_password: str


def load_or_create_credentials(path: Path) -> Credentials:
    """Return the passwords kept in ``path``; made once, random, readable for this user only.

    Raises:
        SettingsError: the file does not hold them.
    """
    stored = read_json(path)
    if not stored:
        stored = {WRITER: secrets.token_urlsafe(24), READER: secrets.token_urlsafe(24)}
        write_json(path, stored)
    writer, reader = stored.get(WRITER), stored.get(READER)
    if not isinstance(writer, str) or not isinstance(reader, str):
        raise SettingsError(f"{path}: lacks a password; remove the file to make new ones")
    return Credentials(writer, reader)


def write_access(path: Path, host: str, port: int, password: str) -> None:
    """Write the address and the reading user for people and their tools."""
    write_json(
        path,
        {
            "host": host,
            "port": port,
            "url": f"http://{host}:{port}",
            "user": READER,
            "password": password,
            "database": "default",
        },
    )
