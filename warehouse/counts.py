"""The warehouse's side of the count that must always come out.

With ``received`` and ``duplicate`` from ingest: received = stored + superseded + duplicate + rejected +
in_flight, where in_flight is what was issued and is not in ``arrived``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from domain.places import UNPLACED
from warehouse.client import Client

_LOGS = """
    SELECT source, event_id, receipt, received_at FROM event_log
    UNION ALL
    SELECT source, event_id, receipt, received_at FROM figure_log
"""

_STORED = f"""
SELECT source, uniqExact(event_id), uniqExact(receipt), max(received_at)
FROM ({_LOGS})
GROUP BY source
"""

# A reject that was repaired and sent again keeps its receipt: once it is in a log it is stored.
_REJECTED = f"""
SELECT source, uniqExact(receipt), max(received_at)
FROM rejected
WHERE receipt > 0 AND (source, receipt) NOT IN
(
    SELECT source, receipt FROM ({_LOGS})
    WHERE (source, receipt) IN (SELECT source, receipt FROM rejected)
)
GROUP BY source
"""

_LEVELS = """
SELECT source, match_level, count()
FROM event_now FINAL
WHERE counts = 1
GROUP BY source, match_level
ORDER BY source, match_level
"""

_LAG = """
SELECT uniqExact(token), dateDiff('millisecond', min(at), now64(3))
FROM dirty
WHERE token NOT IN (SELECT token FROM dirty_done)
"""


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """What the warehouse holds of one source.

    Attributes:
        stored: distinct events and figures, the retracted ones among them.
        superseded: receipts that brought another version of one of those.
        rejected: receipts that were rejected and not stored since.
        unplaced: of those in ``by_match_level``, the events for which no wijk was found.
        by_match_level: current events that count, per match level.
        last_received_at: receipt time of the newest record that arrived, UTC.
    """

    stored: int = 0
    superseded: int = 0
    rejected: int = 0
    unplaced: int = 0
    by_match_level: dict[str, int] = field(default_factory=dict)
    last_received_at: datetime | None = None

    @property
    def arrived(self) -> int:
        """Distinct receipts that are durable here, stored or rejected."""
        return self.stored + self.superseded + self.rejected


@dataclass(frozen=True, slots=True)
class Lag:
    """Batches whose cells are still to be recomputed.

    Attributes:
        batches: how many.
        seconds: age of the oldest; 0 when there are none.
    """

    batches: int
    seconds: float


def read_counts(client: Client) -> dict[str, SourceCounts]:
    """Return the counts of every source of which something arrived, by its name.

    Each number is a pure function of durable tables.

    Raises:
        WarehouseUnavailable: ClickHouse is away.
    """
    stored = {row[0]: row[1:] for row in client.query(_STORED)}
    rejected = {row[0]: row[1:] for row in client.query(_REJECTED)}
    levels: dict[str, dict[str, int]] = {}
    for source, level, events in client.query(_LEVELS):
        levels.setdefault(source, {})[level] = int(events)
    counts = {}
    for source in sorted(stored.keys() | rejected.keys()):
        events, receipts, last_stored = stored.get(source, (0, 0, None))
        refused, last_refused = rejected.get(source, (0, None))
        by_level = levels.get(source, {})
        counts[str(source)] = SourceCounts(
            stored=int(events),
            superseded=int(receipts) - int(events),
            rejected=int(refused),
            unplaced=sum(number for level, number in by_level.items() if level in UNPLACED),
            by_match_level=by_level,
            last_received_at=max((at for at in (last_stored, last_refused) if at), default=None),
        )
    return counts


def read_lag(client: Client) -> Lag:
    """Return how far the cells are behind the events.

    Raises:
        WarehouseUnavailable: ClickHouse is away.
    """
    ((batches, milliseconds),) = client.query(_LAG)
    return Lag(int(batches), max(0, int(milliseconds)) / 1000 if batches else 0.0)
