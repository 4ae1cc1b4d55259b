"""Point in polygon for the wijken of a gemeente, many points at a time; and how polygons compare.

Rules for borders, water and the outside: ``docs/locating.md``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import orjson
import shapely

from domain.errors import SettingsError

NEAR_METRES = 250.0
"""How far outside every wijk a point may lie and still be taken for one of ours: more than the error of
generalised borders (50-100 m) and of a phone's position together."""

_METRES_PER_DEGREE = 111_320.0  # of latitude; of longitude at the equator


class AreaIndex:
    """The polygons of wijken, ready to be asked.

    Args:
        codes: wijk codes.
        polygons: their shapes, in the same order; x is longitude, y latitude, WGS84 degrees.
    """

    def __init__(self, codes: Sequence[str], polygons: Sequence[shapely.Geometry]) -> None:
        self._codes = np.array([*codes, None], dtype=object)  # None: in no wijk
        self._polygons = np.array(list(polygons), dtype=object)
        shapely.prepare(self._polygons)
        self._tree = shapely.STRtree(self._polygons)

    def find(self, lon: Sequence[float], lat: Sequence[float]) -> list[str | None]:
        """Return the wijk of each point, None for a point in none.

        On a border shared by wijken the one that comes first in the index is taken.
        """
        x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
        # The tree gives rectangles; asked for shapes it would prepare the points, not the polygons.
        point_index, polygon_index = self._tree.query(shapely.points(x, y))
        inside = shapely.intersects_xy(self._polygons[polygon_index], x[point_index], y[point_index])
        first = np.full(len(x), len(self._polygons))
        np.minimum.at(first, point_index[inside], polygon_index[inside])
        found: list[str | None] = self._codes[first].tolist()
        return found

    def is_near(self, lon: float, lat: float) -> bool:
        """Tell whether a point lies in a wijk, or at most about ``NEAR_METRES`` beside one.

        Measured along the axes: a square around the point, so up to 1.4 times as far at its corners.
        """
        high = NEAR_METRES / _METRES_PER_DEGREE
        wide = high / max(math.cos(math.radians(lat)), 1e-6)
        around = shapely.box(lon - wide, lat - high, lon + wide, lat + high)
        return bool(self._tree.query(around, predicate="intersects").size)


def parse_areas(text: bytes, known: Iterable[str]) -> AreaIndex:
    """Return the index of a GeoJSON feature collection of wijken.

    Args:
        text: features with the property ``statcode``, ``code`` or ``buurtcode``, or with the code as id;
            WGS84, as GeoJSON says (RFC 7946).
        known: wijk codes of the gemeente; other features are left out.

    Raises:
        SettingsError: not GeoJSON, a broken shape, a code that occurs twice, or no wijk that is known.
    """
    shapes = parse_shapes(text, known)
    if not shapes:
        raise SettingsError("areas file: no feature has the code (BU...) of a wijk of this gemeente")
    return AreaIndex(list(shapes), list(shapes.values()))


def parse_shapes(text: bytes, known: Iterable[str]) -> dict[str, shapely.Geometry]:
    """Return the shapes of a GeoJSON feature collection by code, in the order of the codes.

    Args:
        text, known: see ``parse_areas``.

    Raises:
        SettingsError: not GeoJSON, a broken shape, or a code that occurs twice.
    """
    coded = read_features(text)
    wanted = set(known)
    shapes: dict[str, shapely.Geometry] = {}
    for code, feature in sorted(coded, key=_first):
        if code in shapes:
            raise SettingsError(f"areas file: {code} occurs twice")
        if code in wanted:
            shapes[code] = _shape(code, feature)
    return shapes


def read_features(text: bytes) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the features of a GeoJSON feature collection with the code of each, in their order.

    Raises:
        SettingsError: not a GeoJSON feature collection.
    """
    try:
        return [(_code(feature), feature) for feature in orjson.loads(text)["features"]]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        raise SettingsError("areas file: not a GeoJSON feature collection") from None


def is_valid(shape: shapely.Geometry) -> bool:
    """Tell whether a shape is a proper one: closed, not crossing itself."""
    return bool(shapely.is_valid(shape))


def holds(shape: shapely.Geometry, lon: float, lat: float) -> bool:
    """Tell whether a point lies in a shape or on its border."""
    return bool(shapely.intersects(shape, shapely.points(lon, lat)))


def square_kilometres(shape: shapely.Geometry) -> float:
    """Return the area of a shape in WGS84 degrees, on a sphere, exact enough for a gemeente (0.5 %)."""
    if shape.is_empty:
        return 0.0
    _, south, _, north = shape.bounds
    kilometres = _METRES_PER_DEGREE / 1000
    return float(shape.area) * kilometres**2 * math.cos(math.radians((south + north) / 2))


def overlaps(
    these: Mapping[str, shapely.Geometry], those: Mapping[str, shapely.Geometry]
) -> list[tuple[str, str, float]]:
    """Return what each of ``these`` shares with each of ``those``: their codes and square degrees.

    Pairs that only touch are left out. In the order of the codes.
    """
    codes, shapes = list(those), list(those.values())
    tree = shapely.STRtree(shapes)
    found = []
    for code, shape in these.items():
        for index in sorted(tree.query(shape, predicate="intersects")):
            shared = float(shapely.intersection(shape, shapes[index]).area)
            if shared > 0:
                found.append((code, codes[index], shared))
    return found


def _first(pair: tuple[str, Any]) -> str:
    return pair[0]


def _code(feature: Mapping[str, Any]) -> str:
    properties = feature.get("properties") or {}
    named = (properties.get(name) for name in ("statcode", "code", "buurtcode"))
    return str(next((code for code in named if code), feature.get("id", "")))


def _shape(code: str, feature: Mapping[str, Any]) -> shapely.Geometry:
    try:
        shape = shapely.from_geojson(orjson.dumps(feature["geometry"]))
    except (KeyError, shapely.GEOSException):
        raise SettingsError(f"areas file: the shape of {code} cannot be read") from None
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise SettingsError(f"areas file: {code} is not a polygon")
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise SettingsError(f"areas file: {code} is not in degrees (WGS84)")
    return shape
