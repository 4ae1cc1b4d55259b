"""Parquet, a row group and a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # ships no types

from ingest.tabular.rows import MAX_COLUMNS, BadRow, Cell, FileRefused, Row

_BATCH = 1000
MAX_GROUP_BYTES = 512 * 1024 * 1024


class ParquetTable:
    """A Parquet file; columns of structures have their members' paths, lists are left out.

    Args:
        path: the file.
        wanted: columns that are read; others stay untouched on disk.

    Raises:
        FileRefused: it is no Parquet file, lacks a column, or one row group is larger than 512 MiB.
    """

    def __init__(self, path: Path, wanted: frozenset[str]) -> None:
        try:
            self._file = pq.ParquetFile(path)
        except (pa.ArrowException, OSError):
            raise FileRefused("file", "not a Parquet file, or a broken one") from None
        meta = self._file.metadata
        self._rows = meta.num_rows
        self._done = 0
        groups = (meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        if max(groups, default=0) > MAX_GROUP_BYTES or meta.num_columns > MAX_COLUMNS:
            self._file.close()
            raise FileRefused("file", "a row group of more than 512 MiB, or too many columns")
        lacking = sorted(wanted - {meta.schema.column(i).path for i in range(meta.num_columns)})
        if lacking:
            self._file.close()
            raise FileRefused("header", f"lacks the column {lacking[0]!r} that the mapping reads")
        self._columns = sorted(wanted)

    @property
    def progress(self) -> float:
        """See ``Table``."""
        return float(self._done / max(self._rows, 1))

    def __iter__(self) -> Iterator[Row | BadRow]:
        """See ``Table``."""
        number = 0
        try:
            for batch in self._file.iter_batches(_BATCH, columns=self._columns):
                flat = _flat(batch)
                size = batch.nbytes // max(batch.num_rows, 1)
                for values in flat.to_pylist():
                    number += 1
                    self._done = number
                    cells = {name: _cell(value) for name, value in values.items()}
                    yield Row(number, number, cells, size)
        except (pa.ArrowException, OSError):
            raise FileRefused("file", f"a broken Parquet file behind row {number}") from None

    def close(self) -> None:
        """See ``Table``."""
        self._file.close()


def _flat(batch: pa.RecordBatch) -> pa.Table:
    table = pa.Table.from_batches([batch])
    while any(pa.types.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    return table


def _cell(value: object) -> Cell:
    if isinstance(value, Decimal):
        return float(value)
    if value is None or isinstance(value, str | int | float | date | datetime):
        return value
    return None
