"""A crash at any moment of a poll, then the same once more: nothing is lost, nothing doubled."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.ingest.poll_deaths import MOMENTS, Killed, Moment, before_writing
from tests.ingest.signalen.reading import START, TOKEN, Reader, expected
from tests.support.http_source import HttpSource
from tests.support.signalen import Signalen
from tests.support.waiting import wait_until


def _busy() -> Signalen:
    """Nine meldingen; after each page something changes."""
    server = Signalen(START, TOKEN)
    for _ in range(9):
        server.add()
    server.between = [
        lambda: server.change(2, "b"),
        lambda: server.change(9, "a"),
        server.add,
        lambda: server.change(2, "o"),
    ]
    return server


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("polls", range(6))
def test_killed_in_a_poll(
    moment: Moment,
    polls: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = _busy()
    reader = Reader(tmp_path, server)
    for _ in range(polls):
        reader.write(reader.ask())
    if moment is before_writing:
        reader.ask()
    with pytest.raises(Killed):
        moment(reader, monkeypatch)
    reader.restart()
    for _ in range(3):
        reader.round()
    versions, current = reader.versions(), reader.current()
    reader.round()
    assert reader.versions() == versions
    reader.close()
    assert current == expected(server)
    assert len({(v.number, v.rev) for v in versions}) == len(versions)
    assert all(v.rev <= 3 for v in versions)


@pytest.mark.integration
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_process_killed_again_and_again_ends_with_the_truth(tmp_path: Path) -> None:
    server = Signalen(START, TOKEN)
    for _ in range(120):
        server.add()
    with HttpSource(server.respond) as source:
        for kill_after in (2, 3, 7, 12, 20):
            before = len(source.asked)
            child = _start(tmp_path, source.url, "1000000")
            try:
                wait_until(partial(_asked, source, before + kill_after), 60, "requests of a child")
            finally:
                os.kill(child.pid, signal.SIGKILL)
                child.wait()
            server.change(kill_after, "b")
        last = _start(tmp_path, source.url, "3")
        assert last.wait(120) == 0
    reader = Reader(tmp_path, server)
    assert reader.current() == expected(server)
    assert all(v.rev <= 2 for v in reader.versions())
    reader.close()
    with sqlite3.connect(tmp_path / "outbox.sqlite") as outbox:
        assert outbox.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    outbox.close()


def _asked(source: HttpSource, times: int) -> bool:
    return len(source.asked) >= times


def _start(folder: Path, url: str, rounds: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ingest.signalen.reading_process", str(folder), url, rounds]
    )
