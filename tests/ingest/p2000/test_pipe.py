"""Reading a pipe without ever waiting for it."""

from __future__ import annotations

import io
import os
from pathlib import Path

from ingest.p2000.inputs import Chunk, Mark
from ingest.p2000.pipe import PipeInput
from tests.support.waiting import wait_until


def texts(chunk: Chunk) -> list[str]:
    return [line.data.decode() for line in chunk.lines]


def test_lines_come_as_they_are_written_and_stay_until_they_are_used() -> None:
    reading, writing = os.pipe()
    pipe = PipeInput(lambda: os.fdopen(reading, "rb"))
    with os.fdopen(writing, "wb", buffering=0) as writer:
        assert texts(pipe.read(None)) == []
        writer.write(b"een\r\ntwee\nhal")
        wait_until(lambda: texts(pipe.read(None)) == ["een", "twee"], timeout=30)
        chunk = pipe.read(None)
        assert texts(pipe.read(None)) == ["een", "twee"]
        assert not chunk.ended
        mark = {**chunk.mark, "offset": chunk.lines[0].end}
        assert texts(pipe.read(mark)) == ["twee"]
        mark = {**chunk.mark, "offset": chunk.lines[1].end}
        assert texts(pipe.read(mark)) == []
    wait_until(lambda: pipe.read(mark).ended, timeout=30)
    assert texts(pipe.read(mark)) == ["hal"]


def test_a_mark_of_an_earlier_process_is_the_beginning() -> None:
    pipe = PipeInput(lambda: io.BytesIO(b"een\n"))
    wait_until(lambda: pipe.read(None).ended, timeout=30)
    assert texts(pipe.read({"run": "eerder", "offset": 400})) == ["een"]


def test_a_named_pipe_is_opened_without_waiting_for_its_writer(tmp_path: Path) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    pipe = PipeInput(lambda: path.open("rb"))
    assert texts(pipe.read(None)) == []
    with path.open("wb") as writer:
        writer.write(b"een\n")
    wait_until(lambda: pipe.read(None).ended, timeout=30)
    assert texts(pipe.read(None)) == ["een"]


def test_more_than_the_buffer_waits_in_the_pipe() -> None:
    line = b"z" * 999 + b"\n"
    count = 9000
    pipe = PipeInput(lambda: io.BytesIO(line * count))
    marks: list[Mark | None] = [None]
    got = 0

    def news() -> Chunk | None:
        chunk = pipe.read(marks[-1])
        return chunk if chunk.lines or chunk.ended else None

    while not (chunk := wait_until(news, timeout=30)).ended or chunk.lines:
        got += len(chunk.lines)
        marks.append({**chunk.mark, "offset": chunk.lines[-1].end})
    assert got == count


def test_a_pipe_that_cannot_be_opened_has_ended(tmp_path: Path) -> None:
    pipe = PipeInput(lambda: (tmp_path / "nergens").open("rb"))
    wait_until(lambda: pipe.read(None).ended, timeout=30)
