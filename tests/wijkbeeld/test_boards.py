from __future__ import annotations

from pathlib import Path

import pytest

from dashboards.grafana.push import ClickHouseLogin
from domain.errors import SettingsError
from wijkbeeld.access import READER, write_access
from wijkbeeld.boards import clickhouse_of, push_boards
from wijkbeeld.datadir import DataDir
from wijkbeeld.settings import Settings


def test_the_clickhouse_of_the_settings_comes_first(tmp_path: Path) -> None:
    write_access(DataDir(tmp_path).access, "127.0.0.1", 8123, "p" * 32)
    settings = Settings(
        data_dir=tmp_path,
        clickhouse="https://clickhouse.example.nl",
        clickhouse_user="grafana",
        clickhouse_password="q" * 32,
    )

    expected = ClickHouseLogin("clickhouse.example.nl", 8443, "grafana", "q" * 32, secure=True)
    assert clickhouse_of(settings) == expected


def test_else_that_of_the_data_dir(tmp_path: Path) -> None:
    write_access(DataDir(tmp_path).access, "127.0.0.1", 8123, "p" * 32)

    found = clickhouse_of(Settings(data_dir=tmp_path))

    assert found == ClickHouseLogin("127.0.0.1", 8123, READER, "p" * 32)
    assert "ppp" not in repr(found)


def test_with_neither_grafana_keeps_its_own(tmp_path: Path) -> None:
    assert clickhouse_of(Settings(data_dir=tmp_path)) is None


@pytest.mark.parametrize(("url", "says"), [("", "--grafana"), ("http://g", "WIJKBEELD_GRAFANA_TOKEN")])
def test_what_is_missing_is_named(url: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=says):
        push_boards(Settings(data_dir=tmp_path, grafana=url))
