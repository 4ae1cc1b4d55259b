"""A loader whose broker, topics or warehouse are not there yet waits, and stops when told."""

from __future__ import annotations

import threading

import pytest

from tests.support.broker import EmbeddedBroker
from tests.support.clickhouse import WRITER
from tests.support.ports import free_port
from tests.support.waiting import wait_until
from tests.warehouse.story import Story
from tests.warehouse.topics import make_topics, publish
from warehouse.client import Client
from warehouse.counts import read_counts
from warehouse.loader import LoaderConfig, run

pytestmark = pytest.mark.integration


class Running:
    """A loader in a thread."""

    def __init__(self, address: str, url: str) -> None:
        self.ready = threading.Event()
        self._stop = threading.Event()
        self._failure: list[BaseException] = []
        self._config = LoaderConfig(
            address,
            "absence",
            url,
            WRITER.name,
            WRITER.password,
            session_timeout_ms=2000,
            heartbeat_ms=300,
        )
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            run(self._config, self._stop, self.ready.set)
        except BaseException as error:  # noqa: BLE001 - told to the test
            self._failure.append(error)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=30)
        assert not self._thread.is_alive()
        assert self._failure == []


def test_it_waits_for_the_broker_then_for_the_topics_and_makes_none(
    client: Client, database: str
) -> None:
    port = free_port()
    loader = Running(f"127.0.0.1:{port}", database)
    try:
        assert not loader.ready.wait(1.0)
        with EmbeddedBroker(port) as broker:
            assert not loader.ready.wait(2.0)
            make_topics(broker.address)  # would fail for topics that exist
            assert loader.ready.wait(60)
            story = Story(41, events=20)
            publish(broker.address, story.records())
            wait_until(
                lambda: (
                    sum(found.arrived for found in read_counts(client).values())
                    == len({(row["source"], row["receipt"]) for row in story.rows})
                ),
                60,
                "every receipt",
            )
            loader.stop()
    finally:
        loader.stop()


def test_it_stops_while_nothing_is_there() -> None:
    loader = Running(f"127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}")
    assert not loader.ready.wait(0.5)
    loader.stop()
