"""The migrated schema on the real engine, shared by the tests of boards and page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.areas import Municipality
from domain.clock import SystemClock
from tests.support import city_rows
from tests.support.clickhouse import WRITER, LocalClickHouse
from warehouse.client import Client, connect
from warehouse.migrate import migrate
from warehouse.reference import sync_reference
from wijkbeeld.gemeenten import load_municipality

DATABASE = "wijkbeeld"


@pytest.fixture(scope="session")
def nijmegen() -> Municipality:
    """The municipality that ships."""
    return load_municipality("nijmegen")


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalClickHouse]:
    """A running ClickHouse server."""
    with LocalClickHouse(tmp_path_factory.mktemp("boards") / "data") as running:
        yield running


@pytest.fixture(scope="package")
def engine(server: LocalClickHouse, nijmegen: Municipality) -> Iterator[Client]:
    """A client that may write, on the migrated schema with areas and themes."""
    client = connect(f"{server.url}/{DATABASE}", WRITER.name, WRITER.password)
    migrate(client)
    sync_reference(client, nijmegen, SystemClock())
    yield client
    client.close()


@pytest.fixture
def warehouse(engine: Client) -> Client:
    """The same without any event."""
    city_rows.empty(engine)
    return engine
