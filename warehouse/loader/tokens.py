"""The name of a batch, and the receipts in it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from domain.rows import AckRow
from warehouse.loader.decoding import RejectedRow, Row

RANGES_PER_ACK = 5_000
"""So many ranges are under 250 kB of JSON, a quarter of what a broker takes."""


def batch_token(rows: Iterable[Row]) -> str:
    """Return the insert token of rows: a hash of their ordered (source, receipt, version).

    Never of offsets: a restarted embedded broker gives the same offsets to other rows, and ClickHouse
    would drop those in silence. Rows of one (source, receipt, version) are always the same bytes.
    """
    names = sorted([(row.source, row.receipt, row.version) for row in rows])
    text = "".join([f"{source}\t{receipt}\t{version}\n" for source, receipt, version in names])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def to_ranges(receipts: Iterable[int]) -> list[list[int]]:
    """Return the closed ranges ``[first, last]`` that hold exactly these receipts, ascending."""
    ranges: list[list[int]] = []
    for receipt in sorted(set(receipts)):
        if ranges and ranges[-1][1] == receipt - 1:
            ranges[-1][1] = receipt
        else:
            ranges.append([receipt, receipt])
    return ranges


def acks(rows: Iterable[Row], size: int = RANGES_PER_ACK) -> Iterator[AckRow]:
    """Yield the acknowledgements for rows that are durable, per source, in messages of bounded size.

    Rejects are acknowledged apart. A receipt of 0 is a record whose receipt could not be told; nobody
    can be told of it.
    """
    receipts: defaultdict[tuple[str, bool], list[int]] = defaultdict(list)
    for row in rows:
        if row.receipt > 0:
            receipts[row.source, isinstance(row, RejectedRow)].append(row.receipt)
    for (source, rejected), found in sorted(receipts.items()):
        ranges: Sequence[list[int]] = to_ranges(found)
        for start in range(0, len(ranges), size):
            ack = AckRow(source=source, ranges=list(ranges[start : start + size]))
            if rejected:
                ack["rejected"] = True
            yield ack
