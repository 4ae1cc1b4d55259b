"""JSON records: one per line (NDJSON), or a list in one document of limited size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson

from ingest.tabular.rows import MAX_COLUMNS, BadRow, Cell, FileRefused, Refusal, Row
from ingest.tabular.text import Lines

MAX_DOCUMENT_BYTES = 16 * 1024 * 1024
"""A document is in memory as a whole; longer ones come as NDJSON."""

_DEEPEST = 8


class NdjsonTable:
    """A file with a JSON object on each line, UTF-8."""

    def __init__(self, path: Path) -> None:
        self._lines = Lines(path, "utf-8-sig")

    @property
    def progress(self) -> float:
        """See ``Table``."""
        return self._lines.progress

    def __iter__(self) -> Iterator[Row | BadRow]:
        """See ``Table``."""
        number = 0
        for text in self._lines:
            if not text.strip():
                continue
            number += 1
            line = self._lines.number
            try:
                record = orjson.loads(text)
            except orjson.JSONDecodeError:
                yield BadRow(number, line, Refusal("row", "not JSON"), len(text))
                continue
            yield _row(record, number, line, len(text))

    def close(self) -> None:
        """See ``Table``."""
        self._lines.close()


class JsonTable:
    """A JSON document with a list of objects.

    Args:
        path: the file.
        records: name of the list in the document; empty when the document is the list, or holds one
            list only.

    Raises:
        FileRefused: it is longer than 16 MiB, no JSON, or has no such list.
    """

    def __init__(self, path: Path, records: str) -> None:
        if path.stat().st_size > MAX_DOCUMENT_BYTES:
            raise FileRefused("file", "JSON of more than 16 MiB; deliver NDJSON, a record per line")
        try:
            document = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
        except orjson.JSONDecodeError as error:
            raise FileRefused("file", f"not JSON at line {error.lineno}") from None
        self._records = _list_in(document, records)
        self._done = 0

    @property
    def progress(self) -> float:
        """See ``Table``."""
        return self._done / max(len(self._records), 1)

    def __iter__(self) -> Iterator[Row | BadRow]:
        """See ``Table``."""
        for number, record in enumerate(self._records, 1):
            self._done = number
            yield _row(record, number, number, 0)

    def close(self) -> None:
        """See ``Table``."""
        self._records = []


def _list_in(document: object, records: str) -> list[object]:
    if records and isinstance(document, Mapping):
        document = document.get(records)
    elif isinstance(document, Mapping):
        lists = [value for value in document.values() if isinstance(value, list)]
        document = lists[0] if len(lists) == 1 else None
    if not isinstance(document, list):
        raise FileRefused("file", "there is no list of records; say which in the mapping")
    return document


def _row(record: object, number: int, line: int, size: int) -> Row | BadRow:
    if not isinstance(record, dict):
        return BadRow(number, line, Refusal("row", "not an object"), size)
    cells: dict[str, Cell] = {}
    if not _flatten(record, "", cells, _DEEPEST):
        return BadRow(number, line, Refusal("row", "too deep or too wide"), size)
    return Row(number, line, cells, size)


def _flatten(record: Mapping[str, object], prefix: str, cells: dict[str, Cell], deeper: int) -> bool:
    """Put what is in ``record`` into ``cells``; lists are left out, as nothing is mapped from one."""
    for name, value in record.items():
        if isinstance(value, Mapping):
            if not deeper or not _flatten(value, f"{prefix}{name}.", cells, deeper - 1):
                return False
        elif value is None or isinstance(value, str | int | float | bool):
            cells[prefix + name] = value
        if len(cells) > MAX_COLUMNS:
            return False
    return True
