"""Deliveries that are tables: row by row, each poll from where the last one ended.

An open table is kept between polls only because opening it again and skipping what was read takes
time; with the same cursor the answer is the same without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ingest.keys import KeyedHash
from ingest.protocol import Draft, Finding
from ingest.tabular.connector import Portion
from ingest.tabular.folder import Stamp
from ingest.tabular.opening import Layout, open_table
from ingest.tabular.rejects import Rejected, unreadable
from ingest.tabular.rows import BadRow, FileRefused, Refusal, Row, RowRefused, Table
from ingest.tabular.state import Taken


class RowReader(Protocol):
    """Makes events of rows."""

    def drafts(self, row: Row) -> Sequence[Draft]:
        """Return the events of a row; none for a row that is left out.

        Raises:
            RowRefused: it cannot be read; none of it is used.
        """
        ...


@dataclass
class _Open:
    stamp: Stamp
    table: Table
    rows: Iterator[Row | BadRow]
    at: int


@dataclass
class _Gathered:
    findings: list[Finding] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    left_out: int = 0


class TableReader:
    """Reads deliveries that are tables.

    Args:
        source: name of the source.
        layout: what the mapping says of a delivery.
        columns: that the mapping reads.
        reader: makes events of rows.
        keyed: makes identities.
        max_batch: rows in a portion at most.
    """

    def __init__(
        self,
        source: str,
        layout: Layout,
        columns: frozenset[str],
        reader: RowReader,
        keyed: KeyedHash,
        max_batch: int,
    ) -> None:
        self._source = source
        self._layout = layout
        self._columns = columns
        self._reader = reader
        self._keyed = keyed
        self._max_batch = max_batch
        self._open: _Open | None = None

    def read(self, path: Path, taken: Taken, _serial: int, _now: datetime, /) -> Portion:
        """See ``DeliveryReader``; a table has no serial number."""
        rows, last = self._next(path, taken.stamp, taken.rows)
        gathered = _Gathered()
        for row in rows:
            self._take(row, taken, gathered)
        progress = self._open.table.progress if self._open is not None else 1.0
        return Portion(
            gathered.findings, gathered.rejected, len(rows), last, gathered.left_out, progress
        )

    def close(self) -> None:
        """See ``DeliveryReader``."""
        if self._open is not None:
            self._open.table.close()
            self._open = None

    def _take(self, row: Row | BadRow, taken: Taken, gathered: _Gathered) -> None:
        refusal = row.refusal if isinstance(row, BadRow) else self._use(row, gathered)
        if refusal is not None:
            gathered.rejected.append(Rejected(row.line, refusal))
            finding = unreadable(self._keyed, self._source, taken, row.number, row.size, refusal)
            gathered.findings.append(finding)

    def _use(self, row: Row, gathered: _Gathered) -> Refusal | None:
        """Make events of a row; what is wrong where that fails."""
        try:
            drafts = self._reader.drafts(row)
        except RowRefused as refused:
            return refused.refusal
        except Exception as error:  # noqa: BLE001 - one row may not stop the rows behind it
            return Refusal("row", f"unexpected {type(error).__name__}")
        gathered.findings += drafts
        gathered.left_out += 0 if drafts else 1
        return None

    def _next(self, path: Path, stamp: Stamp, after: int) -> tuple[list[Row | BadRow], bool]:
        """Return the rows behind the first ``after``, and whether they are the last."""
        opened = self._at(path, stamp, after)
        # Whatever happens in between must not leave a table that is further than any cursor.
        self._open = None
        found: list[Row | BadRow] = []
        try:
            while len(found) < self._max_batch:
                row = next(opened.rows, None)
                if row is None:
                    opened.table.close()
                    return found, True
                found.append(row)
        except FileRefused:
            opened.table.close()
            if not found:
                raise
            # The rows before the fault count; the next poll meets it first.
            return found, False
        opened.at = after + len(found)
        self._open = opened
        return found, False

    def _at(self, path: Path, stamp: Stamp, after: int) -> _Open:
        if self._open is not None and self._open.stamp == stamp and self._open.at == after:
            return self._open
        self.close()
        table = open_table(path, self._layout, self._columns)
        rows = iter(table)
        for _ in range(after):
            if next(rows, None) is None:
                table.close()
                raise FileRefused("file", "has fewer rows than before")
        return _Open(stamp, table, rows, after)
