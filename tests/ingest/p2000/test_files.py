"""Files that grow, rotate, shrink, come and go."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from domain.errors import SourceRefused, SourceUnavailable
from ingest.p2000.files import FileInput
from ingest.p2000.inputs import WINDOW_BYTES, Chunk, Mark
from tests.ingest.samples import KEYED


class Reader:
    """Reads a file and uses every line, as the connector does, with a new input for each read."""

    def __init__(self, path: Path, *, follow: bool = True) -> None:
        self.path = path
        self.follow = follow
        self.mark: Mark | None = None
        self.last: Chunk | None = None

    def read(self) -> list[str]:
        chunk = FileInput(self.path, follow=self.follow, keyed=KEYED).read(self.mark)
        self.last = chunk
        self.mark = dict(chunk.mark)
        if chunk.lines:
            self.mark["offset"] = chunk.lines[-1].end
        return [line.data.decode() for line in chunk.lines]

    def drain(self) -> list[str]:
        lines: list[str] = []
        while new := self.read():
            lines += new
        return lines


def append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def test_a_growing_file_gives_whole_lines_only(tmp_path: Path) -> None:
    path = tmp_path / "log"
    append(path, "een\ntw")
    reader = Reader(path)
    assert reader.read() == ["een"]
    assert reader.read() == []
    append(path, "ee")
    assert reader.read() == []
    append(path, "\ndrie\n")
    assert reader.read() == ["twee", "drie"]
    assert reader.last is not None
    assert not reader.last.ended


def test_a_plain_file_ends_with_its_last_line_even_without_a_line_end(tmp_path: Path) -> None:
    path = tmp_path / "log"
    append(path, "een\ntwee")
    reader = Reader(path, follow=False)
    assert reader.read() == ["een", "twee"]
    assert reader.last is not None
    assert reader.last.ended
    assert reader.last.size == 8
    assert reader.read() == []


def test_the_same_mark_gives_the_same_lines(tmp_path: Path) -> None:
    path = tmp_path / "log"
    append(path, "een\ntwee\n")
    file = FileInput(path, follow=True, keyed=KEYED)
    assert file.read(None) == file.read(None)


def test_a_rotated_file_is_finished_before_its_successor(tmp_path: Path) -> None:
    path = tmp_path / "log"
    append(path, "een\ntwee\n")
    reader = Reader(path)
    assert reader.read() == ["een", "twee"]
    append(path, "drie\nvie")
    path.rename(tmp_path / "log.1")
    append(path, "vijf\n")
    append(tmp_path / "log.1", "r\n")
    assert reader.drain() == ["drie", "vier", "vijf"]
    append(path, "zes\n")
    assert reader.read() == ["zes"]


def test_the_last_piece_of_a_rotated_file_waits_until_the_new_one_is_written(tmp_path: Path) -> None:
    path = tmp_path / "log"
    append(path, "een\n")
    reader = Reader(path)
    assert reader.read() == ["een"]
    append(path, "half")
    path.rename(tmp_path / "log.1")
    path.touch()
    assert reader.read() == []
    append(tmp_path / "log.1", " af\n")
    assert reader.read() == ["half af"]
    append(path, "twee\n")
    assert reader.drain() == ["twee"]


def rotate(path: Path, written: int, names: Sequence[str]) -> None:
    """Rename the file and those before it, as logrotate does; it was last written at that time."""
    os.utime(path, ns=(written, written))
    for newer, older in pairwise(reversed([path.name, *names])):
        if (path.parent / older).exists():
            (path.parent / older).rename(path.parent / newer)


def test_files_that_were_rotated_while_nobody_read_are_read_in_their_order(tmp_path: Path) -> None:
    path, names = tmp_path / "log", ("log.1", "log.2", "log.3", "log.4")
    append(path, "nul\n")
    rotate(path, 50, names)
    append(path, "een\n")
    reader = Reader(path)
    assert reader.read() == ["een"]
    append(path, "twee\n")
    for number, text in enumerate(("drie\nvie", "vijf\n", "zes\n")):
        rotate(path, 100 + number, names)
        append(path, text)
    append(tmp_path / "log.1.gz", "gepakt\n")
    append(tmp_path / "logboek", "iets anders\n")

    assert reader.drain() == ["twee", "drie", "vie", "vijf", "zes"]

    append(path, "zeven\n")
    assert reader.read() == ["zeven"]


def test_an_empty_file_that_was_rotated_is_passed(tmp_path: Path) -> None:
    path, names = tmp_path / "log", ("log.1", "log.2")
    append(path, "een\n")
    reader = Reader(path)
    assert reader.read() == ["een"]
    rotate(path, 100, names)
    path.touch()
    rotate(path, 101, names)
    append(path, "twee\n")
    assert reader.read() == []
    assert reader.read() == ["twee"]


def test_a_rotated_file_that_is_gone_is_left(tmp_path: Path) -> None:
    path = tmp_path / "log"
    append(path, "een\n")
    reader = Reader(path)
    assert reader.read() == ["een"]
    other = tmp_path / "other"
    append(other, "nieuw\n")
    other.replace(path)
    assert reader.read() == ["nieuw"]


def test_a_truncated_file_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "log"
    append(path, "een\ntwee\n")
    reader = Reader(path)
    assert reader.read() == ["een", "twee"]
    path.write_text("kort\n", encoding="utf-8")
    assert reader.read() == ["kort"]


def test_a_file_written_anew_past_the_old_place_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "log"
    append(path, "een\ntwee\n")
    reader = Reader(path)
    assert reader.read() == ["een", "twee"]
    path.write_text("heel andere regels\nen nog een\n", encoding="utf-8")
    assert reader.read() == ["heel andere regels", "en nog een"]


def test_a_file_larger_than_a_window_comes_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "log"
    line = "x" * 99 + "\n"
    append(path, line * (3 * WINDOW_BYTES // 100))
    reader = Reader(path, follow=False)
    assert len(reader.drain()) == 3 * WINDOW_BYTES // 100


def test_a_line_longer_than_a_window_does_not_stop_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "log"
    append(path, "y" * (WINDOW_BYTES + 10) + "\ngoed\n")
    reader = Reader(path)
    lines = reader.drain()
    assert [len(line) for line in lines] == [WINDOW_BYTES, 10, 4]


def test_a_missing_file_is_waited_for_only_when_it_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with pytest.raises(SourceUnavailable, match="waiting"):
        Reader(path).read()
    with pytest.raises(SourceRefused, match="gone"):
        Reader(path, follow=False).read()


def test_a_place_in_a_pipe_is_no_place_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "log"
    append(path, "een\n")
    with pytest.raises(SourceRefused, match="saved place"):
        FileInput(path, follow=True, keyed=KEYED).read({"run": "x", "offset": 3})
