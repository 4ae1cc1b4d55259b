"""What the health check of a container looks for."""

from __future__ import annotations

from pathlib import Path

from wijkbeeld.supervisor.lifeline import READY_FILE, Reporter


def test_the_file_is_there_once_the_part_does_its_work(tmp_path: Path) -> None:
    file = tmp_path / "ready"
    reporter = Reporter({READY_FILE: str(file)})
    assert not file.exists()
    reporter.fatal("WIJKBEELD_BROKER is empty")
    assert not file.exists()
    reporter.ready()
    assert file.exists()


def test_without_the_variable_nothing_is_written(tmp_path: Path) -> None:
    Reporter({}).ready()
    assert list(tmp_path.iterdir()) == []
