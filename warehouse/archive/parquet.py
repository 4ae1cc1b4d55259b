"""Parquet: the only module of this room that knows pyarrow.

One file holds one day, in the order of (source, receipt, version), in row groups that are read one by
one. What is known of the whole lies in the file's own metadata: no second file can contradict it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # ships no types

from domain.errors import Terminal
from warehouse.archive.fingerprint import Fingerprint
from warehouse.archive.rows import COLUMNS, Key, Row, Selection, key_of

FORMAT = 1
"""Version of the archive's schema. A reader refuses files of a later one."""

ROWS_PER_GROUP = 20_000
_META = b"wijkbeeld"
_TIME = pa.timestamp("ms", tz="UTC")
_NAIVE = pa.timestamp("ms")
_TYPES: dict[str, pa.DataType] = {
    "receipt": pa.uint64(),
    "rev": pa.uint32(),
    "geo_v": pa.uint32(),
    "version": pa.uint64(),
    "deleted": pa.uint8(),
    "counts": pa.uint8(),
    "bucket": pa.date32(),
    "severity": pa.uint8(),
    "occurred_at": _TIME,
    "received_at": _TIME,
    "boundary_year": pa.uint16(),
    "schema_v": pa.uint16(),
}
SCHEMA = pa.schema([pa.field(name, _TYPES.get(name, pa.string()), nullable=False) for name in COLUMNS])
"""The columns of ``EventRow`` with ClickHouse's own widths; texts unless said otherwise."""


class ArchiveUnreadable(Terminal):
    """A file of the archive is damaged, or of a later version of this program."""


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What a file says of itself.

    Attributes:
        day: of receipt, UTC, ISO.
        rows, digest: fingerprint of the file's rows.
        log_rows, log_digest: fingerprint that the log had for this day when the file was written. The
            file may hold more, since rows leave the log when their time is over.
    """

    day: str
    rows: int
    digest: int
    log_rows: int
    log_digest: int


def write_day(path: Path, day: str, rows: Iterable[Row], log: Fingerprint) -> DayFacts:
    """Write a new file; memory is bounded by a row group.

    Args:
        path: where; whatever is there is overwritten.
        day: as in ``DayFacts``.
        rows: in the order of their names, without repeats.
        log: is read at the end, when whoever makes ``rows`` has filled it.
    """
    own = Fingerprint()
    remaining = iter(rows)
    with pq.ParquetWriter(path, SCHEMA, compression="zstd", write_page_checksum=True) as writer:
        while group := list(islice(remaining, ROWS_PER_GROUP)):
            for row in group:
                own.add(*key_of(row))
            writer.write_table(_table(group), row_group_size=ROWS_PER_GROUP)
        facts = DayFacts(day, own.rows, own.digest, log.rows, log.digest)
        meta = json.dumps({"schema_v": FORMAT, **asdict(facts)})
        writer.add_key_value_metadata({_META.decode(): meta})
    return facts


def _table(rows: Sequence[Row]) -> pa.Table:
    arrays = []
    for field, values in zip(SCHEMA, zip(*rows, strict=True), strict=True):
        if field.type == _TIME:
            arrays.append(pa.array(values, pa.string()).cast(_NAIVE).cast(_TIME))
        elif field.type == pa.date32():
            arrays.append(pa.array(values, pa.string()).cast(pa.date32()))
        else:
            arrays.append(pa.array(values, field.type))
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def read_facts(path: Path) -> DayFacts:
    """Return what a file says of itself.

    Raises:
        ArchiveUnreadable: it is damaged, not ours, or of a later version.
    """
    with _opened(path) as file:
        return _facts(file, path)


def read_groups(path: Path, selection: Selection, after: Key | None = None) -> Iterator[list[Row]]:
    """Yield the rows that are wanted, a row group at a time.

    Args:
        after: leave out what comes up to and with this name.

    Raises:
        ArchiveUnreadable: see ``read_facts``.
    """
    with _opened(path) as file:
        _facts(file, path)
        for number in range(file.num_row_groups):
            if after is not None and _lies_before(file.metadata.row_group(number), after):
                continue
            rows = _rows(file.read_row_group(number))
            kept = [row for row in rows if selection.wants(row[_SOURCE], row[_RECEIVED])]
            yield kept if after is None else [row for row in kept if key_of(row) > after]


def count_wanted(path: Path, selection: Selection) -> int:
    """Return how many rows are wanted, reading no more columns than tell.

    Raises:
        ArchiveUnreadable: see ``read_facts``.
    """
    with _opened(path) as file:
        _facts(file, path)
        wanted = 0
        for number in range(file.num_row_groups):
            table = file.read_row_group(number, columns=["source", "received_at"])
            times = table["received_at"].cast(_NAIVE).cast(pa.string()).to_pylist()
            wanted += sum(map(selection.wants, table["source"].to_pylist(), times))
        return wanted


_SOURCE, _RECEIVED = COLUMNS.index("source"), COLUMNS.index("received_at")


def _rows(table: pa.Table) -> Iterator[Row]:
    columns = []
    for column in table.columns:
        if column.type == _TIME:
            columns.append(column.cast(_NAIVE).cast(pa.string()).to_pylist())
        elif column.type == pa.date32():
            columns.append(column.cast(pa.string()).to_pylist())
        else:
            columns.append(column.to_pylist())
    return zip(*columns, strict=True)


def _lies_before(group: Any, after: Key) -> bool:
    source = group.column(_SOURCE).statistics
    if source is None or not source.has_min_max or source.max > after[0]:
        return False
    if source.max < after[0]:
        return True
    receipt = group.column(COLUMNS.index("receipt")).statistics
    return receipt is not None and receipt.has_min_max and receipt.max < after[1]


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        raise ArchiveUnreadable(
            f"archive {path}: cannot be read ({type(error).__name__}); remove the file and run: "
            "wijkbeeld archive fill"
        ) from None


def _facts(file: pq.ParquetFile, path: Path) -> DayFacts:
    found = (file.metadata.metadata or {}).get(_META)
    if found is None:
        raise ArchiveUnreadable(f"archive {path}: not written by Wijkbeeld; take it out of the archive")
    facts = json.loads(found)
    if facts.pop("schema_v") > FORMAT:
        raise ArchiveUnreadable(f"archive {path}: written by a later version; use that one to read it")
    if file.schema_arrow.remove_metadata() != SCHEMA:
        raise ArchiveUnreadable(
            f"archive {path}: its columns are not those of its version; see its origin"
        )
    return DayFacts(**facts)
