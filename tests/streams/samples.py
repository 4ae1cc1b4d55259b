"""Chunks and events for the tests of the stages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from domain.areas import Municipality, Stadsdeel, Team, Wijk
from domain.codec import (
    CODEC_VERSION,
    HEADER_CODEC,
    HEADER_EVENT_ID,
    HEADER_RECEIPT,
    encode_event,
    record_key,
)
from domain.events import EVENT_TYPES, Incident, Kind, RawEvent, source_urn
from domain.places import Location
from streams.chunk import Chunk

RECEIVED = datetime(2026, 3, 29, 0, 30, 5, 123000, tzinfo=UTC)
SOURCE = "demo"


def municipality() -> Municipality:
    """Two stadsdelen, three wijken."""
    districts = [("WK990101", "Noord"), ("WK990102", "Zuid")]
    areas = [
        ("BU99010101", "Oude Stad", "WK990101"),
        ("BU99010102", "'t Veld", "WK990101"),
        ("BU99010201", "Sint-Annahof", "WK990102"),
    ]
    codes = tuple(code for code, _, _ in areas)
    return Municipality(
        code="GM9901",
        slug="voorbeeld",
        name="Voorbeeld",
        boundary_year=2024,
        safety_region="08",
        place_names=("voorbeeld",),
        teams_are_example=True,
        stadsdelen=tuple(Stadsdeel(code=c, name=n, lat=52.0, lon=5.0) for c, n in districts),
        wijken=tuple(Wijk(code=c, name=n, stadsdeel=s, lat=52.0, lon=5.0) for c, n, s in areas),
        teams=(Team(id="een", name="Een", wijken=codes),),
    )


def raw_event(receipt: int = 1, *, data: Any = None, source: str = SOURCE, **changes: Any) -> RawEvent:
    """An incident at a wijk, received at ``RECEIVED``, with fields changed."""
    incident = data or Incident(
        occurred_at=RECEIVED,
        category="brand-woning",
        theme="brand",
        service="brandweer",
        priority="p1",
        units=2,
        location=Location(wijk="BU99010101"),
    )
    fields: dict[str, Any] = {
        "id": f"e{receipt}",
        "source": source_urn("voorbeeld", source),
        "type": EVENT_TYPES[Kind(incident.kind)],
        "time": RECEIVED,
        "sequence": str(receipt),
        "rev": 1,
        "bucket": RECEIVED.date(),
        "data": incident,
    }
    return RawEvent(**(fields | changes))


def headers_for(receipt: int) -> list[tuple[str, bytes]]:
    return [
        (HEADER_CODEC, CODEC_VERSION.encode()),
        (HEADER_RECEIPT, str(receipt).encode()),
        (HEADER_EVENT_ID, f"e{receipt}".encode()),
    ]


def chunk_of(values: Sequence[bytes | None], topic: str = "raw.demo", partition: int = 2) -> Chunk:
    receipts = range(1, len(values) + 1)
    return Chunk(
        topic=topic,
        partition=partition,
        first_offset=100,
        last_offset=99 + len(values),
        keys=[record_key(SOURCE, f"e{receipt}") for receipt in receipts],
        values=values,
        headers=[headers_for(receipt) for receipt in receipts],
        timestamps=[int(RECEIVED.timestamp() * 1000)] * len(values),
    )


def encoded(count: int) -> list[bytes]:
    return [encode_event(raw_event(receipt)) for receipt in range(1, count + 1)]
