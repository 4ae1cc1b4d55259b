"""Users of the local server and how a request proves to be one."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from domain.errors import SettingsError
from warehouse.server.errors import ClickHouseError, Code

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NOBODY = "0" * 64
ALL_DATABASES = "*"


@dataclass(frozen=True)
class User:
    """Somebody who may ask.

    Args:
        name: letters, digits and underscores.
        password_sha256: hex digest of the password. A fast hash is enough, because passwords here are
            made by the program from at least 128 random bits; ``with_password`` asks for 16 characters.
        read_only: may not write, define, or change limits, and reaches nothing outside the database.
        databases: databases that exist for this user; ``("*",)`` is all of them. The first one is where
            the user starts.

    Raises:
        SettingsError: a name is none, or the digest is not 64 hex digits.
    """

    name: str
    password_sha256: str
    read_only: bool
    databases: tuple[str, ...] = (ALL_DATABASES,)

    def __post_init__(self) -> None:
        if _NAME.fullmatch(self.name) is None or _DIGEST.fullmatch(self.password_sha256) is None:
            raise SettingsError("a user of the local warehouse needs a plain name and a SHA-256 digest")
        if not self.databases:
            raise SettingsError(f"user {self.name} of the local warehouse has no database")
        for database in self.databases:
            if database != ALL_DATABASES and _NAME.fullmatch(database) is None:
                raise SettingsError(f"user {self.name} has a database whose name is not plain")

    @classmethod
    def with_password(
        cls, name: str, password: str, *, read_only: bool, databases: tuple[str, ...] = (ALL_DATABASES,)
    ) -> Self:
        """Return a user with this password.

        Raises:
            SettingsError: the password has less than 16 characters, or see the class.
        """
        if len(password) < 16:
            raise SettingsError(f"the password of user {name} must have at least 16 characters")
        return cls(name, _digest(password), read_only, databases)

    @property
    def sees_everything(self) -> bool:
        """Whether the user may use every database."""
        return ALL_DATABASES in self.databases

    @property
    def start_database(self) -> str | None:
        """Database of a request that names none; None leaves the engine's own."""
        return None if self.sees_everything else self.databases[0]


def authenticate(
    users: Mapping[str, User], headers: Mapping[str, str], query: Mapping[str, str]
) -> User:
    """Return the user of a request.

    As ClickHouse does: headers ``X-ClickHouse-User`` and ``X-ClickHouse-Key``, else HTTP Basic, else
    ``user`` and ``password`` of the address. Names and passwords take the same time whether right or
    wrong.

    Args:
        users: by name.
        headers: of the request; names in lower case.
        query: of the request's address.

    Raises:
        ClickHouseError: 516, which does not say whether name or password was wrong.
    """
    name, password = _credentials(headers, query)
    user = users.get(name)
    expected = user.password_sha256 if user is not None else _NOBODY
    if hmac.compare_digest(_digest(password), expected) and user is not None:
        return user
    raise ClickHouseError(
        Code.AUTHENTICATION_FAILED,
        "Authentication failed: password is incorrect, or there is no user with such name.",
    )


def _credentials(headers: Mapping[str, str], query: Mapping[str, str]) -> tuple[str, str]:
    if "x-clickhouse-user" in headers:
        return headers["x-clickhouse-user"], headers.get("x-clickhouse-key", "")
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return name, password
    return query.get("user", ""), query.get("password", "")


def _digest(password: str) -> str:
    return hashlib.sha256(password.encode("utf-8", "surrogatepass")).hexdigest()
