"""What the map is drawn from: one shape per wijk, in the coordinates of one picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

WIDTH = 1000.0
"""Width of the picture in its own units; the height follows from the shape of the gemeente."""
MARGIN = 14.0
_LETTER = 0.56
"""Mean width of a letter of a sans face, as a part of its size."""
_LINE = 1.12
"""Height of a line, as a part of the letter size."""


@dataclass(frozen=True, slots=True)
class Label:
    """The name in a shape with the number under it.

    Attributes:
        x: middle of both.
        baselines: height of each line of the name.
        lines: the name, broken into lines; empty where it does not fit at a size that can be read.
        size: letter size of the name.
        number_y, number_size: height and letter size of the number.
    """

    x: float
    baselines: tuple[float, ...]
    lines: tuple[str, ...]
    size: float
    number_y: float
    number_size: float


@dataclass(frozen=True, slots=True)
class Shape:
    """One wijk: code, name, its stadsdeel's code and name, SVG path, and its label."""

    code: str
    name: str
    stadsdeel: str
    stadsdeel_name: str
    path: str
    label: Label


@dataclass(frozen=True, slots=True)
class MapPicture:
    """The whole map.

    Attributes:
        kind: ``polygons`` (borders from a GeoJSON) or ``schematic`` (equal tiles).
        width, height: size of the picture in its own units.
        shapes: the wijken, in the order of their codes.
        outlines: SVG paths of the borders between stadsdelen.
        free_corner: a corner with room for the legend, such as ``top-left``; None when there is none.
    """

    kind: str
    width: float
    height: float
    shapes: tuple[Shape, ...]
    outlines: tuple[str, ...]
    free_corner: str | None


@dataclass(frozen=True, slots=True)
class Projection:
    """Degrees to picture: equirectangular, true to shape at ``lat0``; error below 0.1 % over a city."""

    west: float
    north: float
    lat0: float
    scale: float

    @classmethod
    def over(cls, box: tuple[float, float, float, float], width: float) -> Projection:
        """Return the projection that fits a box (west, south, east, north) into that width."""
        west, south, east, north = box
        lat0 = (south + north) / 2
        spread = (east - west) * math.cos(math.radians(lat0))
        return cls(west, north, lat0, (width - 2 * MARGIN) / spread)

    def __call__(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a point lies in the picture: to the right and down."""
        x = (lon - self.west) * math.cos(math.radians(self.lat0)) * self.scale + MARGIN
        return x, (self.north - lat) * self.scale + MARGIN


def path_of(rings: list[list[tuple[float, float]]]) -> str:
    """Return the SVG path of closed rings, with one decimal."""
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in rings if len(ring) > 2
    )


def free_corner(points: list[tuple[float, float]], width: float, height: float) -> str | None:
    """Return a corner of the picture, a third wide and a quarter high, in which no point lies."""
    for name, right, low in (
        ("top-left", False, False),
        ("top-right", True, False),
        ("bottom-right", True, True),
        ("bottom-left", False, True),
    ):
        inside = (
            ((width - x if right else x) < width / 3) and ((height - y if low else y) < height / 4)
            for x, y in points
        )
        if not any(inside):
            return name
    return None


def label_lines(name: str, longest: int) -> tuple[str, ...]:
    """Break a name at its spaces and hyphens into lines of at most ``longest`` letters, where it can."""
    pieces = name.replace("-", "-\u200b").replace(" ", " \u200b").split("\u200b")
    lines = [""]
    for piece in pieces:
        if lines[-1] and len((lines[-1] + piece).strip()) > longest:
            lines.append(piece)
        else:
            lines[-1] += piece
    return tuple(line.strip() for line in lines)


@dataclass(frozen=True, slots=True)
class Room:
    """Room for a label: its middle, its width and height, and the letter sizes that may be used."""

    x: float
    y: float
    width: float
    height: float
    largest: float
    least: float
    number: float


def fit_label(name: str, room: Room) -> Label:
    """Return the label that fits the room: the name as large as it can be, the number under it."""
    lines, size = _fit_name(name, room)
    block = len(lines) * size * _LINE
    top = room.y - (block + (room.number if lines else 0)) / 2
    first = top + size * 0.85 if lines else 0.0
    number_y = top + block + room.number * 0.88 if lines else room.y + room.number * 0.36
    return Label(
        round(room.x, 1),
        tuple(round(first + number * size * _LINE, 1) for number in range(len(lines))),
        lines,
        round(size, 1),
        round(number_y, 1),
        round(room.number, 1),
    )


def _fit_name(name: str, room: Room) -> tuple[tuple[str, ...], float]:
    best: tuple[tuple[str, ...], float] = ((), 0.0)
    for longest in sorted({len(name), 14, 11, 9, 7}, reverse=True):
        lines = label_lines(name, longest)
        wide = room.width / (_LETTER * max(map(len, lines)))
        high = (room.height - room.number) / (_LINE * len(lines))
        size = min(room.largest, wide, high)
        if size >= room.least and size > best[1] * 1.05:
            best = (lines, size)
    return best
