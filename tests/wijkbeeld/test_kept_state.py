from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import ResourceTaken, SettingsError
from wijkbeeld.access import load_or_create_credentials
from wijkbeeld.datadir import DataDir, read_json
from wijkbeeld.gemeenten import load_municipality
from wijkbeeld.kept_state import first_start, remember_sources


@pytest.fixture
def data_dir(tmp_path: Path) -> DataDir:
    folder = DataDir(tmp_path / "data")
    folder.prepare()
    return folder


def test_the_first_start_is_decided_once(data_dir: DataDir) -> None:
    assert first_start(data_dir) == first_start(data_dir)
    assert first_start(data_dir).utcoffset() is not None


def test_sources_add_up(data_dir: DataDir) -> None:
    assert remember_sources(data_dir, ["demo"]) == ("demo",)
    assert remember_sources(data_dir, ["p2000"]) == ("demo", "p2000")
    assert remember_sources(data_dir, ["demo"]) == ("demo", "p2000")


def test_passwords_are_made_once_and_kept_to_oneself(data_dir: DataDir) -> None:
    first = load_or_create_credentials(data_dir.credentials)

    assert load_or_create_credentials(data_dir.credentials) == first
    assert first.reader_password != first.writer_password
    assert min(len(first.reader_password), len(first.writer_password)) >= 32
    assert data_dir.credentials.stat().st_mode & 0o077 == 0


def test_a_folder_has_one_owner(data_dir: DataDir) -> None:
    assert not data_dir.is_running()
    with data_dir.lock():
        assert data_dir.is_running()
        with pytest.raises(ResourceTaken, match="runs here already"):
            data_dir.lock()
    assert not data_dir.is_running()


def test_a_damaged_file_says_which(data_dir: DataDir) -> None:
    data_dir.state.write_text("{")

    with pytest.raises(SettingsError, match=r"state\.json"):
        read_json(data_dir.state)


@pytest.mark.parametrize("name", ["utrecht", "/nowhere", "..", "nijmegen/../nijmegen"])
def test_no_such_gemeente_is_one_line(name: str) -> None:
    with pytest.raises(SettingsError, match="gemeente"):
        load_municipality(name)
