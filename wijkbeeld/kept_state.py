"""What must stay the same between starts: first start and known sources."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

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


def read_data_file(file: Path) -> bytes:
    """Return the bytes of a file that a person named.

    Raises:
        SettingsError: it cannot be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise SettingsError(f"file {file}: cannot read ({error.strerror})") from error
