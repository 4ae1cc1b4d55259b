"""What the heartbeat says comes into the warehouse, and a warehouse that is away stops nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.errors import WarehouseUnavailable
from ingest.heartbeat.verdict import Trouble, Verdict
from tests.support.clickhouse import READER, WRITER, LocalClickHouse
from tests.support.ports import free_port
from warehouse.client import Client, connect
from warehouse.migrate import migrate
from wijkbeeld.source_states import source_states
from wijkbeeld.warehouse_access import Login

pytestmark = pytest.mark.integration

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def verdict(at: datetime, until: datetime | None, *troubles: Trouble) -> Verdict:
    return Verdict(at, dict.fromkeys(troubles, "a line"), until, learned=False, receipt=7)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalClickHouse]:
    folder: Path = tmp_path_factory.mktemp("warehouse")
    with LocalClickHouse(folder / "data") as running:
        yield running


def login(server: LocalClickHouse) -> Login:
    return Login(f"{server.url}/wijkbeeld", WRITER.name, WRITER.password)


def asked(server: LocalClickHouse) -> Client:
    return connect(f"{server.url}/wijkbeeld", READER.name, READER.password)


def test_before_the_table_is_there_it_is_said_and_afterwards_the_newest_is_read(
    server: LocalClickHouse,
) -> None:
    with closing(source_states(login(server), clustered=False)) as states:
        with pytest.raises(WarehouseUnavailable):
            states.tell({"p2000": verdict(NOON, NOON)})
        with closing(connect(f"{server.url}/wijkbeeld", WRITER.name, WRITER.password)) as writer:
            migrate(writer)
        later = NOON + timedelta(seconds=15)
        states.tell({"p2000": verdict(later, NOON, Trouble.LATE, Trouble.FLOODING)})
        states.tell({"p2000": verdict(NOON, NOON), "signalen": verdict(NOON, None)})
        states.tell({})
    with closing(asked(server)) as reader:
        assert reader.query("SELECT * FROM source_now ORDER BY source") == [
            ("p2000", later, NOON, ["flooding", "late"], 7),
            ("signalen", NOON, None, [], 7),
        ]


def test_a_warehouse_that_is_away_is_told_as_such() -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    with closing(source_states(Login(nobody, "x", "hunter2"), clustered=False)) as states:
        for _ in range(2):
            with pytest.raises(WarehouseUnavailable) as away:
                states.tell({"p2000": verdict(NOON, NOON)})
            assert "hunter2" not in str(away.value)
