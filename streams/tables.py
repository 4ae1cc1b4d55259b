"""The tables that a location is looked up in: wijken, their names, streets, postcodes, polygons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from domain.areas import Municipality
from domain.street_names import street_key
from streams.areas_index import AreaIndex, parse_areas
from streams.street_table import NO_STREETS, StreetTable, parse_streets


@dataclass(frozen=True, slots=True)
class PlaceTables:
    """What ``locate`` looks things up in; one version of it gives one answer for ever.

    Attributes:
        geo_v: version of these tables.
        streets: streets and postcodes.
        wijk_names: wijk code by the ``street_key`` of its name.
        areas: polygons, where they are given.
    """

    municipality: Municipality
    geo_v: int
    streets: StreetTable
    wijk_names: Mapping[str, str]
    areas: AreaIndex | None


def build_tables(
    municipality: Municipality,
    geo_v: int,
    *,
    streets_csv: str | None = None,
    areas_geojson: bytes | None = None,
) -> PlaceTables:
    """Return the tables of a gemeente.

    Args:
        geo_v: their version; the caller counts it up when one of the arguments changes.
        streets_csv: see ``street_table.parse_streets``.
        areas_geojson: see ``areas_index.parse_areas``.

    Raises:
        SettingsError: a text cannot be used.
    """
    codes = [wijk.code for wijk in municipality.wijken]
    return PlaceTables(
        municipality=municipality,
        geo_v=geo_v,
        streets=NO_STREETS if streets_csv is None else parse_streets(streets_csv, municipality),
        wijk_names=MappingProxyType(_names(municipality)),
        areas=None if areas_geojson is None else parse_areas(areas_geojson, codes),
    )


def _names(municipality: Municipality) -> dict[str, str]:
    return {street_key(wijk.name): wijk.code for wijk in municipality.wijken}
