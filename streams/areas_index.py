"""Point in polygon for the wijken of a gemeente, many points at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import orjson
import shapely

from domain.errors import SettingsError


class AreaIndex:
    """The polygons of wijken, ready to be asked.

    Args:
        codes: wijk codes.
        polygons: their shapes, in the same order; x is longitude, y latitude, WGS84 degrees.
    """

    def __init__(self, codes: Sequence[str], polygons: Sequence[shapely.Geometry]) -> None:
        self._codes = list(codes)
        shapely.prepare(list(polygons))
        self._tree = shapely.STRtree(list(polygons))

    def find(self, lon: Sequence[float], lat: Sequence[float]) -> list[str | None]:
        """Return the wijk of each point, None for a point in none.

        On a border shared by wijken the one that comes first in the index is taken.
        """
        points = shapely.points(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
        point_index, polygon_index = self._tree.query(points, predicate="intersects")
        found: list[str | None] = [None] * len(lon)
        # Descending, so that the lowest polygon is written last.
        for order in np.lexsort((-polygon_index, point_index)):
            found[int(point_index[order])] = self._codes[int(polygon_index[order])]
        return found


def parse_areas(text: bytes, known: Iterable[str]) -> AreaIndex:
    """Return the index of a GeoJSON feature collection of wijken.

    Args:
        text: features with the property ``statcode``, ``code`` or ``buurtcode``, or with the code as id;
            WGS84, as GeoJSON says (RFC 7946).
        known: wijk codes of the gemeente; other features are left out.

    Raises:
        SettingsError: not GeoJSON, a broken shape, or no feature of a known wijk.
    """
    try:
        features = orjson.loads(text)["features"]
        coded = [(_code(feature), feature) for feature in features]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        raise SettingsError("areas file: not a GeoJSON feature collection") from None
    wanted = set(known)
    shapes = {
        code: _shape(code, feature) for code, feature in sorted(coded, key=_first) if code in wanted
    }
    if not shapes:
        raise SettingsError("areas file: no feature has the code (BU...) of a wijk of this gemeente")
    return AreaIndex(list(shapes), list(shapes.values()))


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
