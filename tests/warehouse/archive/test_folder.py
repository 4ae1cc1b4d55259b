"""A day is replaced as a whole or not at all."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from domain.errors import ResourceTaken, SettingsError
from tests.support.clickhouse import REPOSITORY
from tests.warehouse.archive.rows import put, read, story_rows
from warehouse.archive.folder import Folder

DAY = "2026-03-29"


def test_a_day_lies_in_a_folder_of_its_own(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "archive")
    assert folder.days() == []
    put(folder, "2026-03-30", story_rows(1, 3))
    put(folder, DAY, story_rows(1, 3))
    (tmp_path / "archive" / "day=2026-03-31").mkdir()
    (tmp_path / "archive" / "notes").mkdir()

    assert folder.days() == [DAY, "2026-03-30"]
    assert folder.path(DAY) == tmp_path / "archive" / "day=2026-03-29" / "events.parquet"
    assert folder.path(DAY).stat().st_mode & 0o077 == 0


def test_a_failing_write_leaves_the_old_day(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    old = story_rows(1, 30)
    put(folder, DAY, old)

    def fail(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(SettingsError, match="cannot write"):
        folder.replace(DAY, fail)  # type: ignore[arg-type] # it never returns
    assert read(folder.path(DAY)) == old


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="cannot write"), Folder(tmp_path / "file" / "x").lock():
        pass


def test_only_one_writes(tmp_path: Path) -> None:
    with Folder(tmp_path).lock(), pytest.raises(ResourceTaken), Folder(tmp_path).lock():
        pass
    with Folder(tmp_path).lock():
        pass


@pytest.mark.slow
@pytest.mark.parametrize("rows", [0, 10, 21_000])
def test_a_writer_that_is_killed_leaves_whole_files_only(tmp_path: Path, rows: int) -> None:
    folder = Folder(tmp_path)
    old = story_rows(1, 30)
    put(folder, DAY, old)

    assert _write(tmp_path, rows) == -signal.SIGKILL
    assert folder.days() == [DAY]
    assert read(folder.path(DAY)) == old

    assert _write(tmp_path, -1) == 0
    assert len(read(folder.path(DAY))) > 21_000
    assert not folder.path(DAY).with_suffix(".tmp").exists()


def _write(root: Path, rows: int) -> int:
    command = [sys.executable, "-m", "tests.warehouse.archive.writing_process"]
    return subprocess.run([*command, str(root), DAY, str(rows)], cwd=REPOSITORY, check=False).returncode
