"""The area and street tables of a data directory: copies of what was given last, and their version.

``state.json`` names the files of a version, and it is replaced in one step. A file is never changed once
it is named there, so whoever reads a version and its files reads what belongs together.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from domain.areas import Municipality
from domain.errors import SettingsError
from wijkbeeld.datadir import DataDir, read_json, write_json
from wijkbeeld.kept_state import read_data_file

ENDINGS = {"streets": ".csv", "areas": ".geojson"}
_FOR_THE_DIGEST = ("areas", "streets")


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables in use.

    Attributes:
        version: counted up whenever one of them, or the municipality's own data, changes.
        streets, areas: the kept files, None where there is none.
        gemeente: the municipality, as the settings name it.
    """

    version: int
    streets: Path | None = None
    areas: Path | None = None
    gemeente: str = ""


def read_tables(data_dir: DataDir) -> Tables | None:
    """Return the tables in use; None before the first start. A file that was removed is none."""
    known = _known(read_json(data_dir.state))
    if not known:
        return None
    files = {what: _file(data_dir, known.get(what)) for what in ENDINGS}
    return Tables(int(str(known["version"])), **files, gemeente=str(known.get("gemeente", "")))


def keep_tables(
    data_dir: DataDir,
    gemeente: str,
    municipality: Municipality,
    streets: Path | None = None,
    areas: Path | None = None,
) -> Tables:
    """Keep copies of the given files beside what is kept; count up if anything is not as it was.

    Args:
        gemeente: the municipality, as the settings name it.
        streets, areas: files that take the place of the kept ones; None goes on with those.

    Raises:
        SettingsError: a file cannot be read or used, or the data directory cannot be written. Nothing
            has changed then.
    """
    known = _known(read_json(data_dir.state))
    contents = _contents(data_dir, streets, areas)
    fingerprint = _fingerprint(municipality, contents)
    version = int(str(known.get("version", 0)))
    if fingerprint != known.get("fingerprint"):
        _check(municipality, contents)
        version += 1
    names = {
        what: _keep(data_dir, known.get(what), f"{what}-{version}{ENDINGS[what]}", content)
        for what, content in contents.items()
        if content is not None
    }
    geo = {"version": version, "fingerprint": fingerprint, "gemeente": gemeente, **names}
    state = read_json(data_dir.state)
    if state.get("geo") != geo:
        write_json(data_dir.state, state | {"geo": geo})
    files = {what: data_dir.tables / name for what, name in names.items()}
    return Tables(version, files.get("streets"), files.get("areas"), gemeente)


def drop_older_files(data_dir: DataDir) -> None:
    """Remove the files of versions that are not in use any more; nothing may run that reads them."""
    tables = read_tables(data_dir)
    used = {tables.streets, tables.areas} if tables else set()
    for file in data_dir.tables.glob("*") if data_dir.tables.is_dir() else ():
        if file not in used:
            file.unlink(missing_ok=True)


class TableWatch:
    """Tells when the tables of a data directory are others; asks no more than when a file has changed.

    Args:
        data_dir: the data directory.
    """

    def __init__(self, data_dir: DataDir) -> None:
        self._data_dir = data_dir
        self._seen: tuple[int, int] | None = None

    def newer_than(self, version: int) -> Tables | None:
        """Return the tables in use if their version is higher."""
        try:
            stat = self._data_dir.state.stat()
        except OSError:
            return None
        seen = (stat.st_mtime_ns, stat.st_ino)
        if seen == self._seen:
            return None
        self._seen = seen
        tables = read_tables(self._data_dir)
        return tables if tables is not None and tables.version > version else None


def _contents(data_dir: DataDir, streets: Path | None, areas: Path | None) -> dict[str, bytes | None]:
    kept = read_tables(data_dir) or Tables(0)
    files = {"streets": streets or kept.streets, "areas": areas or kept.areas}
    return {what: read_data_file(file) if file else None for what, file in files.items()}


def _check(municipality: Municipality, contents: Mapping[str, bytes | None]) -> None:
    """Raise what a worker or the page would raise that is given these tables."""
    from dashboards.page.polygons import borders_in
    from streams.tables import build_tables

    streets, areas = contents["streets"], contents["areas"]
    text = None if streets is None else streets.decode("utf-8", "replace")
    build_tables(municipality, 1, streets_csv=text, areas_geojson=areas)
    if areas is not None:
        borders_in(areas, municipality, "areas file")


def _known(state: Mapping[str, object]) -> Mapping[str, object]:
    known = state.get("geo")
    return known if isinstance(known, dict) else {}


def _file(data_dir: DataDir, name: object) -> Path | None:
    file = data_dir.tables / name if isinstance(name, str) else None
    return file if file is not None and file.is_file() else None


def _fingerprint(municipality: Municipality, contents: Mapping[str, bytes | None]) -> str:
    digest = hashlib.sha256(municipality.model_dump_json().encode())
    for what in _FOR_THE_DIGEST:
        digest.update(b"\0" + (contents[what] or b""))
    return digest.hexdigest()


def _keep(data_dir: DataDir, kept: object, name: str, content: bytes) -> str:
    """Return the name under which this content is kept, after it is."""
    file = _file(data_dir, kept)
    if file is not None and read_data_file(file) == content:
        return file.name
    try:
        data_dir.tables.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=data_dir.tables)  # with mode 0600
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        Path(temporary).replace(data_dir.tables / name)
    except OSError as error:
        raise SettingsError(f"{data_dir.tables}: cannot write ({error.strerror})") from error
    return name
