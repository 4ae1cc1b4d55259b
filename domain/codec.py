"""The codec: events and rows to bytes and back."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from pydantic import ValidationError

from domain.errors import CodecError
from domain.events import RawEvent

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
