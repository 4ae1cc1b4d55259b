"""What must stay the same between starts: first start, known sources, version of the area tables."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from domain.areas import Municipality
from domain.errors import SettingsError
from wijkbeeld.datadir import DataDir, read_json, write_json


def first_start(data_dir: DataDir) -> datetime:
    """Return when this data directory was first used, aware, UTC; the first call decides."""
    state = read_json(data_dir.state)
    stored = state.get("first_start")
    if isinstance(stored, str):
        return datetime.fromisoformat(stored)
    now = datetime.now(UTC).replace(microsecond=0)
    write_json(data_dir.state, state | {"first_start": now.isoformat()})
    return now


def remember_sources(data_dir: DataDir, names: Iterable[str]) -> tuple[str, ...]:
    """Add sources to those that this data directory ever had; return all of them.

    A source that is no longer asked for may still have records in the outbox, so its topics stay.
    """
    state = read_json(data_dir.state)
    known = state.get("sources")
    names = tuple(dict.fromkeys([*(known if isinstance(known, list) else []), *names]))
    write_json(data_dir.state, state | {"sources": list(names)})
    return names


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
