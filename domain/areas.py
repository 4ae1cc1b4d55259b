"""The areas of a gemeente: stadsdelen, wijken and the teams that look after them.

Words: the city's *stadsdeel* is the *wijk* of Statistics Netherlands (CBS), code ``WK``; the city's
*wijk* is the CBS *buurt*, code ``BU``. Codes: https://www.cbs.nl (Wijk- en buurtindeling).
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from domain.crosswalk import parse_crosswalk
from domain.errors import SettingsError

# [0-9], since \d in pydantic's regular expressions matches the digits of every script.
WijkCode = Annotated[str, Field(pattern=r"^BU[0-9]{8}$")]
StadsdeelCode = Annotated[str, Field(pattern=r"^WK[0-9]{6}$")]
GemeenteCode = Annotated[str, Field(pattern=r"^GM[0-9]{4}$")]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Stadsdeel(_Frozen):
    """A city district (CBS *wijk*): code, name, representative point (WGS84), inhabitants."""

    code: StadsdeelCode
    name: str
    lat: Latitude
    lon: Longitude
    population: int | None = None


class Wijk(_Frozen):
    """A neighbourhood (CBS *buurt*): code, name, its stadsdeel, representative point, inhabitants."""

    code: WijkCode
    name: str
    stadsdeel: StadsdeelCode
    lat: Latitude
    lon: Longitude
    population: int | None = None


class Team(_Frozen):
    """A Veiliger Wijkteam and the wijken that it looks after."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    name: str
    wijken: tuple[WijkCode, ...]


class Municipality(_Frozen):
    """One gemeente with its areas under the boundaries of one year.

    Attributes:
        slug: name in identifiers, such as ``nijmegen``.
        boundary_year: year of the CBS area layout that the codes belong to.
        unchanged_since: the first year from which on all codes mean what they do in ``boundary_year``.
        other_years: by another year the area of today by code; see ``crosswalk.parse_crosswalk``.
        safety_region: two digits of the veiligheidsregio, such as ``08``.
        place_names: names of the gemeente and of its villages, lower case, as sources write them.
        region_places: other place names of the safety region with their gemeente code.
        teams_are_example: the assignment of wijken to teams is an example, not the city's own.
    """

    code: GemeenteCode
    slug: str = Field(pattern=r"^[a-z0-9-]+$")
    name: str
    boundary_year: int
    unchanged_since: int | None = None
    other_years: dict[int, dict[str, str]] = {}
    safety_region: str = Field(pattern=r"^[0-9]{2}$")
    place_names: tuple[str, ...]
    region_places: dict[str, GemeenteCode] = {}
    teams_are_example: bool
    stadsdelen: tuple[Stadsdeel, ...]
    wijken: tuple[Wijk, ...]
    teams: tuple[Team, ...]

    @model_validator(mode="after")
    def _areas_fit_together(self) -> Self:
        digits = self.code[2:]
        if self.unchanged_since is not None and self.unchanged_since > self.boundary_year:
            raise ValueError("unchanged_since lies after boundary_year")
        districts = {s.code for s in self.stadsdelen}
        codes = {w.code for w in self.wijken}
        if len(districts) != len(self.stadsdelen) or len(codes) != len(self.wijken):
            raise ValueError("an area code occurs twice")
        if len({team.id for team in self.teams}) != len(self.teams):
            raise ValueError("a team id occurs twice")
        for wijk in self.wijken:
            # A CBS buurt code repeats its wijk code: BU0268 01 02 lies in WK0268 01.
            if wijk.stadsdeel not in districts or wijk.code[2:8] != wijk.stadsdeel[2:]:
                raise ValueError(f"wijk {wijk.code} does not lie in stadsdeel {wijk.stadsdeel}")
        if any(code[2:6] != digits for code in codes | districts):
            raise ValueError(f"an area code does not belong to {self.code}")
        assigned = [code for team in self.teams for code in team.wijken]
        if sorted(assigned) != sorted(codes):
            raise ValueError("the teams must cover every wijk exactly once")
        return self

    @cached_property
    def wijk_by_code(self) -> dict[str, Wijk]:
        """Wijken by their code."""
        return {w.code: w for w in self.wijken}

    @cached_property
    def stadsdeel_by_code(self) -> dict[str, Stadsdeel]:
        """Stadsdelen by their code."""
        return {s.code: s for s in self.stadsdelen}


def parse_municipality(
    gemeente_toml: str,
    stadsdelen_csv: str,
    wijken_csv: str,
    teams_toml: str,
    crosswalks: Mapping[int, str] = MappingProxyType({}),
) -> Municipality:
    """Build a municipality from the texts of its data files.

    Args:
        gemeente_toml: code, slug, name, boundary_year, unchanged_since, safety_region, place_names,
            region_places.
        stadsdelen_csv: columns code, name, lat, lon, population.
        wijken_csv: columns code, name, stadsdeel, lat, lon, population (empty = unknown).
        teams_toml: ``example`` and a table ``team`` per team.
        crosswalks: by another boundary year what ``crosswalk.parse_crosswalk`` reads.

    Raises:
        SettingsError: a file cannot be read or the areas do not fit together.
    """
    try:
        teams = tomllib.loads(teams_toml)
        municipality = Municipality.model_validate(
            tomllib.loads(gemeente_toml)
            | {
                "stadsdelen": _rows(stadsdelen_csv),
                "wijken": _rows(wijken_csv),
                "teams": teams["team"],
                "teams_are_example": teams["example"],
            }
        )
        return municipality.model_copy(update={"other_years": _other_years(municipality, crosswalks)})
    except (tomllib.TOMLDecodeError, csv.Error) as error:
        raise SettingsError(f"gemeente data: {error}") from error
    except KeyError as error:
        raise SettingsError(f"gemeente data: teams file lacks {error}") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "areas"
        raise SettingsError(f"gemeente data: {where}: {first['msg']}") from error


def _other_years(municipality: Municipality, crosswalks: Mapping[int, str]) -> dict[int, dict[str, str]]:
    stadsdeel_of = {wijk.code: wijk.stadsdeel for wijk in municipality.wijken}
    return {
        year: parse_crosswalk(text, year, municipality.boundary_year, stadsdeel_of)
        for year, text in sorted(crosswalks.items())
    }


def _rows(text: str) -> list[dict[str, str | None]]:
    return [{k: v or None for k, v in row.items()} for row in csv.DictReader(io.StringIO(text))]
