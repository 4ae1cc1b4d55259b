"""The watched folder itself: what is left alone in it, what goes wrong with it, dying half way."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.errors import SourceUnavailable
from ingest.protocol import Source
from ingest.tabular.folder import has_writer
from tests.ingest.filedrop.conftest import ROW, changed, csv_of, filedrop
from tests.ingest.tabular.crashing import (
    assert_crashes_change_nothing,
    assert_moves_can_be_cut_off,
    files,
)
from tests.ingest.tabular.dropping import NOW, drop, run


def test_what_is_being_written_is_left_alone(tmp_path: Path) -> None:
    source = filedrop(tmp_path)
    folder = tmp_path / "drop"
    path = drop(folder, "a.csv", csv_of(ROW))
    for name in (".a.csv", "b.csv.part", "c.csv.tmp", "~$d.csv", "e.docx"):
        drop(folder, name, csv_of(ROW))
    (folder / "link.csv").symlink_to(tmp_path / "mapping.toml")
    with path.open("ab") as writer:
        os.utime(path, (NOW.timestamp() - 60, NOW.timestamp() - 60))
        assert run(source).findings == []
        assert path.exists()
        writer.write(b"")
    fresh = NOW.timestamp() - 1
    os.utime(path, (fresh, fresh))
    assert run(source).findings == []
    assert len(run(source, NOW + timedelta(seconds=10)).drafts) == 1
    assert len(list(folder.iterdir())) == 6 + 3


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    source = filedrop(tmp_path, rows_per_poll=100)
    drop(tmp_path / "drop", "a.csv", csv_of(*(changed(nummer=str(n)) for n in range(2_500))))
    (feed,) = source.feeds
    first = feed.connector.poll(None, NOW)
    assert (len(first.findings), first.wait) == (100, timedelta(0))
    assert first.progress is not None
    assert 0 < first.progress < 1
    with (tmp_path / "drop" / "work" / "a.csv").open("a", encoding="utf-8") as late:
        late.write("x")
    second = feed.connector.poll(first.cursor, NOW)
    assert [type(f).__name__ for f in second.findings] == ["Unreadable"]
    feed.connector.poll(second.cursor, NOW)
    assert "failed/a.csv" in files(tmp_path)


def test_what_was_read_is_deleted_after_a_while(tmp_path: Path) -> None:
    source = filedrop(tmp_path, keep_days=7)
    drop(tmp_path / "drop", "a.csv", csv_of(ROW))
    run(source)
    moved = datetime.fromtimestamp((tmp_path / "drop" / "done" / "a.csv").stat().st_ctime, UTC)
    run(source, moved + timedelta(days=6.9))
    assert list(files(tmp_path)) == ["done/a.csv"]
    run(source, moved + timedelta(days=7.1))
    assert files(tmp_path) == {}


def test_a_folder_that_is_away_is_waited_for_and_another_one_starts_afresh(tmp_path: Path) -> None:
    source = filedrop(tmp_path)
    (tmp_path / "drop").rmdir()
    with pytest.raises(SourceUnavailable, match=r"meldingen: folder .* is not there"):
        run(source)
    (feed,) = source.feeds
    (other,) = filedrop(tmp_path / "other").feeds
    assert feed.origin != other.origin


def _by_tens(folder: Path) -> Source:
    return filedrop(folder, rows_per_poll=10)


def _fill(folder: Path) -> None:
    rows = [changed(nummer=str(n), soort="Geluid" if n % 7 else "Wiersemans") for n in range(23)]
    drop(folder, "a.csv", csv_of(*rows))
    drop(folder, "b.csv", csv_of(*rows[:5], changed(nummer="x")))
    drop(folder, "c.csv", "geen;mapping\n")
    drop(folder, "d.csv", csv_of(*rows))


def test_death_between_any_two_polls_loses_and_doubles_nothing(tmp_path: Path) -> None:
    assert_crashes_change_nothing(tmp_path, _by_tens, _fill)


def test_death_at_any_move_loses_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_moves_can_be_cut_off(tmp_path, _by_tens, _fill, monkeypatch)


def test_what_somebody_takes_back_meanwhile_is_no_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = filedrop(tmp_path)
    drop(tmp_path / "drop", "a.csv", csv_of(ROW))
    rename = Path.rename

    def taken_back(path: Path, target: Path) -> Path:
        path.unlink()
        return rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", taken_back)
        with pytest.raises(SourceUnavailable, match="trying again"):
            run(source)
    assert run(source).findings == []


def test_a_writer_that_comes_while_we_look_ends_nothing(tmp_path: Path) -> None:
    path = drop(tmp_path / "drop", "a.csv", csv_of(ROW))
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            os.close(os.open(path, os.O_WRONLY))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        answers = [has_writer(path) for _ in range(2_000)]
    finally:
        stop.set()
        writer.join()
    assert set(answers) <= {True, False}
    assert has_writer(path) is False
