"""From any position on, the archive gives exactly what is left."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.warehouse.archive.rows import archived, put
from tests.warehouse.story import Story
from warehouse.archive import parquet
from warehouse.archive.folder import Folder
from warehouse.archive.rows import COLUMNS, Row, Selection
from warehouse.replay import from_archive
from warehouse.replay.from_archive import ArchiveOrigin
from warehouse.replay.origin import Batch, Position
from warehouse.replay.records import Encoder

DAYS = ("2026-03-28", "2026-03-29", "2026-03-30")
RECEIVED = COLUMNS.index("received_at")


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS_PER_GROUP", 16)
    monkeypatch.setattr(from_archive, "ROWS_PER_BATCH", 5)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    for number, day in enumerate(DAYS):
        put(folder, day, [at(row, f"{day} 12:00:00.000") for row in archived(Story(number, 30).rows)])
    return folder


def at(row: Row, moment: str) -> Row:
    return (*row[:RECEIVED], moment, *row[RECEIVED + 1 :])


def origin(folder: Folder, selection: Selection | None = None) -> ArchiveOrigin:
    return ArchiveOrigin(folder, selection or Selection(), Encoder("nijmegen"))


def values(batches: list[Batch]) -> list[set[bytes]]:
    return [{value for part in batch.records.values() for value in part.values} for batch in batches]


def kept(position: Position) -> Position:
    """Return a position as it comes back from a job's file."""
    loaded: Position = json.loads(json.dumps(position))
    return loaded


def test_the_batches_hold_every_row_once(folder: Folder) -> None:
    batches = list(origin(folder).batches(None))
    total = origin(folder).total(None)
    assert sum(batch.events for batch in batches) == total
    assert len(set[bytes]().union(*values(batches))) == total
    assert max(batch.events for batch in batches) == 5


def test_it_goes_on_from_every_position(folder: Folder) -> None:
    batches = list(origin(folder).batches(None))
    for number, batch in enumerate(batches):
        rest = list(origin(folder).batches(kept(batch.position)))
        assert set[bytes]().union(*values(rest)) == set[bytes]().union(*values(batches[number + 1 :]))


def test_a_position_holds_when_the_day_was_written_again(folder: Folder) -> None:
    batches = list(origin(folder).batches(None))
    position, rest = batches[1].position, set[bytes]().union(*values(batches[2:]))
    first = [at(row, f"{DAYS[0]} 12:00:00.000") for row in archived(Story(0, 30).rows)]
    extra = [("aaa", "first", 1, *row[3:]) for row in first[:1]] + [
        ("zzz", "last", 1, *row[3:]) for row in first[:1]
    ]
    put(folder, DAYS[0], sorted([*first, *extra], key=lambda row: (row[0], row[2], row[5])))

    again = set[bytes]().union(*values(list(origin(folder).batches(kept(position)))))
    assert rest <= again
    assert len(again - rest) == 1  # the one that comes after the position


def test_only_what_is_wanted_is_read(folder: Folder) -> None:
    folder.path(DAYS[2]).write_bytes(b"damaged, and not asked for")
    selection = Selection(datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC), "demo")
    batches = list(origin(folder, selection).batches(None))
    expected = [row for row in archived(Story(1, 30).rows) if row[0] == "demo"]
    assert sum(batch.events for batch in batches) == len(expected) > 0
    assert origin(folder, selection).total(None) == len(expected)
    assert {batch.position["day"] for batch in batches} == {DAYS[1]}


def test_all_versions_of_an_event_share_a_partition(folder: Folder) -> None:
    places: dict[bytes | None, set[int]] = {}
    for batch in origin(folder).batches(None):
        for partition, part in batch.records.items():
            for key in part.keys:
                places.setdefault(key, set()).add(partition)
    assert {len(where) for where in places.values()} == {1}
    assert set[int]().union(*places.values()) == {0, 1, 2, 3}
