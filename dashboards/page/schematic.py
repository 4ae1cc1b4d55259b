"""The map without borders: equal hexagons, one per wijk, each as near as can be to where the wijk lies.

The wijken are put on the tiles of a hexagonal grid so that the sum of squared distances between a wijk's
representative point and its tile is least: a linear assignment, solved exactly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

from dashboards.page.assignment import assign
from dashboards.page.shapes import (
    MARGIN,
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

Point = tuple[float, float]
_SPARE = 1.55
"""Tiles per wijk on the grid: more keeps the empty places of the city, fewer makes the tiles larger."""


def schematic_map(municipality: Municipality) -> MapPicture:
    """Return the map of equal tiles from the wijken's representative points."""
    wijken = sorted(municipality.wijken, key=lambda wijk: wijk.code)
    lons, lats = [w.lon for w in wijken], [w.lat for w in wijken]
    projection = Projection.over((min(lons), min(lats), max(lons) + 1e-9, max(lats)), WIDTH)
    points = [projection(w.lon, w.lat) for w in wijken]
    tiles, side = _best_grid(points)
    centres, side, height = _framed(tiles, side)
    return MapPicture(
        "schematic",
        WIDTH,
        height,
        tuple(
            Shape(
                wijk.code,
                wijk.name,
                wijk.stadsdeel,
                municipality.stadsdeel_by_code[wijk.stadsdeel].name,
                path_of([_corners(centre, side * 0.965)]),
                _label(wijk.name, centre, side),
            )
            for wijk, centre in zip(wijken, centres, strict=True)
        ),
        _outlines([wijk.stadsdeel for wijk in wijken], centres, side),
        free_corner([p for centre in centres for p in _corners(centre, side)], WIDTH, height),
    )


def _best_grid(points: Sequence[Point]) -> tuple[list[Point], float]:
    """Return the tile of each point and the tile's side: the best of a few placings of the grid."""
    width = max(x for x, _ in points) - min(x for x, _ in points) + 1
    height = max(y for _, y in points) - min(y for _, y in points) + 1
    area = width * height / (len(points) * _SPARE)
    side = math.sqrt(area * 2 / (3 * math.sqrt(3)))
    placings = []
    for right, down in product((0.0, 0.5), (0.0, 0.33, 0.67)):
        grid = _grid(points, side, right, down)
        cost = [[(x - a) ** 2 + (y - b) ** 2 for a, b in grid] for x, y in points]
        chosen = assign(cost)
        total = sum(row[tile] for row, tile in zip(cost, chosen, strict=True))
        placings.append((total, [grid[tile] for tile in chosen]))
    return min(placings)[1], side


def _grid(points: Sequence[Point], side: float, right: float, down: float) -> list[Point]:
    """Return centres of pointy-top hexagons over the points' box and one tile around it."""
    across, row_height = side * math.sqrt(3), side * 1.5
    left, top = min(x for x, _ in points) - across, min(y for _, y in points) - row_height
    columns = math.ceil((max(x for x, _ in points) - left) / across) + 2
    rows = math.ceil((max(y for _, y in points) - top) / row_height) + 2
    return [
        (left + (column + right + (row % 2) / 2) * across, top + (row + down) * row_height)
        for row in range(rows)
        for column in range(columns)
    ]


def _framed(tiles: Sequence[Point], side: float) -> tuple[list[Point], float, float]:
    """Scale the tiles so that they fill the picture's width; return centres, side and height."""
    half = side * math.sqrt(3) / 2
    left, right = min(x for x, _ in tiles) - half, max(x for x, _ in tiles) + half
    top, bottom = min(y for _, y in tiles) - side, max(y for _, y in tiles) + side
    scale = (WIDTH - 2 * MARGIN) / (right - left)
    centres = [((x - left) * scale + MARGIN, (y - top) * scale + MARGIN) for x, y in tiles]
    return centres, side * scale, round((bottom - top) * scale + 2 * MARGIN, 1)


def _corners(centre: Point, side: float) -> list[Point]:
    """Return the six corners from the top one, clockwise."""
    x, y = centre
    angles = [math.radians(60 * corner - 90) for corner in range(6)]
    return [(x + side * math.cos(angle), y + side * math.sin(angle)) for angle in angles]


def _label(name: str, centre: Point, side: float) -> Label:
    x, y = centre
    room = Room(
        x,
        y,
        width=side * 1.62,
        height=side * 1.25,
        largest=side * 0.29,
        least=side * 0.17,
        number=side * 0.48,
    )
    return fit_label(name, room)


def _outlines(districts: Sequence[str], centres: Sequence[Point], side: float) -> tuple[str, ...]:
    """Return the edges where a tile of one stadsdeel meets another one, or nothing."""
    lines = []
    for district, centre in zip(districts, centres, strict=True):
        corners = _corners(centre, side)
        for one, other in zip(corners, corners[1:] + corners[:1], strict=True):
            middle = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
            across = (2 * middle[0] - centre[0], 2 * middle[1] - centre[1])
            beyond = [d for d, c in zip(districts, centres, strict=True) if math.dist(c, across) < 1]
            if beyond and beyond[0] != district:
                lines.append(f"M{one[0]:.1f} {one[1]:.1f}L{other[0]:.1f} {other[1]:.1f}")
    return ("".join(lines),)
