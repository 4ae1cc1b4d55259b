"""``event_log`` as the archive reads it: by day of receipt, in bounded memory on both sides.

The log is read and not the topic, because it cannot have holes: a row is acknowledged when it is in the
log, and the embedded broker forgets its topics. The rows are the same: the loader hands the topic's own
bytes to the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import get_type_hints

from domain.rows import EventRow
from warehouse.archive.fingerprint import HASH_SQL, Fingerprint
from warehouse.archive.rows import COLUMNS, Row
from warehouse.client import Client

RECEIPTS_PER_PAGE = 20_000

_MONTHS = "SELECT DISTINCT toYYYYMM(bucket) AS month FROM event_log ORDER BY month"

# Repeats of a row lie in one partition and side by side in its order, so that they can be told apart
# without a table of all rows in memory.
_FINGERPRINTS = f"""
SELECT toString(toDate(received)) AS day, count(), sum({HASH_SQL})
FROM
(
    SELECT bucket, source, event_id, version, receipt, any(received_at) AS received
    FROM event_log
    WHERE toYYYYMM(bucket) = {{month:UInt32}}
    GROUP BY bucket, source, event_id, version, receipt
    SETTINGS optimize_aggregation_in_order = 1
)
GROUP BY day
"""

_PAGES = """
SELECT source, intDiv(receipt, {size:UInt32}) AS page, toString(min(bucket)), toString(max(bucket))
FROM event_log
WHERE received_at >= {day:DateTime64(3, 'UTC')} AND received_at < {next:DateTime64(3, 'UTC')}
GROUP BY source, page
ORDER BY source, page
"""

_TEXTS = {name for name, kind in get_type_hints(EventRow).items() if kind is str}
_AS_PUBLISHED = ", ".join(f"toString({name}) AS {name}_" if name in _TEXTS else name for name in COLUMNS)
# `bucket` leads the order of the table, so its bounds keep a page from reading all of it.
_ROWS = f"""
SELECT {_AS_PUBLISHED}
FROM event_log
WHERE bucket >= {{first:Date}} AND bucket <= {{last:Date}}
    AND source = {{source:String}}
    AND receipt >= {{low:UInt64}} AND receipt < {{high:UInt64}}
    AND received_at >= {{day:DateTime64(3, 'UTC')}} AND received_at < {{next:DateTime64(3, 'UTC')}}
ORDER BY receipt, version
LIMIT 1 BY receipt, version
"""


@dataclass(frozen=True, slots=True)
class EventLog:
    """Reads the log.

    Args:
        client: ClickHouse.
        between: called before each of its questions; may raise to end the reading.
    """

    client: Client
    between: Callable[[], None] = lambda: None

    def fingerprints(self) -> dict[str, Fingerprint]:
        """Return the fingerprint of each day of receipt (UTC, ISO).

        Raises:
            WarehouseUnavailable: ClickHouse is away.
        """
        days: dict[str, Fingerprint] = {}
        for (month,) in self.client.query(_MONTHS):
            self.between()
            for day, rows, digest in self.client.query(_FINGERPRINTS, {"month": int(month)}):
                days.setdefault(str(day), Fingerprint()).add_all(int(rows), int(digest))
        return days

    def rows(self, day: str) -> Iterator[Row]:
        """Yield the rows that were received on a day, in the order of their names, each once.

        Raises:
            WarehouseUnavailable: ClickHouse is away.
        """
        bounds = {"day": f"{day} 00:00:00.000", "next": f"{_next(day)} 00:00:00.000"}
        pages = self.client.query(_PAGES, {**bounds, "size": RECEIPTS_PER_PAGE})
        for source, page, first, last in pages:
            self.between()
            low = int(page) * RECEIPTS_PER_PAGE
            yield from self.client.query(
                _ROWS,
                {
                    **bounds,
                    "source": source,
                    "first": first,
                    "last": last,
                    "low": low,
                    "high": low + RECEIPTS_PER_PAGE,
                },
            )


def _next(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
