"""Which wijk a street or postcode lies in, by a table of addresses, streets or postcodes."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.areas import Municipality
from domain.errors import SettingsError
from domain.street_names import street_key

_WIJK_COLUMNS = ("wijk", "buurtcode", "buurt")
_POSTCODE_COLUMNS = ("pc6", "postcode6", "postcode")
_STREET_COLUMNS = ("street", "straat", "straatnaam", "adres")

_PC6 = re.compile(r"[1-9]\d{3}[A-Z]{2}", re.ASCII)
_HOUSE_NUMBER = re.compile(r"\s+\d+(\s?[A-Za-z]{1,2})?([-/]\w+)*$")
_AREA_DIGITS = 4


@dataclass(frozen=True, slots=True)
class StreetTable:
    """Streets and postcodes with their wijk; what lies in several wijken has none: nothing is guessed.

    Attributes:
        streets: wijk code by ``street_key``.
        parts: of the streets of which postcodes are known: wijk code by the four digits of a postcode.
        postcodes: wijk code by PC6.
    """

    streets: Mapping[str, str]
    parts: Mapping[str, Mapping[str, str]]
    postcodes: Mapping[str, str]

    def of_street(self, key: str, pc6: str | None) -> str | None:
        """Return the wijk of a street, None where that is not known.

        A postcode that is not in the table lies in a part of the street that is not in it either. The
        known parts speak for it only within their postcode area: a street that goes on into the next
        one often lies in another wijk there.

        Args:
            key: ``street_key`` of the street.
            pc6: of the address, where the source says it.
        """
        parts = self.parts.get(key) if pc6 is not None else None
        if pc6 is None or parts is None:
            return self.streets.get(key)
        return parts.get(pc6[:_AREA_DIGITS])


NO_STREETS = StreetTable({}, {}, {})


def parse_streets(text: str, municipality: Municipality) -> StreetTable:
    """Return the table in a CSV text.

    Args:
        text: with a header. One column names the wijk by its code or its name (``wijk``,
            ``buurtcode`` or ``buurt``); at least one other holds a street (``street``, ``straat``,
            ``straatnaam``, or ``adres`` with a house number, which is dropped) or a full postcode
            (``pc6``, ``postcode6`` or ``postcode``). Rows of other gemeenten are left out.

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
    codes = _codes(municipality)
    rows = [
        (_street_of(row, street_column), _postcode_of(row, postcode_column), code)
        for row in reader
        if (code := codes.get(street_key(row[wijk_column] or ""))) is not None
    ]
    streets = _certain((street, wijk) for street, _, wijk in rows)
    postcodes = _certain((pc6, wijk) for _, pc6, wijk in rows)
    if not streets and not postcodes:
        raise SettingsError("streets file: no row names a wijk of this gemeente")
    return StreetTable(streets, _parts(rows), postcodes)


def _parts(rows: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, str]]:
    """Return wijken by street and postcode area; a row without postcode may lie in any part."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for street, pc6, wijk in rows:
        found[street][pc6[:_AREA_DIGITS]].add(wijk)
    return {
        street: _certain((area, wijk) for area in areas for wijk in areas[area] | areas.get("", set()))
        for street, areas in found.items()
        if street and any(areas)
    }


def _codes(municipality: Municipality) -> dict[str, str]:
    by_code = {wijk.code.lower(): wijk.code for wijk in municipality.wijken}
    return by_code | {street_key(wijk.name): wijk.code for wijk in municipality.wijken}


def _street_of(row: Mapping[str, str | None], column: str | None) -> str:
    street = (row[column] or "") if column else ""
    return street_key(_HOUSE_NUMBER.sub("", street) if column == "adres" else street)


def _postcode_of(row: Mapping[str, str | None], column: str | None) -> str:
    postcode = ((row[column] or "") if column else "").replace(" ", "").upper()
    return postcode if _PC6.fullmatch(postcode) else ""


def _first_of(wanted: Iterable[str], columns: Iterable[str]) -> str | None:
    return next((name for name in wanted if name in columns), None)


def _certain(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the wijk of each key that has one only."""
    found: dict[str, set[str]] = defaultdict(set)
    for key, wijk in pairs:
        found[key].add(wijk)
    return {key: next(iter(wijken)) for key, wijken in found.items() if key and len(wijken) == 1}
