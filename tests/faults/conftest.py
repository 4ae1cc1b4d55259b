"""The warehouse of its own room's tests, and both kinds of broker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.apache_kafka import ApacheKafka, why_not
from tests.support.broker import EmbeddedBroker
from tests.warehouse.conftest import (  # noqa: F401 - pytest finds fixtures by their names
    clickhouse,
    client,
    client_of,
    database,
)
from tests.warehouse.part_process import Parts

Broker = EmbeddedBroker | ApacheKafka


@pytest.fixture(params=["embedded", "apache-kafka"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """A broker of each kind, empty."""
    if request.param == "embedded":
        with EmbeddedBroker() as embedded:
            yield embedded
        return
    reason = why_not()
    if reason:
        pytest.skip(reason)
    with ApacheKafka(tmp_path / "kafka") as kafka:
        yield kafka


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """Processes of loader and recompute."""
    with Parts(tmp_path) as started:
        yield started
