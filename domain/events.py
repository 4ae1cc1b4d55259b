"""The event: what a source reports, in the envelope in which it travels through raw topics.

The envelope is a structured-mode CloudEvent 1.0 in JSON under the NL GOV profile
(https://logius-standaarden.github.io/NL-GOV-profile-for-CloudEvents/): ``source`` is a URN of the
organisation and system, ``type`` is reverse DNS with one version, ``time`` is when we logged the event;
when it happened is in the data. Times are aware and in UTC.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic_core import core_schema

from domain.areas import GemeenteCode, StadsdeelCode, WijkCode
from domain.places import Location

SCHEMA_VERSION = 1
"""Version of the event data; in the ``type`` of the envelope and in every stored row."""


class Kind(StrEnum):
    """What an event is: something happened, was reported, was checked, or an official count."""

    INCIDENT = "incident"
    SIGNAL = "signal"
    INSPECTION = "inspection"
    FIGURE = "figure"


EVENT_TYPES: dict[Kind, str] = {
    Kind.INCIDENT: "nl.veiligheid.incidenten.incident-gemeld.v1",
    Kind.SIGNAL: "nl.veiligheid.signalen.signaal-ontvangen.v1",
    Kind.INSPECTION: "nl.veiligheid.toezicht.controle-uitgevoerd.v1",
    Kind.FIGURE: "nl.veiligheid.cijfers.cijfer-gepubliceerd.v1",
}
"""CloudEvents ``type`` per kind."""

# A short lower-case term from a closed list of the source; a sentence does not fit in it.
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,63}$")]
SourceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
EventId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]


class _InUtc:
    """Annotation: an aware datetime whose offset is zero.

    Pydantic's core checks it by itself; a validator function costs a microsecond per time.
    """

    def __get_pydantic_core_schema__(
        self, _source: type[datetime], _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.datetime_schema(tz_constraint=0)


UtcTime = Annotated[datetime, _InUtc()]


class _Data(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        allow_inf_nan=False,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
    )


class _Happening(_Data):
    """What incidents, signals and inspections share.

    Attributes:
        occurred_at: when it happened, UTC.
        category: the source's own term for it, from the closed list of its connector.
        theme: our theme, as the connector maps it; a name outside the list becomes ``overig``.
        severity: 1-5; None takes the theme's own.
        counts: False for what must be stored and not counted: tests, exercises, relocations.
        location: what the source says of where.
    """

    occurred_at: UtcTime
    category: Slug
    theme: Slug | None = None
    severity: Annotated[int, Field(ge=1, le=5)] | None = None
    counts: bool = True
    location: Location = Location()


class Incident(_Happening):
    """Something happened.

    Attributes:
        service: the emergency service that was alerted.
        priority: the service's own priority term, such as ``p1`` or ``a2``.
        units: number of units alerted.
    """

    kind: Literal[Kind.INCIDENT] = Kind.INCIDENT
    service: Literal["ambulance", "brandweer", "politie", "traumaheli", "overig"] = "overig"
    priority: Slug | None = None
    units: Annotated[int, Field(ge=0, le=999)] = 0


class Signal(_Happening):
    """Somebody reports something, or a sensor sees it (a melding).

    Attributes:
        status: where its handling stands.
    """

    kind: Literal[Kind.SIGNAL] = Kind.SIGNAL
    status: Literal["open", "in-progress", "closed"] = "open"


class Inspection(_Happening):
    """A check with a result; ``category`` is the activity that was inspected.

    Attributes:
        case: keyed hash of the case number at the source.
        result: outcome of the check.
        risk_class: risk class of the object, where the source has one.
        recheck_on: day of the follow-up, where one is due.
    """

    kind: Literal[Kind.INSPECTION] = Kind.INSPECTION
    case: EventId
    result: Literal["compliant", "minor-breach", "major-breach", "not-performed"]
    risk_class: Slug | None = None
    recheck_on: date | None = None


class Figure(_Data):
    """An official count or score for an area and a period. Never added to events.

    Attributes:
        measure: what is measured, such as ``cbs.47022ned.1-1-1``.
        area: area code of wijk, stadsdeel or gemeente.
        period_start, period_end: local days, end exclusive.
        value: the figure; None where it is unknown or withheld.
        status: why ``value`` is None, or how firm it is.
        lower, upper: bounds of the margin, where published.
        unit: unit of ``value``.
        boundary_year: year of the area layout of ``area``.
    """

    kind: Literal[Kind.FIGURE] = Kind.FIGURE
    measure: Slug
    area: WijkCode | StadsdeelCode | GemeenteCode
    period_start: date
    period_end: date
    value: float | None = None
    status: Literal["final", "provisional", "unknown", "withheld"] = "final"
    lower: float | None = None
    upper: float | None = None
    unit: Slug = "count"
    boundary_year: int


EventData = Annotated[Incident | Signal | Inspection | Figure, Field(discriminator="kind")]


class RawEvent(BaseModel):
    """One record of a raw topic: a CloudEvent with the identity that ingest gave it.

    Attributes:
        id: the event's identity (``event_id``), the same for all its versions.
        source: ``urn:nld:gemeente-<slug>:systeem:wijkbeeld-<source name>``.
        type: one of ``EVENT_TYPES``.
        time: when ingest received it, UTC.
        subject: area code where the source itself has one; never a person.
        sequence: the receipt, a positive whole number per source, as CloudEvents writes it.
        rev: 1 for the first content of this id, one more for each other content; a CloudEvents
            Integer, which is signed and has 32 bits.
        bucket: UTC date of the first receipt of this id; never changes.
        deleted: this version retracts the event.
        data: what the source reports.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    specversion: Literal["1.0"] = "1.0"
    id: EventId
    source: Annotated[str, Field(pattern=r"^urn:nld:[a-z0-9-]+:systeem:wijkbeeld-[a-z][a-z0-9-]{0,31}$")]
    type: Annotated[str, Field(pattern=r"^nl\.veiligheid\.[a-z]+\.[a-z-]+\.v1$")]
    time: UtcTime
    subject: Annotated[str, Field(pattern=r"^(BU[0-9]{8}|WK[0-9]{6}|GM[0-9]{4})$")] | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    sequence: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,18}$")]
    sequencetype: Literal["Integer"] = "Integer"
    rev: Annotated[int, Field(ge=1, lt=2**31)]
    bucket: date
    deleted: bool = False
    data: EventData


def source_urn(municipality_slug: str, source: str) -> str:
    """Return the CloudEvents ``source`` of a source of a gemeente."""
    return f"urn:nld:gemeente-{municipality_slug}:systeem:wijkbeeld-{source}"


def source_name(urn: str) -> str:
    """Return the source name in a CloudEvents ``source`` made by ``source_urn``."""
    return urn.rpartition(":wijkbeeld-")[2]
