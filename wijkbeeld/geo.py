"""The version of the area and street tables in use."""

from __future__ import annotations

import hashlib
from pathlib import Path

from domain.areas import Municipality
from domain.errors import SettingsError
from wijkbeeld.datadir import DataDir, read_json, write_json


def current_geo_version(
    data_dir: DataDir, municipality: Municipality, files: tuple[Path | None, ...]
) -> int:
    """Return the version of the tables, one higher than the last when they are not the same any more.

    Raises:
        SettingsError: a file cannot be read.
    """
    digest = hashlib.sha256(municipality.model_dump_json().encode())
    for file in files:
        digest.update(b"\0" + (read_data_file(file) if file else b""))
    fingerprint = digest.hexdigest()
    state = read_json(data_dir.state)
    known = state.get("geo")
    version, last = (known["version"], known["fingerprint"]) if isinstance(known, dict) else (0, "")
    if fingerprint != last:
        version += 1
        write_json(data_dir.state, state | {"geo": {"version": version, "fingerprint": fingerprint}})
    return int(version)


def read_data_file(file: Path) -> bytes:
    """Return the bytes of a file that a person named.

    Raises:
        SettingsError: it cannot be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise SettingsError(f"file {file}: cannot read ({error.strerror})") from error
