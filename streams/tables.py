"""The tables that a location is looked up in: wijken, their names, streets, postcodes, polygons."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from domain.areas import Municipality
from domain.errors import SettingsError
from domain.street_names import street_key
from streams.areas_index import AreaIndex, parse_areas

_WIJK_COLUMNS = ("wijk", "buurtcode", "buurt")
_POSTCODE_COLUMNS = ("pc6", "postcode6", "postcode")
_STREET_COLUMNS = ("street", "straat", "straatnaam", "adres")

_PC6 = re.compile(r"[1-9]\d{3}[A-Z]{2}", re.ASCII)
_HOUSE_NUMBER = re.compile(r"\s+\d+(\s?[A-Za-z]{1,2})?([-/]\w+)*$")


@dataclass(frozen=True, slots=True)
class PlaceTables:
    """What ``locate`` looks things up in; one version of it gives one answer for ever.

    Attributes:
        geo_v: version of these tables.
        streets: wijk code by ``street_key``; only streets that lie in one wijk.
        postcodes: wijk code by PC6; only postcodes that lie in one wijk.
        wijk_names: wijk code by the ``street_key`` of its name.
        areas: polygons, where they are given.
    """

    municipality: Municipality
    geo_v: int
    streets: Mapping[str, str]
    postcodes: Mapping[str, str]
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
        streets_csv: see ``parse_streets``.
        areas_geojson: see ``areas_index.parse_areas``.

    Raises:
        SettingsError: a text cannot be used.
    """
    streets, postcodes = (
        parse_streets(streets_csv, municipality) if streets_csv is not None else ({}, {})
    )
    codes = [wijk.code for wijk in municipality.wijken]
    return PlaceTables(
        municipality=municipality,
        geo_v=geo_v,
        streets=MappingProxyType(streets),
        postcodes=MappingProxyType(postcodes),
        wijk_names=MappingProxyType(_names(municipality)),
        areas=None if areas_geojson is None else parse_areas(areas_geojson, codes),
    )


def parse_streets(text: str, municipality: Municipality) -> tuple[dict[str, str], dict[str, str]]:
    """Return wijk codes by ``street_key`` and by PC6.

    Args:
        text: CSV with a header. One column names the wijk by its code or its name (``wijk``,
            ``buurtcode`` or ``buurt``); at least one other holds a street (``street``, ``straat``,
            ``straatnaam``, or ``adres`` with a house number, which is dropped) or a full postcode
            (``pc6``, ``postcode6`` or ``postcode``). Rows of other gemeenten are left out.

    A street or postcode that lies in several wijken gives none: nothing is guessed.

    Raises:
        SettingsError: a column is missing, or no row names a wijk of this gemeente.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    columns = reader.fieldnames or ()
    wijk_column = _first_of(_WIJK_COLUMNS, columns)
    postcode_column = _first_of(_POSTCODE_COLUMNS, columns)
    street_column = _first_of(_STREET_COLUMNS, columns)
    if wijk_column is None or (postcode_column is None and street_column is None):
        raise SettingsError(
            "streets file: needs a column wijk (or buurt) and a column street (or adres) or pc6"
        )
    codes = {wijk.code.lower(): wijk.code for wijk in municipality.wijken} | _names(municipality)
    streets: dict[str, set[str]] = defaultdict(set)
    postcodes: dict[str, set[str]] = defaultdict(set)
    for row in reader:
        wijk = codes.get(street_key(row[wijk_column] or ""))
        if wijk is not None:
            streets[_street_of(row, street_column)].add(wijk)
            postcodes[_postcode_of(row, postcode_column)].add(wijk)
    found = _certain(streets), _certain(postcodes)
    if not any(found):
        raise SettingsError("streets file: no row names a wijk of this gemeente")
    return found


def _street_of(row: Mapping[str, str | None], column: str | None) -> str:
    street = (row[column] or "") if column else ""
    return street_key(_HOUSE_NUMBER.sub("", street) if column == "adres" else street)


def _postcode_of(row: Mapping[str, str | None], column: str | None) -> str:
    postcode = ((row[column] or "") if column else "").replace(" ", "").upper()
    return postcode if _PC6.fullmatch(postcode) else ""


def _first_of(wanted: Iterable[str], columns: Iterable[str]) -> str | None:
    return next((name for name in wanted if name in columns), None)


def _certain(found: Mapping[str, set[str]]) -> dict[str, str]:
    return {key: next(iter(wijken)) for key, wijken in found.items() if key and len(wijken) == 1}


def _names(municipality: Municipality) -> dict[str, str]:
    return {street_key(wijk.name): wijk.code for wijk in municipality.wijken}
