"""What arrived in the warehouse, receipt by receipt, up to a fence.

The queries are grouped on the server. Events are counted in the order of the log, so that memory does
not grow with their number; receipts as bitmaps of blocks, so that only blocks with gaps are looked into.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from warehouse.audit.ranges import Range, merged, size
from warehouse.client import Client

BLOCK = 65_536
_BLOCKS_AT_ONCE = 100
UNKNOWN_DAY = date(1970, 1, 1)
"""Day of receipt of a reject that was too broken to tell it."""

_FENCED = """
    receipt > 0 AND receipt <= transform(
        toString(source), {sources:Array(String)}, {fences:Array(UInt64)}, toUInt64(0))"""


def _logged(log: str) -> str:
    # Two looks in the order of the log: the first receipt of each event, on whose day it was stored, and
    # all its receipts. The others superseded the first.
    return f"""
SELECT source, day, countIf(is_first), countIf(NOT is_first)
FROM
(
    SELECT source, toDate(received_at) AS day, true AS is_first FROM
    (
        SELECT source, received_at FROM {log} WHERE {_FENCED}
        ORDER BY bucket, source, event_id, receipt
        LIMIT 1 BY bucket, source, event_id
    )
    UNION ALL
    SELECT source, toDate(received_at) AS day, false AS is_first FROM
    (
        SELECT source, received_at FROM {log} WHERE {_FENCED}
        ORDER BY bucket, source, event_id, receipt
        LIMIT 1 BY bucket, source, event_id, receipt
    )
)
GROUP BY source, day
"""


_LOGS = ("event_log", "figure_log")
_ALL = "\n    UNION ALL\n    ".join(
    f"SELECT source, receipt FROM {table} WHERE {_FENCED}" for table in (*_LOGS, "rejected")
)

# A reject that was repaired and sent again keeps its receipt: once it is in a log it is stored.
_REJECTED = f"""
SELECT source, toDate(received_at) AS day, uniqExact(receipt),
    groupUniqArrayIf(receipt, day = {{unknown:Date}})
FROM rejected
WHERE {_FENCED} AND (source, receipt) NOT IN
(
    SELECT source, receipt FROM event_log
    WHERE (source, receipt) IN (SELECT source, receipt FROM rejected)
    UNION ALL
    SELECT source, receipt FROM figure_log
    WHERE (source, receipt) IN (SELECT source, receipt FROM rejected)
)
GROUP BY source, day
"""

_BLOCKS = f"""
SELECT source, intDiv(receipt - 1, {BLOCK}) AS block, groupBitmap(receipt)
FROM
(
    {_ALL}
)
GROUP BY source, block
"""

_GAPS = f"""
SELECT source, intDiv(receipt - 1, {BLOCK}) AS block,
    bitmapToArray(bitmapAndnot(
        bitmapBuild(range(toUInt64(block * {BLOCK} + 1), toUInt64((block + 1) * {BLOCK} + 1))),
        groupBitmapState(receipt)))
