"""How two sets of rows are found equal without comparing them: their number and a sum of hashes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

_MASK = (1 << 64) - 1

HASH_SQL = (
    "reinterpretAsUInt64(substring(SHA256(concat("
    "source, '\\t', toString(receipt), '\\t', toString(version))), 1, 8))"
)
"""The hash of a row in ClickHouse's SQL; the same number as ``row_hash``."""


@dataclass(slots=True)
class Fingerprint:
    """Rows by their (source, receipt, version), each counted once by whoever adds them.

    Rows of one (source, receipt, version) are the same bytes, so this names the contents. A sum and not
    an exclusive or, in which a row that is there twice would vanish.

    Attributes:
        rows: how many.
        digest: sum of their hashes, modulo 2**64.
    """

    rows: int = 0
    digest: int = 0

    def add(self, source: str, receipt: int, version: int) -> None:
        """Add a row."""
        self.rows += 1
        self.digest = (self.digest + row_hash(source, receipt, version)) & _MASK

    def add_all(self, rows: int, digest: int) -> None:
        """Add rows of which the sum of hashes is known."""
        self.rows += rows
        self.digest = (self.digest + digest) & _MASK


def row_hash(source: str, receipt: int, version: int) -> int:
    """Return the first eight bytes of the SHA-256 of a row's name, as a number."""
    name = f"{source}\t{receipt}\t{version}".encode()
    return int.from_bytes(hashlib.sha256(name).digest()[:8], "little")
