"""``python -m benchmarks.locating [--areas GEOJSON] [--points N]``: points placed in wijken per second.

Without a file the wijken are made up: what lies nearest to each representative point, with borders of as
many corners as detailed polygons have. Beside it a bare loop that asks one polygon at a time, as a
straightforward program would. Seconds are those of the processor, so that other work does not count.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import shapely
from rich.console import Console
from rich.table import Table

from benchmarks.machine import machine_facts
from domain.areas import Municipality
from streams.areas_index import AreaIndex, parse_shapes
from wijkbeeld.gemeenten import load_municipality

CHUNK = 4000
CORNER_EVERY = 0.00005  # degrees, some 5 m
Points = tuple[Sequence[float], Sequence[float]]


def main() -> None:
    """Print how many points are placed per second, and beside what."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--areas", type=Path, help="GeoJSON file of the wijken of Nijmegen")
    parser.add_argument("--points", type=int, default=400_000)
    parser.add_argument("--json", type=Path, help="write the figures and the machine's facts to FILE")
    options = parser.parse_args()
    city = load_municipality("nijmegen")
    shapes = _given(options.areas, city) if options.areas else _made_up(city)
    lon, lat = _points(options.points, city)
    index = AreaIndex(list(shapes), list(shapes.values()))
    found, rate = _timed(lambda part: index.find(*part), lon, lat)
    few = max(options.points // 20, 1)
    beside, bare = _timed(lambda part: _one_by_one(shapes, part), lon[:few], lat[:few])
    if beside != found[:few]:
        raise SystemExit("the bare loop places points elsewhere")
    corners = sum(shapely.get_num_coordinates(shape) for shape in shapes.values())
    table = Table(title=f"{len(shapes)} wijken, {corners:,} corners")
    for heading in ("", "points per CPU-second", "in a wijk"):
        table.add_column(heading, justify="right" if heading else "left")
    inside = sum(wijk is not None for wijk in found) / len(found)
    table.add_row("index", f"{rate:,.0f}", f"{inside:.0%}")
    table.add_row("one by one", f"{bare:,.0f}", "the same")
    console = Console()
    console.print(table)
    console.print(f"{rate / bare:.1f} times as fast as one by one")
    if options.json:
        results = {"index": rate, "one by one": bare, "inside": inside, "wijken": len(shapes)}
        report = {"benchmark": "locating", "machine": machine_facts(), "points_per_cpu_second": results}
        options.json.write_text(json.dumps(report, indent=2) + "\n")


def _points(count: int, city: Municipality) -> Points:
    """Points over the rectangle of the city: three in four lie in it, as the whole of it does."""
    draw = random.Random(1)
    lons, lats = [w.lon for w in city.wijken], [w.lat for w in city.wijken]
    return (
        [draw.uniform(min(lons), max(lons)) for _ in range(count)],
        [draw.uniform(min(lats), max(lats)) for _ in range(count)],
    )


def _timed(
    find: Callable[[Points], list[str | None]], lon: Sequence[float], lat: Sequence[float]
) -> tuple[list[str | None], float]:
    found: list[str | None] = []
    begin = time.process_time()
    for start in range(0, len(lon), CHUNK):
        found += find((lon[start : start + CHUNK], lat[start : start + CHUNK]))
    return found, len(lon) / (time.process_time() - begin)


def _one_by_one(shapes: dict[str, shapely.Geometry], points: Points) -> list[str | None]:
    return [
        next((code for code, shape in shapes.items() if shapely.intersects_xy(shape, x, y)), None)
        for x, y in zip(*points, strict=True)
    ]


def _given(file: Path, city: Municipality) -> dict[str, shapely.Geometry]:
    return parse_shapes(file.read_bytes(), city.wijk_by_code)


def _made_up(city: Municipality) -> dict[str, shapely.Geometry]:
    points = shapely.MultiPoint([(wijk.lon, wijk.lat) for wijk in city.wijken])
    hull = shapely.buffer(shapely.convex_hull(points), 0.005)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=hull))
    shapes = {}
    for wijk in city.wijken:
        cell = next(cell for cell in cells if shapely.intersects_xy(cell, wijk.lon, wijk.lat))
        shapes[wijk.code] = shapely.segmentize(shapely.intersection(cell, hull), CORNER_EVERY)
    return shapes


main()
