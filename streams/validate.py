"""Stage 1: bytes -> events, or the reason why not.

The models of ``domain.events`` decide. Reading by them takes longer than all other stages together, so
a second reader (``streams.events``) comes first: it checks types, closed lists and ranges. What it does
not check is the patterns of texts. Of these, most texts recur, and one that the models took before is
right; the rest (identity, receipt) are held to a part of their pattern here. Where anything is new, the
models are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from operator import attrgetter

from domain.codec import CODEC_VERSION, HEADER_CODEC, MAX_RAW_BYTES, decode_event
from domain.errors import CodecError
from domain.events import EVENT_TYPES, Kind, source_name
from domain.rejects import RejectReason
from streams.chunk import Headers
from streams.events import (
    RECURRING,
    Event,
    Figure,
    Incident,
    Inspection,
    Signal,
    Unreadable,
    event_of,
    read_event,
)
from streams.rejecting import Rejection

FUTURE_TOLERANCE = timedelta(minutes=15)
"""An event may be dated this much later than it was received: clocks differ."""

_CODEC = (HEADER_CODEC, CODEC_VERSION.encode())
_KINDS = {
    Incident: EVENT_TYPES[Kind.INCIDENT],
    Signal: EVENT_TYPES[Kind.SIGNAL],
    Inspection: EVENT_TYPES[Kind.INSPECTION],
    Figure: EVENT_TYPES[Kind.FIGURE],
}
_MOST_ID, _MOST_RECEIPT = 64, 19
_REMEMBERED = 20_000

Texts = tuple[object, ...]

# All texts of an event that come from short lists, by what it holds.
_SHORT = ("source", "type", "bucket", "data.category", "data.theme")
_TERMS: Mapping[type, Callable[[Event], Texts]] = {
    Incident: attrgetter(*_SHORT, "data.priority"),
    Signal: attrgetter(*_SHORT),
}
# All texts of an event that tell of where.
_WHEREABOUTS: Callable[[Event], Texts] = attrgetter(
    "subject", *(f"data.location.{name}" for name in ("wijk", "stadsdeel", "gemeente", "pc6", "street"))
)


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

    It remembers some thousand combinations of texts that the models found right, and nothing else; what
    it answers does not depend on that.
    """

    def __init__(self) -> None:
        self._terms: set[tuple[str, Texts]] = set()
        self._whereabouts: set[Texts] = set()

    def __call__(
        self, source: str, values: Sequence[bytes | None], headers: Sequence[Headers]
    ) -> Validated:
        """Return the events and the rejections of records.

        Args:
            source: name of the source whose topic the records come from.
        """
        result = Validated()
        is_known = self._is_known
        for index, (value, pairs) in enumerate(zip(values, headers, strict=True)):
            if value is None or len(value) > MAX_RAW_BYTES or _CODEC not in pairs:
                result.rejected[index] = _unread(value)
                continue
            found: Event | Rejection
            try:
                event = read_event(value)
            except Unreadable:
                found = self._by_the_model(source, value, None)
            else:
                found = event if is_known(source, event) else self._by_the_model(source, value, event)
            if isinstance(found, Rejection):
                result.rejected[index] = found
            else:
                result.events.append(found)
                result.indexes.append(index)
        return result

    def _is_known(self, source: str, event: Event) -> bool:
        """Return whether nothing about an event is new, so that it needs no closer look."""
        data = event.data
        if not isinstance(data, RECURRING):
            return False
        time, receipt, event_id, occurred_at = event.time, event.sequence, event.id, data.occurred_at
        return (
            (source, _TERMS[type(data)](event)) in self._terms
            and _WHEREABOUTS(event) in self._whereabouts
            and occurred_at.tzinfo is UTC
            and time.tzinfo is UTC
            and occurred_at <= time
            and event_id.isalnum()
            and receipt.isdigit()
            and event_id.isascii()
            and receipt.isascii()
            and receipt[0] != "0"
            and len(event_id) <= _MOST_ID
            and len(receipt) <= _MOST_RECEIPT
        )

    def _by_the_model(self, source: str, value: bytes, event: Event | None) -> Event | Rejection:
        """Let the model decide on a record, whatever the fast reader made of it."""
        try:
            model = decode_event(value)
        except CodecError as error:
            reason = RejectReason.SCHEMA_VERSION if error.field == "type" else RejectReason.INVALID
            return Rejection(reason, error.field, error.code)
        # The reader's own event where there is one, so that the same bytes always become the same event.
        event = event or event_of(model)
        rejection = _contradiction(source, event)
        if rejection is None:
            self._remember(source, event)
        return rejection or event

    def _remember(self, source: str, event: Event) -> None:
        if not isinstance(event.data, RECURRING):
            return
        for known in (self._terms, self._whereabouts):
            if len(known) >= _REMEMBERED:
                known.clear()
        self._terms.add((source, _TERMS[type(event.data)](event)))
        self._whereabouts.add(_WHEREABOUTS(event))


def _contradiction(source: str, event: Event) -> Rejection | None:
    data = event.data
    if _KINDS[type(data)] != event.type:
        return Rejection(RejectReason.SCHEMA_VERSION, "type", "not_of_this_kind")
    if source_name(event.source) != source:
        return Rejection(RejectReason.INVALID, "source", "not_of_this_topic")
    if not isinstance(data, Figure) and data.occurred_at - event.time > FUTURE_TOLERANCE:
        return Rejection(RejectReason.FUTURE, "data.occurredAt", "future")
    return None


def _unread(value: bytes | None) -> Rejection:
    """Return why a record is not even read."""
    if value is None:
        return Rejection(RejectReason.INVALID, "", "empty")
    if len(value) > MAX_RAW_BYTES:
        return Rejection(RejectReason.TOO_LARGE, "", "bytes")
    return Rejection(RejectReason.SCHEMA_VERSION, f"header.{HEADER_CODEC}", "unknown")
