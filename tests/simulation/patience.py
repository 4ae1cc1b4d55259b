"""The engine of a simulation, and our own code without the waits that would only cost time in one."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import structlog

from tests.simulation.engine import Engine
from tests.support.clickhouse import WRITER, LocalClickHouse
from warehouse.client import connect
from warehouse.loader import storing
from warehouse.migrate import migrate


@contextmanager
def without_waiting() -> Iterator[None]:
    """Let the loader try again at once, and say nothing of what is meant to go wrong."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        with patch.object(storing, "FIRST_WAIT", 0.0):
            yield
    finally:
        structlog.configure(**before)


@contextmanager
def running_engine() -> Iterator[Engine]:
    """A real warehouse with our tables, for as long as the block."""
    with (
        tempfile.TemporaryDirectory(prefix="simulation-") as folder,
        LocalClickHouse(Path(folder) / "data") as server,
    ):
        client = connect(f"{server.url}/wijkbeeld", WRITER.name, WRITER.password)
        migrate(client)
        yield Engine(client)
        client.close()
