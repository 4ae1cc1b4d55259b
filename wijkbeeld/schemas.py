"""Writes the JSON Schemas of everything that crosses a room, as committed under ``docs/schemas/``."""

from __future__ import annotations

from pathlib import Path

from domain.errors import SettingsError
from domain.json_schemas import render_schemas


def write_schemas(folder: Path) -> list[Path]:
    """Write one file per schema into ``folder``, made if it is missing, and return their paths.

    Raises:
        SettingsError: the folder cannot be written.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in render_schemas().items():
            path = folder / name
            path.write_text(text, encoding="utf-8")
            written.append(path)
    except OSError as error:
        raise SettingsError(f"schemas: cannot write to {folder}: {error.strerror}") from error
    return written
