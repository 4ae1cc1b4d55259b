"""``event_log`` as the archive reads it: by day of receipt, in bounded memory on both sides.

The log is read and not the topic, because it cannot have holes: a row is acknowledged when it is in the
log, and the embedded broker forgets its topics. The rows are the same: the loader hands the topic's own
bytes to the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import get_type_hints

from domain.rows import EventRow
from warehouse.archive.fingerprint import HASH_SQL, Fingerprint
from warehouse.archive.rows import COLUMNS, Row
from warehouse.client import Client

RECEIPTS_PER_PAGE = 20_000

_MONTHS = """
SELECT toYYYYMM(bucket) AS month, count(), toString(max(ingested_at))
FROM event_log
GROUP BY month
ORDER BY month
"""

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
class _Month:
    """What was found: number of rows and newest insert, and per day rows and sum of hashes."""

    state: tuple[int, str]
    days: list[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class EventLog:
    """Reads the log.

    Args:
        client: ClickHouse.
        between: called before each of its questions; may raise to end the reading.

    Months of ``bucket`` that did not change since the last ``fingerprints`` are not read again.
    """

    client: Client
    between: Callable[[], None] = lambda: None
    _months: dict[int, _Month] = field(default_factory=dict)

    def fingerprints(self) -> dict[str, Fingerprint]:
        """Return the fingerprint of each day of receipt (UTC, ISO).

        Raises:
            WarehouseUnavailable: ClickHouse is away.
        """
        days: dict[str, Fingerprint] = {}
        for month, rows, newest in self.client.query(_MONTHS):
            self.between()
            for day, logged, digest in self._days_of(int(month), (int(rows), str(newest))):
                days.setdefault(day, Fingerprint()).add_all(logged, digest)
        return days

    def _days_of(self, month: int, state: tuple[int, str]) -> list[tuple[str, int, int]]:
        known = self._months.get(month)
        if known is None or known.state != state:
            found = self.client.query(_FINGERPRINTS, {"month": month})
            days = [(str(day), int(rows), int(digest)) for day, rows, digest in found]
            # Its state was asked for first: what came in between is read again the next time.
            known = self._months[month] = _Month(state, days)
        return known.days

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
