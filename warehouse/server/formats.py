"""Output formats: which can be sent block by block, and how an empty result looks in Native."""

from __future__ import annotations

import json
from collections.abc import Iterable

STREAMABLE = frozenset(
    {
        "csv", "jsoncompacteachrow", "jsoneachrow", "jsonlines", "native", "ndjson", "rowbinary",
        "tabseparated", "tabseparatedraw", "tsv", "tsvraw",
    }
)  # fmt: skip
"""Lower-case names of formats without header and footer, whose blocks make the result one after the
other. Any other format the engine writes as one document per block."""

_CONTENT_TYPES = {
    "json": "application/json; charset=UTF-8",
    "jsoncompact": "application/json; charset=UTF-8",
    "jsoneachrow": "application/x-ndjson; charset=UTF-8",
    "csv": "text/csv; charset=UTF-8; header=absent",
    "csvwithnames": "text/csv; charset=UTF-8; header=present",
    "tabseparated": "text/tab-separated-values; charset=UTF-8",
    "tsv": "text/tab-separated-values; charset=UTF-8",
}


def content_type(format_name: str) -> str:
    """Return the Content-Type of an answer in this format."""
    return _CONTENT_TYPES.get(format_name.lower(), "application/octet-stream")


def is_native(format_name: str) -> bool:
    """Say whether this is ClickHouse's Native format."""
    return format_name.lower() == "native"


def empty_native(columns: Iterable[tuple[str, str]]) -> bytes:
    """Return a Native block of no rows, by which a client learns columns of an empty result.

    Args:
        columns: name and type of each.
    """
    known = list(columns)
    parts = [varint(len(known)), varint(0)]
    for name, kind in known:
        parts += [_text(name), _text(kind)]
    return b"".join(parts)


def described_columns(lines: bytes) -> list[tuple[str, str]]:
    """Read name and type from DESCRIBE in JSONCompactEachRow."""
    rows = (json.loads(line) for line in lines.splitlines() if line)
    return [(row[0], row[1]) for row in rows]


def named_columns(lines: bytes) -> list[tuple[str, str]]:
    """Read name and type from the two head lines of JSONCompactEachRowWithNamesAndTypes."""
    names, types = lines.splitlines()[:2]
    return list(zip(json.loads(names), json.loads(types), strict=True))


def hello_answer(version: str, time_zone: str) -> bytes:
    """Return the answer to clickhouse-go's first query, in Native as it reads that one answer.

    It sends ``client_protocol_version`` and decodes displayName(), version(), revision() and timezone()
    with block info and one byte per column for custom serialization. Told revision 0, it reads every
    later answer as plain Native.
    """
    cells = [
        ("displayName()", "String", _text("chdb")),
        ("version()", "String", _text(version)),
        ("revision()", "UInt32", bytes(4)),
        ("timezone()", "String", _text(time_zone)),
    ]
    block_info = b"\x01\x00\x02\xff\xff\xff\xff\x00"
    columns = b"".join(_text(name) + _text(kind) + b"\x00" + value for name, kind, value in cells)
    return block_info + varint(len(cells)) + varint(1) + columns


def is_hello(bare: str) -> bool:
    """Say whether a statement is clickhouse-go's first query."""
    words = "".join(bare.split()).lower()
    return words == "selectdisplayname(),version(),revision(),timezone()"


def varint(number: int) -> bytes:
    """Return a non-negative number as LEB128."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _text(text: str) -> bytes:
    data = text.encode()
    return varint(len(data)) + data
