"""One real engine for all runs of a test process, emptied between them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulation.engine import Engine
from tests.simulation.patience import running_engine, without_waiting


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """The engine with our tables."""
    with running_engine() as engine:
        yield engine


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with without_waiting():
        yield
