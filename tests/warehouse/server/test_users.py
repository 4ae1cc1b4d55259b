"""Who a request is."""

from __future__ import annotations

import base64

import pytest

from domain.errors import SettingsError
from warehouse.server import ServerConfig, User
from warehouse.server.errors import ClickHouseError
from warehouse.server.users import authenticate

PASSWORD = "a-password-of-the-tests"
USERS = {"anna": User.with_password("anna", PASSWORD, read_only=True, databases=("wijkbeeld",))}


def basic(text: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(text.encode()).decode()}


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"x-clickhouse-user": "anna", "x-clickhouse-key": PASSWORD}, {}),
        (basic(f"anna:{PASSWORD}"), {}),
        ({}, {"user": "anna", "password": PASSWORD}),
    ],
)
def test_three_ways_to_prove_it(headers: dict[str, str], query: dict[str, str]) -> None:
    assert authenticate(USERS, headers, query) is USERS["anna"]


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({}, {}),
        ({}, {"user": "anna"}),
        ({}, {"user": "default", "password": ""}),
        (basic("anna:"), {}),
        (basic(f"ANNA:{PASSWORD}"), {}),
        ({"authorization": "Basic !"}, {}),
        ({"authorization": "Basic /w=="}, {}),
        ({"authorization": f"Bearer {PASSWORD}"}, {}),
        (
            {"x-clickhouse-user": "anna", "x-clickhouse-key": "wrong"},
            {"user": "anna", "password": PASSWORD},
        ),
        (basic(f"anna:{USERS['anna'].password_sha256}"), {}),
        (basic("anna:\ud800".encode("utf-8", "surrogatepass").decode("latin-1")), {}),
    ],
)
def test_anything_else_is_nobody(headers: dict[str, str], query: dict[str, str]) -> None:
    with pytest.raises(ClickHouseError) as refused:
        authenticate(USERS, headers, query)
    assert refused.value.code == 516
    assert "anna" not in refused.value.detail


def test_a_user_does_not_show_the_password() -> None:
    assert PASSWORD not in repr(USERS)


@pytest.mark.parametrize(
    ("name", "password", "databases"),
    [
        ("a b", PASSWORD, ("x",)),
        ("", PASSWORD, ("x",)),
        ("a", "short", ("x",)),
        ("a", PASSWORD, ()),
        ("a", PASSWORD, ("x.*",)),
        ("a", PASSWORD, ("x`",)),
    ],
)
def test_what_is_no_user(name: str, password: str, databases: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError):
        User.with_password(name, password, read_only=True, databases=databases)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.org", ""])  # noqa: S104 - it is refused
def test_only_loopback_is_served(host: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(SettingsError, match="loopback"):
        ServerConfig(tmp_path_factory.getbasetemp(), USERS, host=host)


def test_a_server_needs_users_under_their_names(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp()
    with pytest.raises(SettingsError):
        ServerConfig(folder, {})
    with pytest.raises(SettingsError):
        ServerConfig(folder, {"other": USERS["anna"]})
