"""The map from real borders: a GeoJSON (RFC 7946) with one polygon per wijk."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import shapely
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from dashboards.page.shapes import (
    WIDTH,
    Label,
    MapPicture,
    Projection,
    Room,
    Shape,
    fit_label,
    free_corner,
    path_of,
)
from domain.areas import Municipality
from domain.errors import SettingsError

CODE_PROPERTIES = ("statcode", "buurtcode", "bu_code", "gwb_code", "code")
"""Properties that hold the wijk's code in files of CBS, PDOK and cities, in the order they are tried."""


def polygon_map(path: Path, municipality: Municipality) -> MapPicture:
    """Return the map with the borders in a GeoJSON file.

    Args:
        path: a FeatureCollection in WGS84 degrees; other features than the gemeente's wijken are passed
            over.
        municipality: whose wijken must all be there, each once.

    Raises:
        SettingsError: the file cannot be read, or does not have what the map needs.
    """
    where = f"map file {path.name}"
    try:
        text = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{where}: cannot be read ({error.strerror}); give another file") from None
    borders = borders_in(text, municipality, where)
    projection = Projection.over(unary_union(list(borders.values())).bounds, WIDTH)
    drawn = {code: _projected(area, projection) for code, area in borders.items()}
    districts: dict[str, list[BaseGeometry]] = {}
    for wijk in municipality.wijken:
        districts.setdefault(wijk.stadsdeel, []).append(drawn[wijk.code])
    height = max(area.bounds[3] for area in drawn.values()) + min(a.bounds[1] for a in drawn.values())
    return MapPicture(
        "polygons",
        WIDTH,
        round(height, 1),
        tuple(
            Shape(
                wijk.code,
                wijk.name,
                wijk.stadsdeel,
                municipality.stadsdeel_by_code[wijk.stadsdeel].name,
                path_of(_rings(drawn[wijk.code])),
                _label(wijk.name, drawn[wijk.code]),
            )
            for wijk in sorted(municipality.wijken, key=lambda wijk: wijk.code)
        ),
        tuple(path_of(_rings(unary_union(areas))) for areas in districts.values()),
        free_corner(
            [p for area in drawn.values() for ring in _rings(area) for p in ring], WIDTH, height
        ),
    )


def borders_in(text: bytes, municipality: Municipality, where: str) -> dict[str, BaseGeometry]:
    """Return the border of each wijk, by its code, from the text of a GeoJSON file.

    Args:
        where: what to call the file in a message.

    Raises:
        SettingsError: the text does not have what the map needs.
    """
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise SettingsError(f"{where}: is no JSON; a GeoJSON of the wijken is needed") from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise SettingsError(f"{where}: is no GeoJSON FeatureCollection")
    found: dict[str, BaseGeometry] = {}
    for feature in features:
        code = _code(feature)
        if code not in municipality.wijk_by_code:
            continue
        if code in found:
            raise SettingsError(f"{where}: wijk {code} occurs twice")
        found[code] = _geometry(feature, code, where)
    missing = sorted(set(municipality.wijk_by_code) - set(found))
    if missing:
        raise SettingsError(
            f"{where}: lacks {len(missing)} of the {len(municipality.wijken)} wijken, the first is "
            f"{missing[0]}; their codes are sought in the properties {', '.join(CODE_PROPERTIES)}"
        )
    return found


def _code(feature: Any) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, Mapping):
        return ""
    return next((str(properties[name]).strip() for name in CODE_PROPERTIES if name in properties), "")


def _geometry(feature: Mapping[str, Any], code: str, where: str) -> BaseGeometry:
    try:
        area = shape(feature["geometry"])
    except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError):
        raise SettingsError(f"{where}: wijk {code} has no geometry that can be read") from None
    if not isinstance(area, Polygon | MultiPolygon) or area.is_empty:
        raise SettingsError(f"{where}: wijk {code} is no Polygon or MultiPolygon")
    west, south, east, north = area.bounds
    if not all(map(math.isfinite, area.bounds)) or not (
        -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    ):
        raise SettingsError(
            f"{where}: wijk {code} is not in degrees (WGS84); convert the file from RD coordinates first"
        )
    return area if area.is_valid else shapely.make_valid(area)


def _projected(area: BaseGeometry, projection: Projection) -> BaseGeometry:
    return shapely.transform(area, lambda points: [projection(lon, lat) for lon, lat in points])


def _rings(area: BaseGeometry) -> list[list[tuple[float, float]]]:
    parts = [part for part in getattr(area, "geoms", [area]) if isinstance(part, Polygon)]
    return [
        [(x, y) for x, y, *_ in ring.coords[:-1]]
        for part in parts
        for ring in (part.exterior, *part.interiors)
    ]


def _label(name: str, area: BaseGeometry) -> Label:
    """Put the label in the middle of the largest circle inside, as wide as the shape is there."""
    circle = shapely.maximum_inscribed_circle(area, tolerance=2.0)
    x, y = circle.coords[0]
    radius = circle.length
    across = shapely.intersection(area, shapely.LineString([(x - 2 * WIDTH, y), (x + 2 * WIDTH, y)]))
    parts = [
        part for part in getattr(across, "geoms", [across]) if part.distance(shapely.Point(x, y)) < 1
    ]
    width = min(2 * (x - parts[0].bounds[0]), 2 * (parts[0].bounds[2] - x)) if parts else 0.0
    room = Room(
        x,
        y,
        width=max(width, 2 * radius) * 0.92,
        height=radius * 1.85,
        largest=19,
        least=13.5,
        number=max(19.0, min(30.0, radius * 0.72)),
    )
    return fit_label(name, room)
