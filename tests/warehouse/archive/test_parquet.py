"""What is read from a file is what was written, down to the bytes that are published again."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # ships no types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.codec import CODEC_VERSION, HEADER_CODEC, encode_event, record_key
from domain.events import RawEvent, source_name
from domain.topics import EVENTS
from streams.chunk import Chunk, Outgoing
from streams.pipeline import Pipeline
from streams.tables import build_tables
from tests.streams.samples import municipality
from tests.support.strategies import incidents, inspections, raw_events, signals
from tests.warehouse.archive.rows import EVERYTHING, archived, fingerprint, read, story_rows
from warehouse.archive import parquet
from warehouse.archive.fingerprint import Fingerprint
from warehouse.archive.parquet import (
    SCHEMA,
    ArchiveUnreadable,
    count_wanted,
    read_facts,
    read_groups,
    write_day,
)
from warehouse.archive.rows import COLUMNS, Selection, as_event, key_of
from warehouse.replay.records import Encoder

DAY = "2026-03-29"


def published(events: Sequence[RawEvent]) -> list[Outgoing]:
    """Return what streams publishes of events."""
    pipeline = Pipeline(build_tables(municipality(), 7))
    parts = []
    for event in events:
        source = source_name(event.source)
        chunk = Chunk(
            topic=f"raw.{source}",
            partition=0,
            first_offset=0,
            last_offset=0,
            keys=[record_key(source, event.id)],
            values=[encode_event(event)],
            headers=[[(HEADER_CODEC, CODEC_VERSION.encode())]],
            timestamps=[0],
        )
        parts += [part for part in pipeline(chunk) if part.topic == EVENTS]
    return parts


@given(st.lists(raw_events(incidents() | signals() | inspections()), min_size=1, max_size=8))
def test_what_is_replayed_is_what_streams_published(events: list[RawEvent]) -> None:
    originals = {part.values[0]: (part.keys[0], part.headers[0]) for part in published(events)}
    rows = archived(orjson.loads(value) for value in originals)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "day.parquet"
        write_day(path, DAY, rows, Fingerprint())
        found = read(path)

    assert found == rows
    again = Encoder("nijmegen")(as_event(row) for row in found)
    replayed = {
        value: (key, headers)
        for part in again.values()
        for key, value, headers in zip(part.keys, part.values, part.headers, strict=True)
    }
    names = {key_of(row) for row in rows}
    assert len(replayed) == len(rows) == len(names)
    assert replayed.items() <= originals.items()


def test_every_column_has_its_width() -> None:
    types = {field.name: str(field.type) for field in SCHEMA}
    assert tuple(types) == COLUMNS
    assert types["receipt"] == types["version"] == "uint64"
    assert types["received_at"] == types["occurred_at"] == "timestamp[ms, tz=UTC]"
    assert types["bucket"] == "date32[day]"
    assert not any(field.nullable for field in SCHEMA)


def test_a_file_tells_what_is_in_it(tmp_path: Path) -> None:
    rows = story_rows(1, 200)
    log = Fingerprint(5, 7)
    facts = write_day(tmp_path / "day.parquet", DAY, rows, log)

    own = fingerprint(rows)
    assert facts == read_facts(tmp_path / "day.parquet")
    assert (facts.day, facts.rows, facts.digest) == (DAY, own.rows, own.digest)
    assert (facts.log_rows, facts.log_digest) == (5, 7)


def test_an_empty_day_is_a_file_too(tmp_path: Path) -> None:
    write_day(tmp_path / "day.parquet", DAY, [], Fingerprint())
    assert read(tmp_path / "day.parquet") == []


@pytest.fixture
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS_PER_GROUP", 7)


@pytest.mark.usefixtures("small_groups")
def test_reading_goes_on_after_any_row(tmp_path: Path) -> None:
    rows = story_rows(2, 40)
    path = tmp_path / "day.parquet"
    write_day(path, DAY, rows, Fingerprint())
    assert pq.ParquetFile(path).num_row_groups > 5

    for number, row in enumerate(rows):
        rest = [r for group in read_groups(path, EVERYTHING, key_of(row)) for r in group]
        assert rest == rows[number + 1 :]


@pytest.mark.usefixtures("small_groups")
def test_what_is_not_wanted_is_left_out_and_not_counted(tmp_path: Path) -> None:
    rows = story_rows(3, 60)
    received = COLUMNS.index("received_at")
    rows = [
        (*row[:received], f"2026-03-29 {n % 24:02d}:00:00.000", *row[received + 1 :])
        for n, row in enumerate(rows)
    ]
    path = tmp_path / "day.parquet"
    write_day(path, DAY, rows, Fingerprint())
    selection = Selection(
        datetime(2026, 3, 29, 5, tzinfo=UTC), datetime(2026, 3, 29, 9, tzinfo=UTC), "p2000"
    )

    wanted = [
        row for row in rows if row[0] == "p2000" and row[received][11:13] in ("05", "06", "07", "08")
    ]
    assert 0 < len(wanted) < len(rows) / 4
    assert read(path, selection) == wanted
    assert count_wanted(path, selection) == len(wanted)


class TestFilesThatCannotBeRead:
    def test_one_of_a_later_version(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "day.parquet"
        monkeypatch.setattr(parquet, "FORMAT", 2)
        write_day(path, DAY, story_rows(1, 5), Fingerprint())
        monkeypatch.undo()
        with pytest.raises(ArchiveUnreadable, match="written by a later version") as caught:
            read(path)
        assert "\n" not in str(caught.value)

    def test_one_that_is_not_ours(self, tmp_path: Path) -> None:
        path = tmp_path / "day.parquet"
        ours = tmp_path / "ours.parquet"
        write_day(ours, DAY, story_rows(1, 5), Fingerprint())
        pq.write_table(pq.read_table(ours).replace_schema_metadata({}), path)
        with pytest.raises(ArchiveUnreadable, match="not written by Wijkbeeld"):
            read_facts(path)

    def test_one_with_other_columns(self, tmp_path: Path) -> None:
        path = tmp_path / "day.parquet"
        ours = tmp_path / "ours.parquet"
        write_day(ours, DAY, story_rows(1, 5), Fingerprint())
        table = pq.read_table(ours).drop_columns(["attrs"])
        meta = {b"wijkbeeld": json.dumps({"schema_v": 1}).encode()}
        pq.write_table(table.replace_schema_metadata(meta), path)
        with pytest.raises(ArchiveUnreadable, match="its columns"):
            read_facts(path)

    @pytest.mark.parametrize("spoil", [lambda data: data[: len(data) // 2], lambda _data: b""])
    def test_one_that_was_cut_short(self, tmp_path: Path, spoil: object) -> None:
        path = tmp_path / "day.parquet"
        write_day(path, DAY, story_rows(1, 50), Fingerprint())
        path.write_bytes(spoil(path.read_bytes()))  # type: ignore[operator] # the parameters above
        with pytest.raises(ArchiveUnreadable, match="archive fill"):
            read(path)

    def test_one_with_a_flipped_byte_in_its_rows(self, tmp_path: Path) -> None:
        path = tmp_path / "day.parquet"
        write_day(path, DAY, story_rows(1, 300), Fingerprint())
        data = bytearray(path.read_bytes())
        data[len(data) // 3] ^= 0xFF
        path.write_bytes(bytes(data))
        with pytest.raises(ArchiveUnreadable):
            read(path)
