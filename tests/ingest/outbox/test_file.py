"""The file: only ours, held by one, whole after a kill, silent in its errors, readable by others."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import traceback
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from domain.codec import decode_event
from domain.errors import ResourceTaken, SettingsError, Transient
from domain.topics import Lane
from ingest.outbox.schema import OutboxFailed, our_errors
from ingest.outbox.store import Outbox, OutboxClosed
from ingest.outbox.turns import Turns, Urgency
from ingest.status import read_pending, read_status
from tests.ingest.samples import KEYED, NOON, draft, open_outbox, poll, source, unpublished
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow

DEMO = source()


def test_every_file_is_only_for_us(tmp_path: Path) -> None:
    box = open_outbox(tmp_path, DEMO)
    box.write(DEMO, Lane.LIVE, poll(draft()), NOON, None)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert set(modes) == {"outbox.sqlite" + tail for tail in ("", "-wal", "-shm", ".lock")}
    assert set(modes.values()) == {0o600}
    box.close()


def test_a_second_ingest_on_the_same_file_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    box = open_outbox(tmp_path, DEMO)
    with pytest.raises(ResourceTaken, match="another ingest"):
        open_outbox(tmp_path, DEMO)
    box.close()
    open_outbox(tmp_path, DEMO).close()


def test_a_closed_outbox_takes_nothing(tmp_path: Path) -> None:
    box = open_outbox(tmp_path, DEMO)
    box.close()
    box.close()
    with pytest.raises(OutboxClosed):
        box.write(DEMO, Lane.LIVE, poll(draft()), NOON, None)


def test_a_file_of_another_kind_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "outbox.sqlite").write_text("no database, but enough text to look like a file" * 99)
    with pytest.raises(OutboxFailed, match="SQLITE_NOTADB") as caught:
        open_outbox(tmp_path, DEMO)
    assert "\n" not in str(caught.value)


def test_a_later_format_is_refused(tmp_path: Path) -> None:
    open_outbox(tmp_path, DEMO).close()
    with sqlite3.connect(tmp_path / "outbox.sqlite") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(SettingsError, match="format 99"):
        open_outbox(tmp_path, DEMO)
    with pytest.raises(SettingsError, match="format 99"):
        read_status(tmp_path / "outbox.sqlite")


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="choose a writable folder"):
        Outbox(tmp_path / "file" / "outbox.sqlite", KEYED, "nijmegen")


def test_errors_of_the_file_keep_the_code_and_lose_the_text(tmp_path: Path) -> None:
    full = sqlite3.OperationalError("street molenstraat does not fit")
    full.sqlite_errorname = "SQLITE_IOERR_WRITE"
    with pytest.raises(Transient, match="SQLITE_IOERR_WRITE") as caught, our_errors(tmp_path):
        raise full
    assert "molenstraat" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_full_disk_changes_nothing_and_tells_nothing(tmp_path: Path) -> None:
    box = open_outbox(tmp_path, DEMO)
    box.write(DEMO, Lane.LIVE, poll(draft("a"), at=1), NOON, None)
    box._db.execute("PRAGMA max_page_count = 1")  # SQLite takes the pages that are there as the least
    many = poll(*(draft(str(n)) for n in range(500)), at=2)
    with pytest.raises(Transient, match="SQLITE_FULL") as caught:
        box.write(DEMO, Lane.LIVE, many, NOON, None)
    assert "molenstraat" not in "".join(traceback.format_exception(caught.value))
    assert box.place("demo", Lane.LIVE).cursor == {"at": 1}
    box._db.execute("PRAGMA max_page_count = 1000000")
    assert box.write(DEMO, Lane.LIVE, many, NOON, None).issued == 500
    assert read_pending(box.path, "demo") == [(1, 501)]
    box.close()


def test_status_is_read_while_ingest_writes_and_after_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    assert read_status(path).sources == ()
    path.touch()
    assert read_status(path).sources == ()
    box = open_outbox(tmp_path, DEMO)
    box.write(DEMO, Lane.LIVE, poll(draft("a")), NOON, None)
    script = (
        "import sys; from pathlib import Path; from ingest.status import read_status;"
        "s = read_status(Path(sys.argv[1])).sources[0]; print(s.issued, s.pending, s.last_received_at)"
    )
    seen = [subprocess.check_output([sys.executable, "-c", script, path], text=True)]
    box.close()
    seen.append(subprocess.check_output([sys.executable, "-c", script, path], text=True))
    assert seen == [f"1 1 {NOON}\n"] * 2


_WRITER = """
import sys
from datetime import timedelta
from pathlib import Path
from domain.topics import Lane
from ingest.protocol import Poll
from tests.ingest.samples import NOON, draft, open_outbox, source
demo = source()
box = open_outbox(Path(sys.argv[1]), demo)
at = (box.place("demo", Lane.LIVE).cursor or {"at": 0})["at"]
while True:
    found = [draft(f"e{n}") for n in range(at, at + 50)]
    at += 50
    box.write(demo, Lane.LIVE, Poll(found, {"at": at}, timedelta(0)), NOON, None)
"""


def test_sigkill_at_any_moment_leaves_whole_polls(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    for _ in range(3):
        before = read_status(path).sources
        issued = before[0].issued if before else 0
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, tmp_path])
        try:
            wait_until(partial(_has_issued, path, issued + 300), 60.0)
        finally:
            os.kill(writer.pid, signal.SIGKILL)
            writer.wait()
    box = open_outbox(tmp_path, DEMO)
    cursor = box.place("demo", Lane.LIVE).cursor
    box.close()
    (status,) = read_status(path).sources
    assert cursor == {"at": status.issued}
    assert status.received == status.issued >= 900
    assert read_pending(path, "demo") == [(1, status.issued)]
    events = [decode_event(record.payload) for record in unpublished(path)]
    assert [event.id for event in events] == [f"e{n}" for n in range(status.issued)]


def _has_issued(path: Path, enough: int) -> bool:
    sources = read_status(path).sources
    return bool(sources) and sources[0].issued >= enough


def test_the_most_urgent_waiter_goes_first() -> None:
    turns = Turns()
    order: list[Urgency] = []
    waiting: list[threading.Thread] = []

    def wait(urgency: Urgency) -> None:
        with turns.take(urgency):
            order.append(urgency)

    with turns.take(Urgency.BACKFILL):
        for urgency in (Urgency.BACKFILL, Urgency.BOOKKEEPING, Urgency.LIVE, Urgency.BACKFILL):
            waiting.append(threading.Thread(target=wait, args=(urgency,)))
            waiting[-1].start()
            wait_until(lambda: turns.waiting == len(waiting))
    for thread in waiting:
        thread.join()
    assert order == sorted(order)


def test_one_holder_at_a_time() -> None:
    turns = Turns()
    spans: list[str] = []

    def work() -> None:
        for _ in range(200):
            with turns.take(Urgency.LIVE):
                spans.append("in")
                spans.append("out")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(a != b for a, b in pairwise(spans))
