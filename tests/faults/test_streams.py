"""Faults 2 and 6: streams keep no state, and a storm of rebalances loses nothing."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka.admin import KafkaAdminClient  # type: ignore[import-untyped]  # ships no types

from domain.topics import PARTITIONS
from tests.faults.conftest import Broker
from tests.streams.cluster import Cluster, Reader
from tests.streams.worker_process import WorkerProcess
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

ROUND = 400
ROUNDS = 5


@pytest.fixture
def cluster(broker: Broker) -> Cluster:
    """Topics of this test."""
    cluster = Cluster(broker.address, source=f"s{uuid.uuid4().hex[:12]}")
    cluster.create_topics()
    return cluster


@pytest.fixture
def located(cluster: Cluster) -> Iterator[Reader]:
    reader = Reader(cluster, "events")
    yield reader
    reader.close()


def topics(cluster: Cluster) -> set[str]:
    admin = KafkaAdminClient(bootstrap_servers=cluster.address)
    try:
        return {name for name in admin.list_topics() if not name.startswith("__")}
    finally:
        admin.close()


def test_02_no_memory_of_what_was_seen_can_take_a_replay_for_a_duplicate(
    cluster: Cluster, located: Reader, tmp_path: Path
) -> None:
    before = topics(cluster)
    with WorkerProcess(cluster, tmp_path / "w") as worker:
        for _ in range(2):
            cluster.send(cluster.events(range(1, 101)))
        wait_until(lambda: _read(located) >= 200, 90, "every record, both times")
        assert worker.stop() == 0, worker.log()
    assert topics(cluster) == before, "a changelog would be a topic"


def _read(located: Reader) -> int:
    located.wait_for(range(1, 101))
    return len(located.rows)


def receipt_of(partition: int, offset: int) -> int:
    """Return the receipt of the record at an offset, as ``Cluster.events`` spreads them."""
    return offset * PARTITIONS + (partition or PARTITIONS)


class Watch:
    """Compares what is committed with what was committed before and with what is published."""

    def __init__(self, cluster: Cluster, located: Reader) -> None:
        self._cluster, self._located = cluster, located
        self._before: dict[int, int] = {}

    def look(self) -> None:
        """Check that commits never go back and pass nothing that is not published."""
        now = self._cluster.committed()
        assert all(now.get(p, 0) >= offset for p, offset in self._before.items()), (self._before, now)
        passed = {receipt_of(p, offset) for p, end in now.items() for offset in range(end)}
        self._located.wait_for(passed)
        self._before = now


def test_06_a_storm_of_rebalances(cluster: Cluster, located: Reader, tmp_path: Path) -> None:
    watch = Watch(cluster, located)
    with contextlib.ExitStack() as stack:
        workers = [stack.enter_context(WorkerProcess(cluster, tmp_path / "0"))]
        for number in range(ROUNDS):
            cluster.send(cluster.events(range(number * ROUND + 1, (number + 1) * ROUND + 1)))
            newcomer = WorkerProcess(cluster, tmp_path / str(number + 1))
            workers.append(stack.enter_context(newcomer))
            newcomer.wait_for_file("ready", timeout=120)
            watch.look()
            leaver = workers.pop(0)
            if number % 2:
                leaver.kill()
            else:
                assert leaver.stop() == 0, leaver.log()
            watch.look()
        located.wait_for(range(1, ROUNDS * ROUND + 1))
        ends = dict.fromkeys(range(PARTITIONS), ROUNDS * ROUND // PARTITIONS)
        wait_until(lambda: cluster.committed() == ends, 60, f"commits {ends}")
        watch.look()
        assert workers[0].stop() == 0, workers[0].log()
