"""Real data that lies beside the project on some machines and is never part of it."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data"


def shared_file(name: str) -> Path:
    """Return the path of a file of real data; skip the test where it is absent."""
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"needs the real data file ../shared/data/{name}, which is not here")
    return path
