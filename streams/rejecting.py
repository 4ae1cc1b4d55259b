"""A record that becomes no event: why, and the row that says so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson

from domain.codec import HEADER_EVENT_ID, HEADER_RECEIPT, MAX_RAW_BYTES
from domain.events import SCHEMA_VERSION
from domain.rejects import WITHOUT_RECORD, RejectReason
from domain.rows import RejectRow, clickhouse_time
from streams.allow_list import allow_listed
from streams.chunk import Headers

_MAX_UINT64 = 2**64 - 1
_MAX_UINT32 = 2**32 - 1
_EVENT_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a record is rejected: the reason, the dotted path at fault, a short machine-readable cause."""

    reason: RejectReason
    field: str
    code: str


@dataclass(frozen=True, slots=True)
class Record:
    """A raw record as it lies in its topic; ``timestamp`` in milliseconds since 1970 UTC."""

    source: str
    value: bytes
    headers: Headers
    timestamp: int


def reject_row(record: Record, rejection: Rejection) -> RejectRow:
    """Return the row of a rejected record.

    Identity is taken from the headers, since the bytes may be anything; what else can be read is taken
    from the bytes. Of the record itself the allow-listed part is kept, where the reason allows it.
    """
    document = _document(record.value)
    headers = dict(record.headers)
    received_at = _moment(document.get("time"), record.timestamp)
    keep = rejection.reason not in WITHOUT_RECORD
    # A time that is too late is a time all the same, and who repairs the record needs to see it.
    refused = "" if rejection.reason is RejectReason.FUTURE else rejection.field
    return {
        "source": record.source,
        "event_id": _identity(_text(headers.get(HEADER_EVENT_ID))) or _identity(document.get("id")),
        "receipt": _whole(_text(headers.get(HEADER_RECEIPT)), _MAX_UINT64)
        or _whole(document.get("sequence"), _MAX_UINT64),
        "rev": _whole(document.get("rev"), _MAX_UINT32),
        "bucket": _day(document.get("bucket"), received_at),
        "reason": rejection.reason.value,
        "field": rejection.field,
        "code": rejection.code,
        "length": len(record.value),
        "value_hash": "",
        "record": allow_listed(document, refused) if keep else "",
        "received_at": clickhouse_time(received_at),
        "schema_v": SCHEMA_VERSION,
    }


def _document(value: bytes) -> dict[str, Any]:
    if len(value) > MAX_RAW_BYTES:
        return {}
    try:
        document = orjson.loads(value)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def _text(header: bytes | None) -> str:
    return "" if header is None else header.decode("ascii", "replace")[:64]


def _identity(value: object) -> str:
    """Return an id that is one; any other text may be somebody's name."""
    return value if isinstance(value, str) and _EVENT_ID.fullmatch(value) else ""


def _whole(value: object, most: int) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:20])
    return value if type(value) is int and 0 <= value <= most else 0


def _moment(value: object, timestamp: int) -> datetime:
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is not None and moment.tzinfo is not None and 1970 <= moment.year <= 2200:
            return moment
    return datetime.fromtimestamp(min(max(timestamp, 0), 7_258_118_400_000) / 1000, UTC)


def _day(value: object, otherwise: datetime) -> str:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    return otherwise.astimezone(UTC).date().isoformat()
