"""The polygons of the wijken under a boundary year: are they fit for use, and how two years compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from domain.areas import Municipality
from domain.errors import SettingsError
from streams.areas_index import (
    holds,
    is_valid,
    overlaps,
    parse_shapes,
    read_features,
    square_kilometres,
)

MOST_OVERLAP = 0.01
"""Part of a wijk that another may cover: generalised borders are drawn once for both."""
LEAST_SHARE = 0.001
"""Smaller shares in a crosswalk come from borders that were drawn anew, not moved, and are left out."""
_NAMES = ("buurtnaam", "statnaam", "name", "naam")
_YEAR_NAMES = ("jaar", "year", "boundary_year")


@dataclass(frozen=True, slots=True)
class Report:
    """What a file of polygons holds for a municipality.

    Attributes:
        wijken: wijken with a polygon.
        square_kilometres: of all of them.
        passed_over: features with the code of something else, such as water or a neighbouring gemeente.
        problems: why the file cannot be used, one line each; none when it can.
    """

    wijken: int
    square_kilometres: float
    passed_over: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """What two wijken of different boundary years have in common.

    Attributes:
        old, new: their codes, under the older and the newer year.
        of_old: part of the old wijk's area that lies in the new one, 0-1.
        of_new: part of the new wijk's area that lay in the old one, 0-1.
    """

    old: str
    new: str
    of_old: float
    of_new: float


def year_of(text: bytes) -> int | None:
    """Return the boundary year that all features of a file name (``jaar``); None when they do not.

    Raises:
        SettingsError: not a GeoJSON feature collection, or its features name different years.
    """
    years = {_named(feature, _YEAR_NAMES) for _, feature in read_features(text)} - {None}
    if len(years) > 1:
        raise SettingsError("areas file: its features are of different years")
    year = next(iter(years), None)
    return int(str(year)) if str(year).isdecimal() else None


def wijken_of(text: bytes, municipality: Municipality, year: int) -> bytes:
    """Return only what is needed of a file: the wijken of the gemeente with code, name, year and shape.

    Args:
        text: GeoJSON feature collection, WGS84 (RFC 7946), see ``areas_index.parse_areas``.
        year: boundary year of the shapes. Under the municipality's own year its wijken are taken; under
            another one every wijk code of the gemeente, since codes may differ.

    Raises:
        SettingsError: not GeoJSON, or no wijk of this gemeente is in it.
    """
    own = year == municipality.boundary_year
    kept = [
        {
            "type": "Feature",
            "id": code,
            "properties": {
                "statcode": code,
                "statnaam": _named(feature, _NAMES),
                "jaar": year,
            },
            "geometry": feature.get("geometry"),
        }
        for code, feature in sorted(read_features(text), key=lambda pair: pair[0])
        if (code in municipality.wijk_by_code if own else _is_land_of(municipality, code, feature))
    ]
    if not kept:
        raise SettingsError("areas file: no feature has the code (BU...) of a wijk of this gemeente")
    return orjson.dumps({"type": "FeatureCollection", "features": kept})


def check_layout(text: bytes, municipality: Municipality, year: int) -> Report:
    """Return whether the polygons of a boundary year are fit for use.

    Under the municipality's own year every wijk must be there and hold its own representative point;
    under another one only the shapes are looked at.

    Raises:
        SettingsError: not GeoJSON, a shape that cannot be read, or a code that occurs twice.
    """
    own = year == municipality.boundary_year
    features = read_features(text)
    codes = [
        code
        for code, feature in features
        if (code in municipality.wijk_by_code if own else _is_land_of(municipality, code, feature))
    ]
    shapes = parse_shapes(text, codes)
    broken = [code for code, shape in shapes.items() if not is_valid(shape)]
    problems = [f"{code}: its border crosses itself" for code in broken]
    if not shapes:
        problems.append("no feature has the code (BU...) of a wijk of this gemeente")
    if own:
        problems += _own_year_problems(shapes, municipality)
    if not broken:  # else their areas mean nothing
        problems += _overlap_problems(shapes)
    return Report(
        wijken=len(shapes),
        square_kilometres=round(sum(map(square_kilometres, shapes.values())), 2),
        passed_over=len(features) - len(codes),
        problems=tuple(problems),
    )


def crosswalk(old: bytes, new: bytes) -> list[Share]:
    """Return how the wijken of an older boundary year lie in those of a newer one.

    Args:
        old, new: files made by ``wijken_of``.

    Shares are parts of areas, not of inhabitants or events. Those of an old wijk sum to 1 but for what
    lies in no new one and for shares below ``LEAST_SHARE``.

    Raises:
        SettingsError: a file cannot be read.
    """
    before, after = _all_shapes(old), _all_shapes(new)
    shares = [
        Share(one, other, shared / before[one].area, shared / after[other].area)
        for one, other, shared in overlaps(before, after)
    ]
    return [share for share in shares if max(share.of_old, share.of_new) >= LEAST_SHARE]


def _all_shapes(text: bytes) -> dict[str, Any]:
    shapes = parse_shapes(text, [code for code, _ in read_features(text)])
    broken = next(
        (code for code, shape in shapes.items() if not is_valid(shape) or not shape.area), None
    )
    if broken:
        raise SettingsError(f"areas file: the border of {broken} crosses itself")
    return shapes


def _own_year_problems(shapes: Mapping[str, Any], municipality: Municipality) -> Iterator[str]:
    for wijk in municipality.wijken:
        shape = shapes.get(wijk.code)
        if shape is None:
            yield f"{wijk.code}: is missing"
        elif not holds(shape, wijk.lon, wijk.lat):
            yield f"{wijk.code}: does not hold its own representative point"


def _overlap_problems(shapes: Mapping[str, Any]) -> Iterator[str]:
    for one, other, shared in overlaps(shapes, shapes):
        if one < other and shared > MOST_OVERLAP * min(shapes[one].area, shapes[other].area):
            yield f"{one}: overlaps {other}"


def _is_land_of(municipality: Municipality, code: str, feature: Mapping[str, Any]) -> bool:
    """Whether a feature is a wijk of the gemeente, under whatever year; CBS draws large water apart."""
    water = _named(feature, ("water",))
    return code.startswith("BU" + municipality.code[2:]) and water in (None, "NEE")


def _named(feature: Mapping[str, Any], names: tuple[str, ...]) -> str | int | None:
    properties = feature.get("properties") or {}
    return next((properties[name] for name in names if properties.get(name) is not None), None)
