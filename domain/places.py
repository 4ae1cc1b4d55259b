"""Places: what a source says of where, and how well that could be matched."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from domain.areas import GemeenteCode, Latitude, Longitude, StadsdeelCode, WijkCode


class MatchLevel(StrEnum):
    """How an event got its area, best first."""

    CODE = "code"
    COORDINATES = "coordinates"
    PC6 = "pc6"
    STREET = "street"
    WIJK_NAME = "wijk-name"
    STADSDEEL = "stadsdeel"
    GEMEENTE = "gemeente"
    WITHHELD = "withheld"


PLACED: frozenset[MatchLevel] = frozenset(
    {
        MatchLevel.CODE,
        MatchLevel.COORDINATES,
        MatchLevel.PC6,
        MatchLevel.STREET,
        MatchLevel.WIJK_NAME,
    }
)
"""Levels at which an event has a wijk."""

UNPLACED: frozenset[MatchLevel] = frozenset(MatchLevel) - PLACED - {MatchLevel.WITHHELD}
"""Levels at which no wijk was found. ``withheld`` is neither: its theme is counted for the whole
gemeente only, on purpose."""


class Location(BaseModel):
    """What a source says of where. Lives in raw topics only: street and PC6 go no further.

    Attributes:
        wijk, stadsdeel, gemeente: area codes, where the source has them.
        lat, lon: WGS84 degrees.
        pc6: full postcode without a space, upper case.
        street: street name as written, lower case, without house number.
        boundary_year: the year whose area codes the source uses, where it says so.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
    )

    wijk: WijkCode | None = None
    stadsdeel: StadsdeelCode | None = None
    gemeente: GemeenteCode | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    pc6: Annotated[str, Field(pattern=r"^[1-9][0-9]{3}[A-Z]{2}$")] | None = None
    street: Annotated[str, Field(pattern=r"^[^\d\n\r\t]{2,60}( 19[0-9]{2})?$")] | None = None
    boundary_year: int | None = None
