"""A second process writes to the outbox: receipts, identities and weights stay right."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from domain.errors import Transient
from domain.topics import Lane
from ingest.outbox.shared import Push, SharedOutbox
from ingest.status import read_status
from tests.ingest.samples import KEYED, NOON, draft, open_outbox, poll, source, unpublished


def shared(folder: Path, *sources: str, patience: float = 5.0) -> SharedOutbox:
    outbox = SharedOutbox(folder / "outbox.sqlite", KEYED, "nijmegen", patience)
    outbox.register(sources)
    return outbox


def test_pushes_get_identities_as_polls_do(tmp_path: Path) -> None:
    outbox = shared(tmp_path, "geluid")
    first, second = outbox.write(
        [Push("geluid", [draft("a"), draft("b")]), Push("geluid", [draft("a"), draft("a", 5)])], NOON
    )
    outbox.close()

    assert (first.issued, first.duplicates) == (2, 0)
    assert (second.issued, second.duplicates) == (1, 1)
    assert [record.receipt for record in unpublished(tmp_path / "outbox.sqlite")] == [1, 2, 3]


def test_the_same_push_twice_changes_nothing(tmp_path: Path) -> None:
    push = Push("geluid", [draft("a"), draft("b")])
    for _ in range(2):
        outbox = shared(tmp_path, "geluid")
        written = outbox.write([push], NOON)
        outbox.close()
    assert (written[0].issued, written[0].duplicates) == (0, 2)
    (geluid,) = read_status(tmp_path / "outbox.sqlite").sources
    assert (geluid.issued, geluid.received, geluid.pending) == (2, 4, 2)


def test_nothing_of_a_group_is_written_when_a_part_of_it_fails(tmp_path: Path) -> None:
    outbox = shared(tmp_path, "geluid")
    with pytest.raises(KeyError):
        outbox.write([Push("geluid", [draft("a")]), Push("unknown", [draft("b")])], NOON)
    outbox.close()
    assert unpublished(tmp_path / "outbox.sqlite") == []


def test_ingest_weighs_what_others_put_in(tmp_path: Path) -> None:
    ingest = open_outbox(tmp_path, source("demo"))
    outbox = shared(tmp_path, "geluid")
    demo = source("demo")

    ingest.write(demo, Lane.LIVE, poll(draft("own")), NOON, None)
    outbox.write([Push("geluid", [draft(str(n)) for n in range(50)])], NOON)
    ingest.write(demo, Lane.LIVE, poll(draft("own-2")), NOON, None)
    outbox.write([Push("geluid", [draft("last")])], NOON)

    size = sum(len(record.payload) for record in unpublished(tmp_path / "outbox.sqlite"))
    ingest.acknowledge({Lane.LIVE: []}, keep=True)
    assert ingest.stock.size == size

    seqs = [record.seq for record in unpublished(tmp_path / "outbox.sqlite")]
    ingest.acknowledge({Lane.LIVE: seqs}, keep=True)
    assert ingest.stock.at_broker(Lane.LIVE) == size
    ingest.trim("geluid", [(1, 51)])
    ingest.trim("demo", [(1, 2)])
    assert ingest.stock.size == ingest.stock.at_broker(Lane.LIVE) == 0
    outbox.close()
    ingest.close()


def test_writers_in_two_places_lose_nothing_and_give_no_receipt_twice(tmp_path: Path) -> None:
    ingest = open_outbox(tmp_path, source("demo"))
    outbox = shared(tmp_path, "geluid")
    demo = source("demo")
    rounds = 60

    def poll_on() -> None:
        for n in range(rounds):
            ingest.write(
                demo, Lane.LIVE, poll(*(draft(f"d{n}-{m}") for m in range(5)), at=n), NOON, None
            )

    thread = threading.Thread(target=poll_on)
    thread.start()
    for n in range(rounds):
        outbox.write([Push("geluid", [draft(f"g{n}-{m}") for m in range(5)])], NOON)
    thread.join(60)

    records = unpublished(tmp_path / "outbox.sqlite")
    for name in ("demo", "geluid"):
        receipts = [record.receipt for record in records if record.source == name]
        assert sorted(receipts) == list(range(1, 5 * rounds + 1))
    ingest.acknowledge({}, keep=True)
    assert ingest.stock.size == sum(len(record.payload) for record in records)
    outbox.close()
    ingest.close()


def test_a_file_that_others_keep_busy_is_transient_and_nothing_is_written(tmp_path: Path) -> None:
    outbox = shared(tmp_path, "geluid", patience=0.05)
    other = sqlite3.connect(tmp_path / "outbox.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Transient, match="busy"):
        outbox.write([Push("geluid", [draft("a")])], NOON)
    other.execute("ROLLBACK")
    other.close()
    assert outbox.write([Push("geluid", [draft("a")])], NOON)[0].issued == 1
    assert outbox.fullness().pending == 1
    outbox.close()
