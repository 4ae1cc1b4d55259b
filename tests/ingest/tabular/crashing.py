"""A process that reads a folder and dies: between any two polls, and at any move or write within one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.protocol import Source
from tests.ingest.samples import open_outbox
from tests.ingest.tabular.dropping import NOW, close, records, write_all

MakeSource = Callable[[Path], Source]
Fill = Callable[[Path], None]


class Died(BaseException):
    """The process is gone: nothing catches this."""


@contextmanager
def dying_at(monkeypatch: pytest.MonkeyPatch, step: int) -> Iterator[list[int]]:
    """Die before the move or deletion with this number, counted from 1; yields the count so far."""
    count = [0]
    rename = Path.rename

    def counted(path: Path, target: Path) -> Path:
        count[0] += 1
        if count[0] == step:
            raise Died
        return rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", counted)
        yield count


def lived(
    folder: Path, make: MakeSource, fill: Fill
) -> tuple[int, list[tuple[str, int]], dict[str, bytes]]:
    """What a process that never dies makes of a folder: polls, records, files."""
    fill(folder / "drop")
    source = make(folder)
    outbox = open_outbox(folder, source)
    try:
        polls = write_all(outbox, source)
    finally:
        outbox.close()
    return polls, records(folder, source), files(folder)


def files(folder: Path) -> dict[str, bytes]:
    drop = folder / "drop"
    return {str(p.relative_to(drop)): p.read_bytes() for p in sorted(drop.rglob("*")) if p.is_file()}


def assert_crashes_change_nothing(tmp_path: Path, make: MakeSource, fill: Fill) -> None:
    """Die after every poll, before and behind its commit, and go on in a new process."""
    polls, wanted, left = lived(tmp_path / "lived", make, fill)
    assert wanted
    for dies_after in range(1, polls + 1):
        for committed in (False, True):
            folder = tmp_path / f"died-{dies_after}-{committed}"
            fill(folder / "drop")
            source = make(folder)
            outbox = open_outbox(folder, source)
            write_all(outbox, source, limit=dies_after - 1)
            if not committed:
                (feed,) = source.feeds
                feed.connector.poll(outbox.place(source.name, feed.lane).cursor, NOW)
            outbox.close()
            close(source)
            _go_on(folder, make)
            assert records(folder, source) == wanted, (dies_after, committed)
            assert files(folder) == left, (dies_after, committed)
            shutil.rmtree(folder)


def assert_moves_can_be_cut_off(
    tmp_path: Path, make: MakeSource, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Die before every single move of a file, and go on in a new process."""
    _, wanted, left = lived(tmp_path / "lived", make, fill)
    step = 0
    while True:
        step += 1
        folder = tmp_path / f"cut-{step}"
        fill(folder / "drop")
        source = make(folder)
        outbox = open_outbox(folder, source)
        died = False
        with dying_at(monkeypatch, step):
            try:
                write_all(outbox, source)
            except Died:
                died = True
        outbox.close()
        close(source)
        _go_on(folder, make)
        assert records(folder, source) == wanted, step
        assert files(folder) == left, step
        if not died:
            break
    assert step > 2


def _go_on(folder: Path, make: MakeSource) -> None:
    source = make(folder)
    outbox = open_outbox(folder, source)
    try:
        write_all(outbox, source)
    finally:
        outbox.close()
