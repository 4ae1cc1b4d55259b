"""Stage 1: bytes -> events as plain dicts, or the reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
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
_REMEMBERED = 4096


@dataclass(slots=True)
class Validated:
    """What a list of records holds.

    Attributes:
        events: the events, in order.
        indexes: of each event's record.
        rejected: why the others are none, by the index of their record.
    """

    events: list[Event] = field(default_factory=list)
    indexes: list[int] = field(default_factory=list)
    rejected: dict[int, Rejection] = field(default_factory=dict)


class Validator:
    """Decides for each record of a source whether it is an event.

    It remembers a few thousand days and combinations of source and type that it found right, and nothing
    else; what it answers does not depend on that.
    """

    def __init__(self) -> None:
        self._read = dict_validator(RawEvent)
        self._right: set[tuple[str, str, str, str]] = set()
        self._days: set[str] = set()

    def __call__(
        self, source: str, values: Sequence[bytes | None], headers: Sequence[Headers]
    ) -> Validated:
        """Return the events and the rejections of records.

        Args:
            source: name of the source whose topic the records come from.
        """
        result = Validated()
        read, usual = self._read, self._is_usual
        for index, (value, pairs) in enumerate(zip(values, headers, strict=True)):
            if value is None or len(value) > MAX_RAW_BYTES or _CODEC not in pairs:
                result.rejected[index] = _unread(value)
                continue
            found: Event | Rejection
            try:
                event = read(value)
            except ValidationError:
                found = self._by_the_model(source, value)
            else:
                found = event if usual(source, event) else self._closely(source, value, event)
            if isinstance(found, Rejection):
                result.rejected[index] = found
            else:
                result.events.append(found)
                result.indexes.append(index)
        return result

    def _is_usual(self, source: str, event: Event) -> bool:
        """Return whether nothing about an event is new, so that it needs no closer look."""
        data, time = event["data"], event["time"]
        occurred_at = data.get("occurred_at")
        days = self._days
        return (
            occurred_at is not None
            and occurred_at[:19] <= time[:19]
            and time[:10] in days
            and occurred_at[:10] in days
            and event["bucket"] in days
            and (source, event["source"], event["type"], data["kind"]) in self._right
        )

    def _closely(self, source: str, value: bytes, event: Event) -> Event | Rejection:
        if not all(map(is_day, _days_of(event))):
            return self._by_the_model(source, value)
        return self._contradiction(source, event) or self._remember(source, event)

    def _by_the_model(self, source: str, value: bytes) -> Event | Rejection:
        """Decide on a record that the fast reader does not take."""
        try:
            event = decode_event(value).model_dump(mode="json")
        except CodecError as error:
            reason = RejectReason.SCHEMA_VERSION if error.field == "type" else RejectReason.INVALID
            return Rejection(reason, error.field, error.code)
        return self._contradiction(source, event) or event

    @staticmethod
    def _contradiction(source: str, event: Event) -> Rejection | None:
        data = event["data"]
        if _TYPES.get(event["type"]) != data["kind"]:
            return Rejection(RejectReason.SCHEMA_VERSION, "type", "not_of_this_kind")
        if source_name(event["source"]) != source:
            return Rejection(RejectReason.INVALID, "source", "not_of_this_topic")
        if data["kind"] != Kind.FIGURE and _is_future(data["occurred_at"], event["time"]):
            return Rejection(RejectReason.FUTURE, "data.occurredAt", "future")
        return None

    def _remember(self, source: str, event: Event) -> Event:
        data = event["data"]
        if data["kind"] in (Kind.INCIDENT, Kind.SIGNAL):  # the others have days of their own
            if len(self._right) + len(self._days) > _REMEMBERED:
                self._right.clear()
                self._days.clear()
            self._right.add((source, event["source"], event["type"], data["kind"]))
            self._days.update(_days_of(event))
        return event


def _unread(value: bytes | None) -> Rejection:
    """Return why a record is not even read."""
    if value is None:
        return Rejection(RejectReason.INVALID, "", "empty")
    if len(value) > MAX_RAW_BYTES:
        return Rejection(RejectReason.TOO_LARGE, "", "bytes")
    return Rejection(RejectReason.SCHEMA_VERSION, f"header.{HEADER_CODEC}", "unknown")


def _days_of(event: Event) -> list[str]:
    data = event["data"]
    days = [event["time"][:10], event["bucket"]]
    if data["kind"] == Kind.FIGURE:
        return [*days, data["period_start"], data["period_end"]]
    days.append(data["occurred_at"][:10])
    if data["kind"] == Kind.INSPECTION and data["recheck_on"] is not None:
        days.append(data["recheck_on"])
    return days


def _is_future(occurred_at: str, received: str) -> bool:
    if occurred_at[:19] <= received[:19]:
        return False
    late = datetime.fromisoformat(occurred_at) - datetime.fromisoformat(received)
    return late > FUTURE_TOLERANCE
