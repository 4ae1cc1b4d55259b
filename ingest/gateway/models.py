"""What may be pushed: the closed models that are the allow-list of the gateway.

Narrower than ``domain.events``: no street, no figures, and no string that could hold a sentence. What a
sender may choose freely is the ``id`` and the ``case``, of which only keyed hashes go on.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from domain.areas import GemeenteCode, StadsdeelCode, WijkCode
from domain.events import EVENT_TYPES, EventId, Incident, Inspection, Kind, Signal, Slug
from domain.places import Location
from domain.themes import Theme

DateLike = TypeVar("DateLike", bound=date)
COORDINATE_DECIMALS = 4
"""Some ten metres: enough for a wijk, too coarse for a house."""


FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Beyond these a date is a mistake, and the warehouse could not hold it."""


def _in_utc(moment: datetime) -> datetime:
    _sensible(moment)
    return moment.astimezone(UTC)


def _sensible(day: DateLike) -> DateLike:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError("year")
    return day


def _written_out(value: object) -> object:
    # Pydantic also takes a number, or its digits, for a time since 1970: a BSN would be a moment.
    if isinstance(value, date):
        return value
    if isinstance(value, str) and value[4:5] == value[7:8] == "-":
        return value
    raise PydanticCustomError("date_form", "no year, month and day with hyphens")


Moment = Annotated[
    AwareDatetime,
    Field(strict=False),  # behind our own check a text is no JSON any more, which strict models refuse
    BeforeValidator(_written_out),
    AfterValidator(_in_utc),
    Field(json_schema_extra={"format": "date-time"}),
]
"""RFC 3339 with any offset; kept in UTC."""

Day = Annotated[date, Field(strict=False), BeforeValidator(_written_out), AfterValidator(_sensible)]
"""A date of RFC 3339."""


class _Closed(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        allow_inf_nan=False,
        alias_generator=to_camel,
        validate_by_alias=True,
        validate_by_name=False,
    )


class PushedLocation(_Closed):
    """Where it is: area codes of Statistics Netherlands, WGS84 degrees, or a full postcode."""

    wijk: WijkCode | None = None
    stadsdeel: StadsdeelCode | None = None
    gemeente: GemeenteCode | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    pc6: Annotated[str, Field(pattern=r"^[1-9][0-9]{3}[A-Z]{2}$")] | None = None
    boundary_year: Annotated[int, Field(ge=1995, le=2100)] | None = None

    def placed(self) -> Location:
        """Return it as the events have it, with coordinates that are too coarse for a house."""
        return Location(
            wijk=self.wijk,
            stadsdeel=self.stadsdeel,
            gemeente=self.gemeente,
            lat=None if self.lat is None else round(self.lat, COORDINATE_DECIMALS),
            lon=None if self.lon is None else round(self.lon, COORDINATE_DECIMALS),
            pc6=self.pc6,
            boundary_year=self.boundary_year,
        )


class _Happening(_Closed):
    occurred_at: Moment = Field(description="When it happened.")
    theme: Theme = Field(description="One of the themes that the key is for.")
    category: Slug = Field(description="One of the categories that the key is for.")
    severity: Annotated[int, Field(ge=1, le=5)] | None = Field(
        None, description="1 (trivial) to 5 (critical); the theme's own without it."
    )
    counts: bool = Field(True, description="False for what is no event: tests, exercises.")
    location: PushedLocation = PushedLocation()

    def _shared(self) -> dict[str, Any]:
        return {
            "occurred_at": self.occurred_at,
            "theme": self.theme,
            "category": self.category,
            "severity": self.severity,
            "counts": self.counts,
            "location": self.location.placed(),
        }


class PushedIncident(_Happening):
    """Something happened."""

    kind: Literal["incident"]
    service: Literal["ambulance", "brandweer", "politie", "traumaheli", "overig"] = "overig"
    priority: Annotated[str, Field(pattern=r"^[a-z]{0,2}[0-9]$")] | None = None
    units: Annotated[int, Field(ge=0, le=999)] = 0

    def event(self, case: str) -> Incident:  # noqa: ARG002 - only an inspection has a case
        """Return the event that it stands for."""
        return Incident(**self._shared(), service=self.service, priority=self.priority, units=self.units)


class PushedSignal(_Happening):
    """Somebody reports something, or a sensor sees it."""

    kind: Literal["signal"]
    status: Literal["open", "in-progress", "closed"] = "open"

    def event(self, case: str) -> Signal:  # noqa: ARG002 - only an inspection has a case
        """Return the event that it stands for."""
        return Signal(**self._shared(), status=self.status)


class PushedInspection(_Happening):
    """A check with a result."""

    kind: Literal["inspection"]
    case: EventId = Field(description="Number of the case at the sender; only a keyed hash is kept.")
    result: Literal["compliant", "minor-breach", "major-breach", "not-performed"]
    risk_class: (
        Literal["low", "medium", "high", "a", "b", "c", "d", "e", "1", "2", "3", "4", "5"] | None
    ) = None
    recheck_on: Day | None = None

    def event(self, case: str) -> Inspection:
        """Return the event that it stands for, with this keyed hash of its case."""
        return Inspection(
            **self._shared(),
            case=case,
            result=self.result,
            risk_class=self.risk_class,
            recheck_on=self.recheck_on,
        )


Pushed = Annotated[PushedIncident | PushedSignal | PushedInspection, Field(discriminator="kind")]

TYPE_OF = {kind.value: EVENT_TYPES[kind] for kind in (Kind.INCIDENT, Kind.SIGNAL, Kind.INSPECTION)}


class PushedEvent(_Closed):
    """A CloudEvent 1.0 under the NL GOV profile.

    Attributes:
        sequence: the sender's own version of this id, with ``sequencetype`` Integer: a lower or equal
            one than seen before never wins.
        deleted: takes the event of this id back.
    """

    model_config = ConfigDict(
        alias_generator=None,
        json_schema_extra={"dependentRequired": {"sequence": ["sequencetype"]}},
    )

    specversion: Literal["1.0"]
    id: EventId = Field(description="The same for all versions of an event; only a keyed hash is kept.")
    source: str = Field(max_length=200, description="The URN that the key is for.")
    type: Literal[
        "nl.veiligheid.incidenten.incident-gemeld.v1",
        "nl.veiligheid.signalen.signaal-ontvangen.v1",
        "nl.veiligheid.toezicht.controle-uitgevoerd.v1",
    ]
    time: Moment | None = Field(None, description="When the sender logged it; not kept.")
    subject: Annotated[str, Field(pattern=r"^(BU[0-9]{8}|WK[0-9]{6}|GM[0-9]{4})$")] | None = Field(
        None, description="The area code of the location, where it has one."
    )
    datacontenttype: Literal["application/json"] = "application/json"
    sequence: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,6}$")] | None = Field(
        None, description="Of this id, with sequencetype Integer; seven digits at most."
    )
    sequencetype: Literal["Integer"] | None = None
    deleted: bool = False
    data: Pushed


class Taken(BaseModel):
    """Everything of the request is durable.

    Attributes:
        accepted: events that said something new.
        duplicates: events that said nothing new.
    """

    model_config = ConfigDict(extra="forbid")

    accepted: Annotated[int, Field(ge=0)]
    duplicates: Annotated[int, Field(ge=0)]
