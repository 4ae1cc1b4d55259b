"""The polygons of the wijken in a data directory: ``areas/<year>.geojson``, a file per boundary year."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from domain.areas import Municipality
from domain.errors import SettingsError
from streams.area_layout import Report, check_layout, wijken_of
from wijkbeeld.datadir import DataDir
from wijkbeeld.kept_state import read_data_file

FIRST_YEAR, LAST_YEAR = 1995, 2100


def keep_areas(data_dir: DataDir, municipality: Municipality, year: int, text: bytes) -> Report:
    """Keep the polygons of a boundary year in place of those that were kept, if they are fit for use.

    Args:
        text: GeoJSON feature collection; only the wijken of the gemeente are kept of it.

    Raises:
        SettingsError: they cannot be used, or the data directory cannot be written; nothing has changed.
    """
    file = areas_file(data_dir, year)
    kept = wijken_of(text, municipality, year)
    report = check_layout(kept, municipality, year)
    if report.problems:
        more = len(report.problems) - 1
        rest = f" (and {more} more; see wijkbeeld areas check FILE)" if more else ""
        raise SettingsError(f"areas of {year}: {report.problems[0]}{rest}; nothing has changed")
    try:
        data_dir.areas.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=data_dir.areas)  # with mode 0600
        with os.fdopen(handle, "wb") as out:
            out.write(kept)
            out.flush()
            os.fsync(out.fileno())
        Path(temporary).replace(file)
    except OSError as error:
        raise SettingsError(f"{data_dir.areas}: cannot write ({error.strerror})") from error
    return report


def kept_years(data_dir: DataDir) -> list[int]:
    """Return the boundary years whose polygons are kept, oldest first."""
    names = [path.stem for path in data_dir.areas.glob("*.geojson")] if data_dir.areas.is_dir() else []
    return sorted(int(name) for name in names if name.isdecimal())


def read_areas(data_dir: DataDir, year: int) -> bytes:
    """Return the kept polygons of a boundary year.

    Raises:
        SettingsError: none are kept, or they cannot be read.
    """
    file = areas_file(data_dir, year)
    if not file.is_file():
        there = ", ".join(map(str, kept_years(data_dir))) or "none"
        raise SettingsError(
            f"areas of {year}: none are kept (there are: {there}); wijkbeeld areas fetch --year {year}"
        )
    return read_data_file(file)


def areas_file(data_dir: DataDir, year: int) -> Path:
    """Return the file of a boundary year.

    Raises:
        SettingsError: it cannot be one.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise SettingsError(f"areas: {year} is not a boundary year")
    return data_dir.areas / f"{year}.geojson"
