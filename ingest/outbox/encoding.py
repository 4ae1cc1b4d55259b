"""Findings to bytes: the CloudEvent of a draft, the row of a reject, the keyed hash of a content."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from domain.codec import MAX_RAW_BYTES, encode_event_parts, encode_row
from domain.events import SCHEMA_VERSION, EventData, EventId, Figure, source_urn
from domain.rejects import RejectReason
from domain.rows import RejectRow, clickhouse_time
from ingest.keys import KeyedHash
from ingest.protocol import Draft, Identity, Unreadable

_FIELD = re.compile(r"[a-z][A-Za-z0-9_.]{0,39}")
_EVENT_ID: TypeAdapter[str] = TypeAdapter(EventId)


@dataclass(frozen=True, slots=True)
class Reject:
    """What is kept of a record that ingest rejects; field meanings as in ``RejectRow``."""

    reason: RejectReason
    field: str
    code: str
    length: int
    value_hash: str
    record: str = ""


class Encoder:
    """Encodes the findings of one source.

    Args:
        source: its name.
        municipality_slug: goes into the CloudEvents ``source``.
        keyed: for hashes that stay in the file longer than the content.
    """

    def __init__(self, source: str, municipality_slug: str, keyed: KeyedHash) -> None:
        self._source = source
        self._urn = source_urn(municipality_slug, source)
        self._keyed = keyed

    def content(self, data: str, deleted: bool) -> bytes:
        """Return the keyed hash of what a draft says; keyed, as it outlives the street that is in it.

        Args:
            data: its data, as ``encode_data`` gives it.
            deleted: it takes the event back.
        """
        return self._keyed.digest("content", "deleted" if deleted else "", data)

    def event_id(self, given: str) -> str:
        """Return ``given`` if it is a valid event id, else a keyed hash of it: it may hold anything."""
        try:
            return _EVENT_ID.validate_python(given)
        except ValidationError:
            return self._keyed.id("invalid-id", given)

    def event(self, draft: Draft, data: str, identity: Identity, received_at: datetime) -> bytes:
        """Return the bytes of topic ``raw.*``.

        Args:
            draft: an event with a valid id.
            data: its data, as ``encode_data`` gives it.
            identity: given to it.
            received_at: aware.
        """
        return encode_event_parts(
            event_id=draft.event_id,
            source=self._urn,
            kind=draft.data.kind,
            time=received_at,
            subject=_subject(draft.data),
            receipt=identity.receipt,
            rev=identity.rev,
            bucket=identity.bucket,
            deleted=draft.deleted,
            data=data,
        )

    def reject(self, event_id: str, reject: Reject, identity: Identity, received_at: datetime) -> bytes:
        """Return the bytes of topic ``rejected``."""
        row = RejectRow(
            source=self._source,
            event_id=event_id,
            receipt=identity.receipt,
            rev=identity.rev,
            bucket=identity.bucket.isoformat(),
            reason=reject.reason,
            field=reject.field,
            code=reject.code,
            length=reject.length,
            value_hash=reject.value_hash,
            record=reject.record,
            received_at=clickhouse_time(received_at),
            schema_v=SCHEMA_VERSION,
        )
        return encode_row(row)

    def unreadable(self, finding: Unreadable) -> Reject:
        """Return the reject of an unreadable record: no byte of it, whatever the connector put where."""
        return Reject(
            finding.reason,
            field=finding.field if _FIELD.fullmatch(finding.field) else "",
            code=finding.reason,
            length=finding.length,
            value_hash=self.event_id(finding.value_hash) if finding.value_hash else "",
        )

    def too_late(self, data: str) -> Reject:
        """Return the reject of a draft from before the horizon; the allow-listed record is kept."""
        return self._with_record(RejectReason.TOO_LATE, "occurredAt", "before_horizon", data)

    def invalid_id(self, data: str) -> Reject:
        """Return the reject of a draft whose id is none, which may hold anything; its data is kept."""
        return self._with_record(RejectReason.INVALID, "id", "string_pattern_mismatch", data)

    def too_large(self, value: bytes) -> Reject:
        """Return the reject of an event of too many bytes; kept whole it would be too large itself."""
        return Reject(
            RejectReason.TOO_LARGE,
            field="",
            code="too_many_bytes",
            length=len(value),
            value_hash=self._keyed.id("record", value.decode()),
        )

    def _with_record(self, reason: RejectReason, field: str, code: str, data: str) -> Reject:
        length = len(data.encode())
        kept = data if length <= MAX_RAW_BYTES else ""
        return Reject(reason, field, code, length, self._keyed.id("record", data), kept)


def _subject(data: EventData) -> str | None:
    if isinstance(data, Figure):
        return data.area
    place = data.location
    return place.wijk or place.stadsdeel or place.gemeente
