"""Input for measurements: raw events as connectors write them, seeded, with identities of their own."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from domain.areas import Municipality
from domain.codec import (
    CODEC_VERSION,
    HEADER_CODEC,
    HEADER_EVENT_ID,
    HEADER_RECEIPT,
    encode_event,
    record_key,
)
from domain.events import EVENT_TYPES, EventData, Incident, Kind, RawEvent, Signal, source_urn
from domain.places import Location
from domain.themes import Theme
from streams.chunk import Outgoing

SOURCE = "demo"
START = datetime(2026, 3, 1, tzinfo=UTC)
_TEMPLATES = 2000
_ID = "0" * 32
_SEQUENCE = "9" * 12
_STREETS = ("graafseweg", "hatertseweg", "st. annastraat", "molenstraat", "zwanenveld")


def batches(
    topic: str, events: int, partitions: int, municipality: Municipality, batch: int = 1000
) -> Iterator[Outgoing]:
    """Yield ``events`` raw records in batches, one partition after the other, ids and receipts unique.

    Half carry a wijk code, a quarter a street (which no table knows), a quarter only the gemeente.
    """
    templates = _templates(municipality)
    headers_codec = (HEADER_CODEC, CODEC_VERSION.encode())
    for number, start in enumerate(range(0, events, batch)):
        keys, values, headers = [], [], []
        for receipt in range(start + 1, min(start + batch, events) + 1):
            event_id = f"{receipt:032x}"
            value = templates[receipt % _TEMPLATES].replace(_ID.encode(), event_id.encode())
            values.append(value.replace(_SEQUENCE.encode(), str(receipt).encode()))
            keys.append(record_key(SOURCE, event_id))
            headers.append(
                [
                    headers_codec,
                    (HEADER_RECEIPT, str(receipt).encode()),
                    (HEADER_EVENT_ID, event_id.encode()),
                ]
            )
        yield Outgoing(topic, number % partitions, keys, values, headers)


def _templates(municipality: Municipality) -> list[bytes]:
    rng = random.Random(1)
    return [encode_event(_event(rng, number, municipality)) for number in range(_TEMPLATES)]


def _event(rng: random.Random, number: int, municipality: Municipality) -> RawEvent:
    received = START + timedelta(seconds=number, milliseconds=rng.randrange(1000))
    data = _data(rng, received - timedelta(seconds=rng.randrange(60)), municipality)
    return RawEvent(
        id=_ID,
        source=source_urn(municipality.slug, SOURCE),
        type=EVENT_TYPES[Kind(data.kind)],
        time=received,
        sequence=_SEQUENCE,
        rev=1,
        bucket=received.date(),
        data=data,
    )


def _data(rng: random.Random, occurred_at: datetime, municipality: Municipality) -> EventData:
    theme = rng.choice(list(Theme)).value
    gemeente = municipality.code
    location = rng.choices(
        [
            Location(wijk=rng.choice(municipality.wijken).code, gemeente=gemeente),
            Location(gemeente=gemeente, street=rng.choice(_STREETS)),
            Location(gemeente=gemeente),
        ],
        weights=[2, 1, 1],
    )[0]
    if rng.random() < 0.5:
        return Incident(
            occurred_at=occurred_at,
            category="p2000-melding",
            theme=theme,
            location=location,
            service="ambulance",
            priority=rng.choice(["a1", "a2", "b1"]),
            units=rng.randrange(1, 4),
        )
    return Signal(occurred_at=occurred_at, category="overlast.geluid", theme=theme, location=location)
