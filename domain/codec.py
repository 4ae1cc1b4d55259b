"""The codec: events and rows to bytes and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import orjson
from pydantic import ValidationError

from domain.errors import CodecError
from domain.events import EVENT_TYPES, EventData, Kind, RawEvent

CODEC_VERSION = "1"
"""Written to the header ``codec`` of every raw record; a reader refuses any other."""

MAX_RAW_BYTES = 64 * 1024
"""CloudEvents asks intermediaries to carry 64 KiB; a larger event is refused."""

UNKNOWN_FIELD = "*"
"""Stands in error paths for a field that is not ours."""

HEADER_CODEC = "codec"
HEADER_RECEIPT = "receipt"
HEADER_EVENT_ID = "ce_id"


def encode_event(event: RawEvent) -> bytes:
    """Return the structured-mode JSON of an event; fields that are None are left out."""
    return event.model_dump_json(by_alias=True, exclude_none=True).encode()


def encode_data(data: EventData) -> str:
    """Return the JSON of an event's data as it stands in ``encode_event``."""
    return data.model_dump_json(by_alias=True, exclude_none=True)


def encode_event_parts(
    *,
    event_id: str,
    source: str,
    kind: Kind,
    time: datetime,
    subject: str | None,
    receipt: int,
    rev: int,
    bucket: date,
    deleted: bool,
    data: str,
) -> bytes:
    """Return the bytes of ``encode_event`` for an event whose data is JSON already, much faster.

    Args:
        event_id, source, subject: valid for ``RawEvent``; their patterns leave nothing to escape.
        kind: of the data; gives the CloudEvents ``type``.
        time: aware.
        receipt: the ``sequence``.
        rev, bucket, deleted: as in ``RawEvent``.
        data: as ``encode_data`` gives it.
    """
    moment = time.astimezone(UTC).replace(tzinfo=None).isoformat()
    place = f'"subject":"{subject}",' if subject else ""
    return (
        f'{{"specversion":"1.0","id":"{event_id}","source":"{source}","type":"{EVENT_TYPES[kind]}",'
        f'"time":"{moment}Z",{place}"datacontenttype":"application/json",'
        f'"sequence":"{receipt}","sequencetype":"Integer","rev":{rev},"bucket":"{bucket.isoformat()}",'
        f'"deleted":{"true" if deleted else "false"},"data":{data}}}'
    ).encode()


def decode_event(value: bytes) -> RawEvent:
    """Return the event in the bytes of a raw record.

    Raises:
        CodecError: with the field at fault and pydantic's error type, never with a value.
    """
    try:
        return RawEvent.model_validate_json(value, by_alias=True, by_name=False)
    except ValidationError as error:
        refusal = _refusal(error)
    # Raised out here, since inside the handler the error would keep pydantic's, and with it the input.
    raise refusal


def _refusal(error: ValidationError) -> CodecError:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    path = [str(part) for part in first["loc"]]
    if first["type"] == "extra_forbidden":
        path[-1] = UNKNOWN_FIELD  # the name of a field that we do not know is the sender's text
    return CodecError(".".join(path), first["type"])


def encode_row(row: Mapping[str, object]) -> bytes:
    """Return a flat row as one line of JSON."""
    return orjson.dumps(row)


def record_key(source: str, event_id: str) -> bytes:
    """Return the Kafka key of an event: all versions of an event share a partition."""
    return f"{source}|{event_id}".encode()
