"""What becomes of the vendor's errors, and of settings that a server has fixed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError
from urllib3.exceptions import ProtocolError

from domain.errors import SettingsError, Terminal, Transient
from warehouse.client import (
    DATA_CODES,
    TERMINAL_CODES,
    TRANSIENT_CODES,
    Client,
    DataRefused,
    StatementRefused,
    connect,
    mapped,
)

SECRET = "Janssen, Kerkstraat 12"


def test_no_code_is_on_two_lists() -> None:
    assert not DATA_CODES & TERMINAL_CODES
    assert not DATA_CODES & TRANSIENT_CODES
    assert not TERMINAL_CODES & TRANSIENT_CODES


@pytest.mark.parametrize("code", [*sorted(DATA_CODES | TERMINAL_CODES | TRANSIENT_CODES), 31_337])
def test_an_error_is_told_by_its_code_and_without_its_message(code: int) -> None:
    found = mapped(DatabaseError(f"Cannot parse '{SECRET}'", code=code), "an insert")
    expected: type[Exception] = Transient  # also for a code that no list names
    if code in DATA_CODES:
        expected = DataRefused
    elif code in TERMINAL_CODES:
        expected = StatementRefused
    assert isinstance(found, expected)
    assert isinstance(found, Terminal) == (expected is not Transient)
    assert SECRET not in str(found)
    assert str(code) in str(found)
    assert "\n" not in str(found)


@pytest.mark.parametrize(
    "error", [OperationalError(SECRET), ProtocolError(SECRET), ConnectionResetError(SECRET)]
)
def test_what_has_no_code_comes_from_the_network(error: Exception) -> None:
    found = mapped(error, "an insert")
    assert isinstance(found, Transient)
    assert SECRET not in str(found)


@pytest.mark.parametrize("url", ["", "localhost:8123", "ftp://host:1", "http://"])
def test_an_address_of_another_form_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="ClickHouse address"):
        connect(url, "user", "password")


class FakeVendor:
    """A server with some settings, of which some are fixed; remembers what was asked of it."""

    def __init__(self, **fixed: str) -> None:
        names = {"async_insert", "insert_deduplicate", "materialized_views_ignore_errors", *fixed}
        self.server_settings = {
            name: SimpleNamespace(value=fixed.get(name, "9"), readonly=int(name in fixed))
            for name in names
        }
        self.asked: list[dict[str, Any]] = []

    def raw_insert(self, table: str, **options: Any) -> None:
        self.asked.append(options["settings"])


def client_of(vendor: FakeVendor) -> Client:
    return Client(vendor)  # type: ignore[arg-type] # as much of it as the test needs


def test_an_insert_carries_the_settings_that_the_server_knows_and_its_token() -> None:
    vendor = FakeVendor(async_insert="0")
    client_of(vendor).insert_rows("event_log", b"{}", "token")
    assert vendor.asked == [
        {
            "insert_deduplicate": 1,
            "materialized_views_ignore_errors": 0,
            "insert_deduplication_token": "token",
        }
    ]


def test_a_user_with_a_setting_fixed_against_us_may_not_insert() -> None:
    vendor = FakeVendor(materialized_views_ignore_errors="1")
    with pytest.raises(SettingsError, match="materialized_views_ignore_errors"):
        client_of(vendor).insert_rows("event_log", b"{}", "token")
    assert vendor.asked == []