FROM
(
    {_ALL}
)
WHERE (toString(source), block) IN
(
    SELECT wanted.1, wanted.2
    FROM (SELECT arrayJoin(arrayZip({{names:Array(String)}}, {{blocks:Array(UInt64)}})) AS wanted)
)
GROUP BY source, block
"""

_HIGHEST = """
SELECT source, max(receipt)
FROM
(
    SELECT source, receipt FROM event_log
    UNION ALL SELECT source, receipt FROM figure_log
    UNION ALL SELECT source, receipt FROM rejected
)
GROUP BY source
"""


@dataclass(slots=True)
class Arrived:
    """What arrived of one source and UTC day of receipt; see ``docs/audit.md`` for the words."""

    stored: int = 0
    superseded: int = 0
    rejected: int = 0

    @property
    def receipts(self) -> int:
        """All three together."""
        return self.stored + self.superseded + self.rejected


@dataclass(slots=True)
class Arrivals:
    """What arrived of one source up to the fence.

    Attributes:
        days: by UTC day of receipt.
        undated: receipts of rejects whose day of receipt cannot be told; they are in no day.
        distinct: number of different receipts.
        missing: those that did not arrive.
    """

    days: dict[date, Arrived] = field(default_factory=dict)
    undated: tuple[int, ...] = ()
    distinct: int = 0
    missing: tuple[Range, ...] = ()

    @property
    def counted(self) -> int:
        """Receipts as the days and the undated ones count them."""
        return sum(day.receipts for day in self.days.values()) + len(self.undated)

    def on(self, day: date) -> Arrived:
        """Return the counts of a day, which may be changed."""
        return self.days.setdefault(day, Arrived())


def read_highest(client: Client) -> dict[str, int]:
    """Return the highest receipt of every source that the warehouse holds anything of.

    Raises:
        WarehouseUnavailable: ClickHouse is away.
    """
    return {str(source): int(receipt) for source, receipt in client.query(_HIGHEST)}


def read_arrivals(client: Client, fences: Mapping[str, int]) -> dict[str, Arrivals]:
    """Return what arrived of the receipts 1 to ``fences[source]`` of each source.

    The missing ones are read last: what arrives in between is then not missing, and is in ``distinct``
    without being in a day; so ``counted`` may be lower, and is never higher without a fault.

    Raises:
        WarehouseUnavailable: ClickHouse is away.
    """
    found = {source: Arrivals() for source in fences}
    if not found:
        return found
    given = {"sources": list(fences), "fences": list(fences.values())}
    for log in _LOGS:
        for source, day, stored, receipts in client.query(_logged(log), given):
            arrived = found[source].on(day)
            arrived.stored += int(stored)
            arrived.superseded += int(receipts) - int(stored)
    for source, day, rejected, undated in client.query(_REJECTED, given | {"unknown": UNKNOWN_DAY}):
        if day == UNKNOWN_DAY:
            found[source].undated = tuple(sorted(int(receipt) for receipt in undated))
        else:
            found[source].on(day).rejected += int(rejected)
    for source, missing in _missing(client, fences, given).items():
        found[source].missing = tuple(missing)
        found[source].distinct = fences[source] - size(missing)
    return found


def _missing(
    client: Client, fences: Mapping[str, int], given: Mapping[str, object]
) -> dict[str, list[Range]]:
    counts = {(str(source), int(block)): int(n) for source, block, n in client.query(_BLOCKS, given)}
    missing: dict[str, list[Range]] = {source: [] for source in fences}
    partial: list[tuple[str, int]] = []
    for source, fence in fences.items():
        for block in range((fence + BLOCK - 1) // BLOCK):
            first, last = block * BLOCK + 1, min((block + 1) * BLOCK, fence)
            there = counts.get((source, block), 0)
            if not there:
                missing[source].append((first, last))
            elif there < last - first + 1:
                partial.append((source, block))
    for chunk in _chunks(partial):
        blocks = {"names": [source for source, _ in chunk], "blocks": [block for _, block in chunk]}
        for source, _, receipts in client.query(_GAPS, {**given, **blocks}):
            missing[source] += ((r, r) for r in map(int, receipts) if r <= fences[source])
    return {source: merged(ranges) for source, ranges in missing.items()}


def _chunks(blocks: list[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    for start in range(0, len(blocks), _BLOCKS_AT_ONCE):
        yield blocks[start : start + _BLOCKS_AT_ONCE]


def day_of(receipt: int, days: Iterable[tuple[date, int]]) -> date:
    """Return the day on which a receipt was given out, from the number given out on each day.

    Args:
        receipt: of a source.
        days: day and receipts given out, in the order of the days.
    """
    last = UNKNOWN_DAY
    until = 0
    for day, issued in days:
        last, until = day, until + issued
        if receipt <= until:
            return day
    return last
