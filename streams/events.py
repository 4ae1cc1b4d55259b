"""Events as the stages see them: plain records with the fields of ``domain.events``, quick to read.

The models of ``domain.events`` decide what an event is; these hold one that was found right. Reading
JSON into them (https://jcristharif.com/msgspec/structs.html) takes a fifth of the time that the models
take. They check types, closed lists and ranges, and no patterns: see ``validate``. That their fields and
defaults are those of the models, a test says.

Times are aware and in UTC; a fraction finer than a microsecond is rounded. Days are ``YYYY-MM-DD``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from domain.events import RawEvent


class Location(Struct, frozen=True, forbid_unknown_fields=True, rename="camel", gc=False):
    """What a source says of where; see ``domain.places.Location``."""

    wijk: str | None = None
    stadsdeel: str | None = None
    gemeente: str | None = None
    lat: Annotated[float, Meta(ge=-90, le=90)] | None = None
    lon: Annotated[float, Meta(ge=-180, le=180)] | None = None
    pc6: str | None = None
    street: str | None = None
    boundary_year: int | None = None


_NOWHERE = Location()


def recoded(location: Location, wijk: str | None, stadsdeel: str | None) -> Location:
    """Return ``location`` with these codes in place of its own."""
    return msgspec.structs.replace(location, wijk=wijk, stadsdeel=stadsdeel)


class _Happening(Struct, frozen=True, forbid_unknown_fields=True, rename="camel", gc=False):
    occurred_at: datetime
    category: str
    theme: str | None = None
    severity: Annotated[int, Meta(ge=1, le=5)] | None = None
    counts: bool = True
    location: Location = _NOWHERE


class Incident(_Happening, frozen=True, tag_field="kind", tag="incident", gc=False):
    """See ``domain.events.Incident``."""

    service: Literal["ambulance", "brandweer", "politie", "traumaheli", "overig"] = "overig"
    priority: str | None = None
    units: Annotated[int, Meta(ge=0, le=999)] = 0


class Signal(_Happening, frozen=True, tag_field="kind", tag="signal", gc=False):
    """See ``domain.events.Signal``."""

    status: Literal["open", "in-progress", "closed"] = "open"


class Inspection(_Happening, frozen=True, kw_only=True, tag_field="kind", tag="inspection", gc=False):
    """See ``domain.events.Inspection``."""

    case: str
    result: Literal["compliant", "minor-breach", "major-breach", "not-performed"]
    risk_class: str | None = None
    recheck_on: str | None = None


class Figure(
    Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename="camel",
    kw_only=True,
    tag_field="kind",
    tag="figure",
    gc=False,
):
    """See ``domain.events.Figure``."""

    measure: str
    area: str
    period_start: str
    period_end: str
    value: float | None = None
    status: Literal["final", "provisional", "unknown", "withheld"] = "final"
    lower: float | None = None
    upper: float | None = None
    unit: str = "count"
    boundary_year: int


Happening: TypeAlias = Incident | Signal | Inspection

RECURRING = (Incident, Signal)
"""Kinds of which most events share all but identity, times and place with others."""


class Event(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, gc=False):
    """See ``domain.events.RawEvent``."""

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: str
    time: datetime
    subject: str | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    sequence: str
    sequencetype: Literal["Integer"] = "Integer"
    rev: Annotated[int, Meta(ge=1, lt=2**31)]
    bucket: str
    deleted: bool = False
    data: Incident | Signal | Inspection | Figure


Unreadable = (msgspec.MsgspecError, UnicodeDecodeError)
"""What reading raises for bytes that are no event in the usual form."""

read_event = msgspec.json.Decoder(Event).decode
"""Read the JSON of an event; raises one of ``Unreadable``."""


_json = msgspec.json.Encoder().encode


def row_time(moment: datetime) -> str:
    """Return a time in UTC as ClickHouse reads it: ``YYYY-MM-DD hh:mm:ss.mmm``."""
    # As JSON it is "YYYY-MM-DDThh:mm:ss[.ffffff]Z", made in a twentieth of the time of isoformat().
    text = _json(moment).decode()
    return f"{text[1:11]} {text[12:-2]}.000"[:23]


def event_of(model: RawEvent) -> Event:
    """Return the event that a model holds."""
    return msgspec.convert(model.model_dump(mode="json", by_alias=True), Event)
