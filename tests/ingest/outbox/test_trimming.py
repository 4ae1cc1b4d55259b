"""Records leave by receipt ranges, in pieces, and nothing of them stays in the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.topics import Lane
from ingest.outbox.schema import open_for_writing
from ingest.outbox.trimming import delete_receipts, merge_ranges
from ingest.status import read_pending
from tests.ingest.samples import NOON, draft, open_outbox, poll, source, unpublished

DEMO = source()


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30))))
def test_merged_ranges_hold_the_same_receipts_apart(ranges: list[tuple[int, int]]) -> None:
    merged = merge_ranges(ranges)
    wanted = {n for first, last in ranges for n in range(first, last + 1)}
    assert [n for first, last in merged for n in range(first, last + 1)] == sorted(wanted)
    assert all(merged[i][1] + 1 < merged[i + 1][0] for i in range(len(merged) - 1))


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_ranges_are_deleted_in_pieces_of_any_size(tmp_path: Path, limit: int) -> None:
    box = open_outbox(tmp_path, DEMO, source("other"))
    drafts = [draft(str(n)) for n in range(20)]
    box.write(DEMO, Lane.LIVE, poll(*drafts), NOON, None)
    box.write(source("other"), Lane.LIVE, poll(*drafts), NOON, None)
    box.close()
    db = open_for_writing(box.path)
    left, sizes = [(2, 6), (9, 9), (15, 1000)], []
    while left:
        deleted, left = delete_receipts(db, "demo", left, limit)
        sizes.append(deleted.records)
    db.close()
    assert sum(sizes) == 12
    assert max(sizes) <= limit
    assert read_pending(box.path, "demo") == [(1, 1), (7, 8), (10, 14)]
    assert read_pending(box.path, "other") == [(1, 20)]
    assert len(unpublished(box.path)) == 8 + 20


def test_what_is_trimmed_is_overwritten_in_the_file_and_its_log(tmp_path: Path) -> None:
    box = open_outbox(tmp_path, DEMO)
    box.write(DEMO, Lane.LIVE, poll(*(draft(str(n)) for n in range(500))), NOON, None)
    assert b"molenstraat" in _bytes_in(tmp_path)
    assert box.trim("demo", [(1, 500)]) == 500
    box.tidy()
    assert b"molenstraat" not in _bytes_in(tmp_path)
    box.close()


def _bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())
