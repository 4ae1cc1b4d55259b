"""Does every event keep its bucket? All versions of an id must meet in one partition.

The current truth and the audit's own way through the log both take that for granted: an id with two
buckets would be two events to either, and its cells would agree and be wrong.
"""

from __future__ import annotations

from collections import Counter

from warehouse.client import Client

ROWS_PER_SLICE = 4_000_000

# Numbers first, since they take a third of the memory of names; then by name, since two names may share
# a number.
_SPLIT = """
SELECT source, count()
FROM
(
    SELECT source, event_id FROM LOG
    WHERE cityHash64(source, event_id) IN
    (
        SELECT cityHash64(source, event_id) AS id FROM LOG
        WHERE id % {slices:UInt64} = {slice:UInt64}
        GROUP BY id
        HAVING min(bucket) != max(bucket)
    )
    GROUP BY source, event_id
    HAVING min(bucket) != max(bucket)
)
GROUP BY source
"""


def read_split_ids(client: Client, rows_per_slice: int = ROWS_PER_SLICE) -> Counter[str]:
    """Return per source how many ids have more than one bucket.

    Args:
        client: ClickHouse.
        rows_per_slice: so many rows are taken on at once, which bounds memory.

    Raises:
        WarehouseUnavailable: ClickHouse is away.
    """
    split: Counter[str] = Counter()
    for log in ("event_log", "figure_log"):
        ((rows,),) = client.query(f"SELECT count() FROM {log}")
        slices = int(rows) // rows_per_slice + 1
        for number in range(slices):
            given = {"slices": slices, "slice": number}
            for source, ids in client.query(_SPLIT.replace("LOG", log), given):
                split[str(source)] += int(ids)
    return split
