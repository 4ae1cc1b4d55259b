from __future__ import annotations

import pytest

from domain.errors import SettingsError
from wijkbeeld.compose import known_sources
from wijkbeeld.settings import Settings, join_sources, read_settings


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIJKBEELD_SOURCES", "demo, p2000=lines.txt")
    monkeypatch.setenv("WIJKBEELD_CLICKHOUSE", "http://127.0.0.1:8123/")

    settings = read_settings()

    assert settings.source_texts() == ("demo", "p2000=lines.txt")
    assert settings.clickhouse == "http://127.0.0.1:8123"


def test_memory_is_written_with_a_unit_or_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIJKBEELD_BROKER_BYTES", "64MiB")
    assert read_settings().broker_bytes == 64 * 2**20
    monkeypatch.setenv("WIJKBEELD_BROKER_BYTES", "1000")
    assert read_settings().broker_bytes == 1000
    monkeypatch.setenv("WIJKBEELD_BROKER_BYTES", "much")
    with pytest.raises(SettingsError, match="WIJKBEELD_BROKER_BYTES"):
        read_settings()


def test_more_workers_than_partitions_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIJKBEELD_WORKERS", "9")
    with pytest.raises(SettingsError, match="WIJKBEELD_WORKERS"):
        read_settings()


def test_a_file_name_may_hold_a_comma() -> None:
    texts = ("demo", "p2000=lines, of today.txt")

    assert Settings(sources=join_sources(texts)).source_texts() == texts
    assert Settings(sources=join_sources(texts[1:])).source_texts() == texts[1:]


def test_a_mistake_names_the_variable_and_not_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIJKBEELD_PAGE_PORT", "hunter2")

    with pytest.raises(SettingsError, match="WIJKBEELD_PAGE_PORT") as error:
        read_settings()

    assert "hunter2" not in str(error.value)


def test_passwords_are_not_in_the_representation() -> None:
    settings = Settings(clickhouse_password="hunter2", grafana_token="hunter3")

    assert "hunter" not in repr(settings)


def test_topics_are_kept_for_sources_that_were_once_read() -> None:
    assert known_sources(Settings(sources="p2000=-", known_sources="demo,p2000")) == (
        "demo",
        "p2000",
        "wijkteam",
    )
    assert known_sources(Settings(sources="p2000=-")) == ("p2000", "wijkteam")
