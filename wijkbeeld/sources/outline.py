"""Whether a point lies in the municipality, for sources that report on the whole country."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from domain.areas import Municipality
from wijkbeeld.datadir import DataDir
from wijkbeeld.kept_areas import areas_file
from wijkbeeld.kept_state import read_data_file
from wijkbeeld.kept_tables import read_tables
from wijkbeeld.settings import Settings

if TYPE_CHECKING:
    from streams.areas_index import AreaIndex


def outline(settings: Settings, municipality: Municipality) -> Callable[[float, float], bool] | None:
    """Return what tells whether a longitude and latitude lie in a wijk; None without polygons.

    The polygons are those that streams place with, or else those kept of the municipality's boundary
    year. They are read when the first point is asked about, which raises ``SettingsError`` where the
    file cannot be used.
    """
    file = _file(settings, municipality)
    if file is None:
        return None

    @cache
    def index() -> AreaIndex:
        # Not before it is needed: the geometry library takes a while to import.
        from streams.areas_index import parse_areas

        return parse_areas(read_data_file(file), municipality.wijk_by_code)

    def holds(lon: float, lat: float) -> bool:
        return index().find([lon], [lat])[0] is not None

    return holds


def _file(settings: Settings, municipality: Municipality) -> Path | None:
    data_dir = DataDir(settings.data_dir)
    tables = read_tables(data_dir)
    kept = areas_file(data_dir, municipality.boundary_year)
    candidates = (settings.areas, tables.areas if tables else None, kept)
    return next((file for file in candidates if file is not None and file.is_file()), None)
