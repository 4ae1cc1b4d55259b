"""Rejects as a person works on them: which there are, what was kept of them, and emptying that.

A reject that was replayed and stored is none any more; its row stays, and no query here gives it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from domain.rejects import RECORD_KEPT, RejectReason
from warehouse.client import Client

Key = tuple[str, int]
"""Source and receipt."""

_LOGS = "SELECT source, receipt FROM event_log UNION ALL SELECT source, receipt FROM figure_log"

# Where-clauses are put together of these; values travel as parameters.
_OPEN = f"""(source, receipt) NOT IN
    (SELECT source, receipt FROM ({_LOGS})
    WHERE (source, receipt) IN (SELECT source, receipt FROM rejected))
"""
_CONDITIONS: Mapping[str, str] = {
    "source": "source = {source:String}",
    "receipt": "receipt = {receipt:UInt64}",
    "reason": "reason = {reason:String}",
    "field": "field = {field:String}",
    "code": "code = {code:String}",
    "since": "received_at >= {since:DateTime64(3, 'UTC')}",
    "until": "received_at < {until:DateTime64(3, 'UTC')}",
}
# The engine empties a column when it merges parts, which may be later.
_KEPT = f"if(received_at > now64(3) - INTERVAL {RECORD_KEPT.days} DAY, record, '')"
_DISCARDED_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class RejectFilter:
    """Which rejects are meant; what is None does not matter.

    Attributes:
        source, receipt: identity.
        reason, field, code: why it was rejected, exactly.
        since, until: received from, and before; aware.
    """

    source: str | None = None
    receipt: int | None = None
    reason: RejectReason | None = None
    field: str | None = None
    code: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """It means every reject there is."""
        return self == RejectFilter()

    def where(self) -> tuple[str, dict[str, Any]]:
        """Return the condition and its parameters."""
        values = {name: value for name in _CONDITIONS if (value := getattr(self, name)) is not None}
        parameters = {
            name: value.value if isinstance(value, RejectReason) else value
            for name, value in values.items()
        }
        return " AND ".join([_OPEN, *(_CONDITIONS[name] for name in values)]), parameters


class RejectGroup(NamedTuple):
    """Rejects of one cause; ``kept`` of them have a record that can be repaired. Times UTC."""

    source: str
    reason: str
    field: str
    code: str
    n: int
    kept: int
    first_at: datetime
    last_at: datetime


class Reject(NamedTuple):
    """What is known of a rejected record beside its content.

    Attributes:
        source, receipt, event_id, rev, bucket: its identity; see ``domain.rows.RejectRow``.
        reason, field, code: why.
        length: of the record as it came, bytes.
        kept: length of what is kept of it; 0 for nothing.
        received_at: UTC.
    """

    source: str
    receipt: int
    event_id: str
    rev: int
    bucket: date
    reason: str
    field: str
    code: str
    length: int
    kept: int
    received_at: datetime


class KeptReject(NamedTuple):
    """A reject with the record that is kept of it, which may be empty. The record is not for showing."""

    reject: Reject
    record: str


_COLUMNS = f"""source, receipt, event_id, rev, bucket, reason, field, code, length,
    length({_KEPT}) AS kept, received_at"""


def count_rejects(client: Client, chosen: RejectFilter) -> list[RejectGroup]:
    """Return the rejects by cause, the most frequent first.

    Raises:
        WarehouseUnavailable: ClickHouse is away.
    """
    where, parameters = chosen.where()
    rows = client.query(
        f"""SELECT source, reason, field, code, count() AS n, countIf({_KEPT} != ''),
            min(received_at), max(received_at)
        FROM rejected FINAL WHERE {where}
        GROUP BY source, reason, field, code
        ORDER BY n DESC, source, reason, field, code""",
        parameters,
    )
    return [RejectGroup(*row) for row in rows]


def list_rejects(client: Client, chosen: RejectFilter, limit: int) -> list[Reject]:
    """Return at most ``limit`` rejects, the newest first; none of their records.

    Raises:
        WarehouseUnavailable: ClickHouse is away.
    """
    where, parameters = chosen.where()
    rows = client.query(
        f"SELECT {_COLUMNS} FROM rejected FINAL WHERE {where}"
        " ORDER BY received_at DESC, source, receipt DESC LIMIT {most:UInt64}",
        {**parameters, "most": limit},
    )
    return [Reject(*row) for row in rows]


def read_kept(
    client: Client, chosen: RejectFilter, limit: int, after: Key = ("", 0)
) -> list[KeptReject]:
    """Return at most ``limit`` rejects with their records, by source and receipt, behind ``after``.

    Needs a user who may read the records.

    Raises:
        WarehouseUnavailable: ClickHouse is away.
        StatementRefused: the user may not.
    """
    where, parameters = chosen.where()
    rows = client.query(
        f"SELECT {_COLUMNS}, {_KEPT} AS record_kept FROM rejected FINAL"
        f" WHERE {where} AND (source, receipt) > ({{source_after:String}}, {{receipt_after:UInt64}})"
        " ORDER BY source, receipt LIMIT {most:UInt64}",
        {**parameters, "source_after": after[0], "receipt_after": after[1], "most": limit},
    )
    return [KeptReject(Reject(*row[:-1]), row[-1]) for row in rows]


def list_kept_keys(client: Client, chosen: RejectFilter) -> list[Key]:
    """Return the rejects of which a record is kept.

    Raises:
        WarehouseUnavailable: ClickHouse is away.
        StatementRefused: the user may not read the records.
    """
    where, parameters = chosen.where()
    rows = client.query(
        f"SELECT source, receipt FROM rejected FINAL WHERE {where} AND record != ''"
        " ORDER BY source, receipt",
        parameters,
    )
    return [(source, receipt) for source, receipt in rows]


def discard(client: Client, keys: Iterable[Key]) -> None:
    """Empty the kept records of these rejects, and return when they are gone; the rows stay.

    Raises:
        WarehouseUnavailable: ClickHouse is away; some may be emptied already, and it may be repeated.
        StatementRefused: the user may not.
    """
    receipts: defaultdict[str, list[int]] = defaultdict(list)
    for source, receipt in keys:
        receipts[source].append(receipt)
    for source, all_of_it in receipts.items():
        for start in range(0, len(all_of_it), _DISCARDED_AT_ONCE):
            client.execute(
                "ALTER TABLE rejected UPDATE record = ''"
                " WHERE source = {source:String} AND receipt IN {receipts:Array(UInt64)}"
                " SETTINGS mutations_sync = 2",
                {"source": source, "receipts": all_of_it[start : start + _DISCARDED_AT_ONCE]},
            )
