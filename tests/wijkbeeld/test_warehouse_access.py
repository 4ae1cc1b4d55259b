"""Which ClickHouse, and as whom: our own under ``up``, or the one that ``up`` was given."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import WarehouseUnavailable
from wijkbeeld.access import READER, WRITER, load_or_create_credentials, write_access
from wijkbeeld.datadir import DataDir, write_json
from wijkbeeld.settings import Settings
from wijkbeeld.warehouse_access import running_reader, running_writer

URL = "http://ch:8123/wijkbeeld"
GIVEN = Settings(clickhouse_user="given", clickhouse_password="p")


@pytest.fixture
def running(tmp_path: Path) -> DataDir:
    """A folder as ``up`` leaves it while it runs."""
    data_dir = DataDir(tmp_path)
    data_dir.prepare()
    write_json(data_dir.run, {"urls": {"clickhouse": URL}, "parts": {}})
    return data_dir


def test_a_given_clickhouse_is_read_as_the_user_of_the_settings(running: DataDir) -> None:
    login = running_reader(GIVEN, running)
    assert (login.url, login.user, login.password) == (URL, "given", "p")
    assert running_writer(GIVEN, running) == login


def test_without_a_user_it_is_one_of_ours(running: DataDir) -> None:
    kept = load_or_create_credentials(running.credentials)
    reader, writer = running_reader(Settings(), running), running_writer(Settings(), running)
    assert (reader.url, reader.user, reader.password) == (URL, READER, kept.reader_password)
    assert (writer.url, writer.user, writer.password) == (URL, WRITER, kept.writer_password)


def test_our_own_warehouse_knows_our_users_alone(running: DataDir) -> None:
    write_access(running.access, "127.0.0.1", 8123, "p" * 32)
    assert running_reader(GIVEN, running).user == READER
    assert running_writer(GIVEN, running).user == WRITER


def test_before_up_has_said_where_it_is_it_is_away(running: DataDir) -> None:
    running.run.unlink()
    with pytest.raises(WarehouseUnavailable, match="still starting"):
        running_reader(Settings(), running)
