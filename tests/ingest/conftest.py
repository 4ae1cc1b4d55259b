"""The embedded broker for the tests of ingest."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator

import pytest

from tests.support.broker import EmbeddedBroker


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    """A running embedded broker, for tests that may kill it.

    kafka-python leaves a socket open for each time that a broker refuses it, and pytest's captured log
    keeps hold of them; so its log is off and the sockets are collected here, where the warning is not
    an error (such tests carry the filter ``ignore:unclosed <socket:ResourceWarning``).
    """
    vendor = logging.getLogger("kafka")
    level = vendor.level
    vendor.setLevel(logging.CRITICAL + 1)
    with EmbeddedBroker() as running:
        yield running
    gc.collect()
    vendor.setLevel(level)
