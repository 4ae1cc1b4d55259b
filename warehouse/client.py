"""ClickHouse, as the warehouse uses it: the only module that knows the vendor's client.

Three things are settled here. Every setting that decides whether an insert counts once is sent with the
insert, because their defaults differ between versions. An error is told by its code alone. A message of
the server never gets out, because its parse errors quote the input.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client as VendorClient
from clickhouse_connect.driver.exceptions import ClickHouseError, Error
from urllib3.exceptions import HTTPError

from domain.errors import SettingsError, Terminal, WarehouseUnavailable
from warehouse.cluster import CLUSTER_CHANGE, CLUSTER_INSERT, CLUSTER_READ
from warehouse.exactness import EXACT_INSERT, EXACT_READ, EXACT_SELECT_INSERT

T = TypeVar("T")

DATA_CODES = frozenset(
    {6, 25, 26, 27, 32, 33, 38, 41, 53, 69, 70, 72, 117, 130, 131, 321, 349, 407, 467, 469, 691}
)
"""The rows are at fault: they cannot be parsed, or a value does not fit its column."""

TERMINAL_CODES = frozenset(
    {8, 10, 16, 20, 36, 42, 43, 44, 46, 47, 48, 50, 57, 60, 62, 63, 81, 115, 164}
    | {192, 193, 194, 497, 516}
)
"""The statement, the schema or the user is at fault: asking again gives the same answer."""

TRANSIENT_CODES = frozenset(
    {23, 24, 74, 75, 76, 88, 158, 159, 160, 173, 198, 202, 203, 209, 210, 225, 236, 241, 242, 243, 252}
    | {279, 285, 286, 319, 341, 373, 394, 395, 425, 439, 473, 722, 735, 999, 1000}
)
"""Network, overload, memory, disk, too many parts, a view that failed, time."""


class DataRefused(Terminal):
    """ClickHouse refused rows because of what is in them.

    Args:
        code: ClickHouse's error code.
    """

    def __init__(self, code: int) -> None:
        super().__init__(f"ClickHouse refused rows with code {code}")
        self.code = code


class StatementRefused(Terminal):
    """ClickHouse refused a statement: its schema, a setting or the user's rights do not fit.

    Args:
        code: ClickHouse's error code.
        what: what was being done, in our own words.
    """

    def __init__(self, code: int, what: str) -> None:
        super().__init__(f"ClickHouse refused {what}, code {code}: check user and migrations")
        self.code = code


class Client:
    """A connection to one ClickHouse database. May be used from several threads at once.

    Args:
        vendor: the vendor's client.
        clustered: the tables are spread over a cluster.
    """

    def __init__(self, vendor: VendorClient, *, clustered: bool = False) -> None:
        self._vendor = vendor
        read, insert, change = (
            (CLUSTER_READ, CLUSTER_INSERT, CLUSTER_CHANGE) if clustered else ({}, {}, {})
        )
        exact_insert = {**EXACT_INSERT, **insert}
        self._insert_settings = self._accepted(exact_insert)
        self._select_insert_settings = self._accepted({**EXACT_SELECT_INSERT, **read, **insert})
        self._read_settings = self._accepted({**EXACT_READ, **read})
        self._change_settings = self._accepted({**read, **change})
        self._unsafe = self._fixed_otherwise(exact_insert)

    def _accepted(self, settings: Mapping[str, str | int]) -> dict[str, str | int]:
        """Leave out what this server does not know and what this user may only read."""
        known = self._vendor.server_settings
        return {
            name: value for name, value in settings.items() if name in known and not known[name].readonly
        }

    def _fixed_otherwise(self, settings: Mapping[str, str | int]) -> list[str]:
        """Name the settings that the server has fixed at another value than ours."""
        known = self._vendor.server_settings
        return sorted(
            name
            for name, value in settings.items()
            if name in known and known[name].readonly and known[name].value != str(value)
        )

    def insert_rows(self, table: str, body: bytes, token: str) -> None:
        """Insert rows in the format JSONEachRow: all of them, or none.

        Args:
            table: table name, one of ours.
            body: one JSON object per line.
            token: the batch's own name. A repeat under the same token within the table's window is not
                stored again, and repairs what a failing view left out.

        Raises:
            DataRefused: a row is at fault.
            WarehouseUnavailable: try again, with the same token and the same rows.
            StatementRefused: the table or the user is at fault.
            SettingsError: the user may not set what keeps inserts exact.
        """
        if self._unsafe:
            raise SettingsError(
                f"ClickHouse user: setting {self._unsafe[0]} is fixed at a value that loses rows"
            )
        settings = {**self._insert_settings, "insert_deduplication_token": token}
        _guarded(
            f"an insert into {table}",
            lambda: self._vendor.raw_insert(
                table, insert_block=body, settings=settings, fmt="JSONEachRow"
            ),
        )

    def insert_select(self, statement: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run an INSERT ... SELECT, exact under FINAL and never deduplicated.

        Raises:
            WarehouseUnavailable, StatementRefused: see ``insert_rows``.
        """
        self._command(statement, parameters, self._select_insert_settings, "an insert from a query")

    def execute(self, statement: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run one statement that gives no rows, such as DDL.

        Raises:
            WarehouseUnavailable, StatementRefused: see ``insert_rows``.
        """
        self._command(statement, parameters, self._change_settings, "a statement")

    def query(
        self, statement: str, parameters: Mapping[str, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT, exact under FINAL; times are aware, in UTC.

        Args:
            statement: SQL with parameters written as ``{name:Type}``.
            parameters: their values.

        Raises:
            WarehouseUnavailable, StatementRefused: see ``insert_rows``.
        """
        answer = _guarded(
            "a query",
            lambda: self._vendor.query(
                statement,
                parameters=dict(parameters or {}),
                settings=self._read_settings,
                tz_mode="aware",
            ),
        )
        rows: Sequence[Sequence[Any]] = answer.result_rows
        return [tuple(row) for row in rows]

    def close(self) -> None:
        """Close the connections."""
        self._vendor.close()

    def _command(
        self,
        statement: str,
        parameters: Mapping[str, Any] | None,
        settings: Mapping[str, Any],
        what: str,
    ) -> None:
        _guarded(
            what,
            lambda: self._vendor.command(
                statement, parameters=dict(parameters or {}), settings=dict(settings)
            ),
        )


def connect(
    url: str,
    user: str,
    password: str,
    *,
    timeout: timedelta = timedelta(seconds=60),
    database: str | None = None,
    clustered: bool = False,
    name: str = "wijkbeeld",
) -> Client:
    """Connect to ClickHouse.

    Args:
        url: ``http://host:port`` or ``https://host:port``, with ``/database`` where it is not the user's
            default one.
        user: user name.
        password: its password.
        timeout: how long an answer may take.
        database: overrides the database in ``url``.
        clustered: the tables are spread over a cluster (``warehouse.cluster``).
        name: who connects, for the server's logs (it begins the User-Agent).

    Raises:
        SettingsError: ``url`` is not of that form.
        WarehouseUnavailable: nobody answers there now.
        StatementRefused: the user or the password is wrong.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError("ClickHouse address: expected http://host:port or https://host:port")
    vendor = _guarded(
        "the login",
        lambda: clickhouse_connect.get_client(
            interface=parts.scheme,
            host=parts.hostname,
            port=parts.port or (8443 if parts.scheme == "https" else 8123),
            username=user,
            password=password,
            database=database or unquote(parts.path.strip("/")) or None,
            client_name=name,
            connect_timeout=5,
            send_receive_timeout=int(timeout.total_seconds()),
            # A session allows one query at a time; ours are independent.
            autogenerate_session_id=False,
            dedicated_pool=True,
            compress=False,
        ),
    )
    return Client(vendor, clustered=clustered)


def _guarded(what: str, call: Callable[[], T]) -> T:
    try:
        return call()
    except (ClickHouseError, HTTPError, OSError) as error:
        failure = mapped(error, what)
    # Raised out here: inside the handler it would keep the vendor's error, and with it what that quotes.
    raise failure


def mapped(error: Exception, what: str) -> DataRefused | StatementRefused | WarehouseUnavailable:
    """Return our error for one of the vendor's, by its code and without its message.

    An error without a code comes from the network. A code that no list here names is taken as passing:
    to wait loses nothing, to go on might.
    """
    code = error.code if isinstance(error, Error) else None
    if code in DATA_CODES:
        return DataRefused(code)
    if code in TERMINAL_CODES:
        return StatementRefused(code, what)
    told = "does not answer" if code is None else f"cannot take {what} now, code {code}"
    return WarehouseUnavailable(f"ClickHouse {told}")
