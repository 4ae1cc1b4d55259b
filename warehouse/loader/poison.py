"""A record that cannot be stored becomes a reject, so that its receipt is still accounted for."""

from __future__ import annotations

import re
from typing import Any

import orjson

from domain.codec import HEADER_RECEIPT
from domain.rejects import RejectReason
from domain.rows import RejectRow
from warehouse.loader.decoding import Message, Poison, RejectedRow, Row, checked_day, checked_hour

UNKNOWN_DAY = "1970-01-01"
UNKNOWN_SOURCE = "unknown"
_SOURCE = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
_EVENT_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)
_RECEIPT = re.compile(rb"[1-9]\d{0,18}")
_RECEIPT_HEADERS = frozenset({HEADER_RECEIPT, "ce_sequence"})


def reject(message: Message, fault: Poison) -> Row:
    """Return the row of ``rejected`` for a record that is no row, or that ClickHouse refused.

    Of its content only what identifies it is kept, each part only if it has the form it must have: what
    came this far broken is not known to be free of anything. The same record always gives the same row.
    A receipt that cannot be told is 0, and stays in flight.
    """
    row = _loose(message.value)
    source, event_id = _identity(message, row)
    receipt = _receipt(message, row)
    rev = row.get("rev")
    entry = RejectRow(
        source=source,
        event_id=event_id,
        receipt=receipt,
        rev=rev if type(rev) is int and 0 < rev < 2**32 else 0,
        bucket=_day(row.get("bucket")),
        reason=RejectReason.INVALID.value,
        field=fault.field,
        code=fault.code,
        length=len(message.value or b""),
        value_hash="",
        record="",
        received_at=_time(row.get("received_at")),
        schema_v=0,
    )
    return RejectedRow(orjson.dumps(entry), source, receipt, entry["rev"], entry["bucket"])


def _loose(value: bytes | None) -> dict[str, Any]:
    try:
        row = orjson.loads(value or b"")
    except orjson.JSONDecodeError:
        return {}
    return row if type(row) is dict else {}


def _identity(message: Message, row: dict[str, Any]) -> tuple[str, str]:
    key = (message.key or b"").decode(errors="replace")
    keyed_source, _, keyed_id = key.partition("|")
    source = _first(_SOURCE, row.get("source"), keyed_source)
    event_id = _first(_EVENT_ID, row.get("event_id"), keyed_id)
    return source or UNKNOWN_SOURCE, event_id or ""


def _first(pattern: re.Pattern[str], *texts: object) -> str | None:
    return next((text for text in texts if isinstance(text, str) and pattern.fullmatch(text)), None)


def _receipt(message: Message, row: dict[str, Any]) -> int:
    receipt = row.get("receipt")
    if type(receipt) is int and 0 < receipt < 2**63:
        return receipt
    for name, value in message.headers:
        if name in _RECEIPT_HEADERS and _RECEIPT.fullmatch(value):
            return int(value)
    return 0


def _day(text: object) -> str:
    try:
        return checked_day(text, "bucket")
    except Poison:
        return UNKNOWN_DAY


def _time(text: object) -> str:
    try:
        checked_hour(text, "received_at")
    except Poison:
        return f"{UNKNOWN_DAY} 00:00:00.000"
    return str(text)
