"""Flat rows: the values of topics ``events``, ``figures``, ``rejected`` and ``acks``.

Rows carry the column names of the tables they are loaded into, so that the loader hands the topic's
own bytes to ClickHouse. Times are written as ClickHouse reads them fastest:
``YYYY-MM-DD hh:mm:ss.mmm``, UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NotRequired

from typing_extensions import TypedDict


class EventRow(TypedDict):
    """A located event; also a row of ``event_log`` (which adds ``ingested_at``).

    ``wijk`` is the area it is counted at: a wijk (BU), or, unplaced, its stadsdeel (WK) or
    gemeente (GM). ``stadsdeel`` is empty when that is unknown. ``version`` packs ``rev`` and ``geo_v``.
    ``attrs`` is a small JSON object of allow-listed terms and numbers.
    """

    source: str
    event_id: str
    receipt: int
    rev: int
    geo_v: int
    version: int
    deleted: int
    counts: int
    bucket: str
    kind: str
    theme: str
    category: str
    severity: int
    occurred_at: str
    received_at: str
    wijk: str
    stadsdeel: str
    gemeente: str
    match_level: str
    boundary_year: int
    service: str
    priority: str
    attrs: str
    schema_v: int


class FigureRow(TypedDict):
    """An official figure; also a row of ``figure_log``."""

    source: str
    event_id: str
    receipt: int
    rev: int
    geo_v: int
    version: int
    deleted: int
    bucket: str
    measure: str
    area: str
    period_start: str
    period_end: str
    value: float | None
    status: str
    lower: float | None
    upper: float | None
    unit: str
    boundary_year: int
    received_at: str
    schema_v: int


class RejectRow(TypedDict):
    """A rejected record; also a row of ``rejected``.

    ``field`` is the dotted path at fault, ``length`` the size of the record in bytes, ``value_hash`` a
    keyed hash for recognising repeats (empty in streams, which has no key). ``record`` is the
    allow-listed record as JSON, empty for the reasons in ``rejects.WITHOUT_RECORD``.
    """

    source: str
    event_id: str
    receipt: int
    rev: int
    bucket: str
    reason: str
    field: str
    code: str
    length: int
    value_hash: str
    record: str
    received_at: str
    schema_v: int


class AckRow(TypedDict):
    """Receipts of one source that are durable in the warehouse: closed ranges ``[first, last]``.

    ``rejected`` is true where they are durable as rejects. Such an ack may be older than the replay of a
    reject, so a replay stays in the outbox until it is acknowledged as stored.
    """

    source: str
    ranges: list[list[int]]
    rejected: NotRequired[bool]


def pack_version(rev: int, geo_v: int) -> int:
    """Return the version of a row: ``rev`` first, then ``geo_v``, in one unsigned 64-bit number.

    A higher ``rev`` always wins; under one ``rev`` a later version of the area tables wins.
    """
    return (rev << 32) | geo_v


def clickhouse_time(moment: datetime) -> str:
    """Return an aware time as ClickHouse's basic parser reads it: UTC, milliseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.") + f"{moment.microsecond // 1000:03d}"
