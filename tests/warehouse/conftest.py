"""The real engine behind the local server, one for all tests here, with a database for each test."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.clickhouse import WRITER, LocalClickHouse
from warehouse.client import Client, connect
from warehouse.migrate import migrate

_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalClickHouse]:
    """A running server."""
    folder: Path = tmp_path_factory.mktemp("warehouse")
    with LocalClickHouse(folder / "data") as server:
        yield server


@pytest.fixture
def database(clickhouse: LocalClickHouse) -> str:
    """The address of a new, empty database."""
    name = f"test_{next(_NUMBERS)}"
    admin = connect(clickhouse.url, WRITER.name, WRITER.password)
    admin.execute(f"CREATE DATABASE {name}")
    admin.close()
    return f"{clickhouse.url}/{name}"


@pytest.fixture
def client_of() -> Iterator[Callable[[str], Client]]:
    """Opens clients of an address; closes them after the test."""
    opened: list[Client] = []

    def open_client(url: str) -> Client:
        opened.append(connect(url, WRITER.name, WRITER.password))
        return opened[-1]

    yield open_client
    for client in opened:
        client.close()


@pytest.fixture
def client(database: str, client_of: Callable[[str], Client]) -> Client:
    """A client of a new database with our tables."""
    connected = client_of(database)
    migrate(connected)
    return connected
