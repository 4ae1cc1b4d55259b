"""Stage 1: bytes -> events as plain dicts, or the reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from domain.codec import CODEC_VERSION, HEADER_CODEC, MAX_RAW_BYTES, decode_event
from domain.errors import CodecError
from domain.events import EVENT_TYPES, Kind, RawEvent, source_name
from domain.rejects import RejectReason
from streams.chunk import Headers
from streams.plain_schema import dict_validator, is_day
from streams.rejecting import Rejection

Event = dict[str, Any]
"""A ``RawEvent`` by its field names, as ``model_dump(mode="json")`` gives it: times are
``YYYY-MM-DDThh:mm:ss[.mmm[mmm]]Z``, days ``YYYY-MM-DD``, absent fields None."""

FUTURE_TOLERANCE = timedelta(minutes=15)
"""An event may be dated this much later than it was received: clocks differ."""

_CODEC = (HEADER_CODEC, CODEC_VERSION.encode())
_TYPES = {type_: kind for kind, type_ in EVENT_TYPES.items()}


class Validator:
    """Decides for each record of a source whether it is an event."""

    def __init__(self) -> None:
        self._read = dict_validator(RawEvent)
        self._source_names: dict[str, str] = {}

    def __call__(
        self, source: str, values: Sequence[bytes | None], headers: Sequence[Headers]
    ) -> list[Event | Rejection]:
        """Return per record, in order, the event or why it is none.

        Args:
            source: name of the source whose topic the records come from.
        """
        return [
            self._validate(source, value, pairs) for value, pairs in zip(values, headers, strict=True)
        ]

    def _validate(self, source: str, value: bytes | None, headers: Headers) -> Event | Rejection:
        if value is None:
            return Rejection(RejectReason.INVALID, "", "empty")
        if len(value) > MAX_RAW_BYTES:
            return Rejection(RejectReason.TOO_LARGE, "", "bytes")
        if _CODEC not in headers:
            return Rejection(RejectReason.SCHEMA_VERSION, f"header.{HEADER_CODEC}", "unknown")
        try:
            event = self._read(value)
        except ValidationError:
            event = None
        if event is None or not _days_exist(event):
            decided = _by_the_model(value)
            if isinstance(decided, Rejection):
                return decided
            event = decided
        return self._contradiction(source, event) or event

    def _contradiction(self, source: str, event: Event) -> Rejection | None:
        data = event["data"]
        kind = data["kind"]
        if _TYPES.get(event["type"]) != kind:
            return Rejection(RejectReason.SCHEMA_VERSION, "type", "not_of_this_kind")
        if self._name(event["source"]) != source:
            return Rejection(RejectReason.INVALID, "source", "not_of_this_topic")
        if kind != Kind.FIGURE and _is_future(data["occurred_at"], event["time"]):
            return Rejection(RejectReason.FUTURE, "data.occurredAt", "future")
        return None

    def _name(self, urn: str) -> str:
        name = self._source_names.get(urn)
        if name is None:
            if len(self._source_names) > 1000:
                self._source_names.clear()
            name = self._source_names[urn] = source_name(urn)
        return name


def _days_exist(event: Event) -> bool:
    data = event["data"]
    days = [event["time"][:10], event["bucket"]]
    if data["kind"] == Kind.FIGURE:
        days += (data["period_start"], data["period_end"])
    else:
        days.append(data["occurred_at"][:10])
        if data["kind"] == Kind.INSPECTION and data["recheck_on"] is not None:
            days.append(data["recheck_on"])
    return all(map(is_day, days))


def _is_future(occurred_at: str, received: str) -> bool:
    # As texts up to the second, which decides for nearly all without parsing a time.
    if occurred_at[:19] <= received[:19]:
        return False
    late = datetime.fromisoformat(occurred_at) - datetime.fromisoformat(received)
    return late > FUTURE_TOLERANCE


def _by_the_model(value: bytes) -> Event | Rejection:
    """Return what the model says of a record that the fast reader does not take."""
    try:
        return decode_event(value).model_dump(mode="json")
    except CodecError as error:
        reason = RejectReason.SCHEMA_VERSION if error.field == "type" else RejectReason.INVALID
        return Rejection(reason, error.field, error.code)
