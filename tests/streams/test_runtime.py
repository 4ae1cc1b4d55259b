"""The worker on real brokers: nothing is lost, whatever dies; what is committed was published."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.streams.cluster import Cluster, Reader
from tests.streams.worker_process import EXIT_TERMINAL, WorkerProcess
from tests.support.apache_kafka import ApacheKafka, why_not
from tests.support.broker import EmbeddedBroker
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApacheKafka]:
    """One Apache Kafka for all tests of this module; their topics are apart."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    with ApacheKafka(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker


@pytest.fixture(params=["embedded", "apache-kafka"])
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """The topics of one test, on each kind of broker."""
    if request.param == "apache-kafka":
        yield new_cluster(request.getfixturevalue("kafka"))
    else:
        with EmbeddedBroker() as embedded:
            yield new_cluster(embedded)


def new_cluster(broker: EmbeddedBroker | ApacheKafka) -> Cluster:
    cluster = Cluster(broker.address, source=f"s{uuid.uuid4().hex[:12]}")
    cluster.create_topics()
    return cluster


@pytest.fixture
def located(cluster: Cluster) -> Iterator[Reader]:
    reader = Reader(cluster, "events")
    yield reader
    reader.close()


def wait_for_commit(cluster: Cluster, offsets: dict[int, int]) -> None:
    wait_until(lambda: cluster.committed() == offsets, 90, f"commits {offsets}")


def test_every_record_has_one_outcome_and_the_commit_reaches_the_end(
    cluster: Cluster, located: Reader, tmp_path: Path
) -> None:
    records = cluster.events(range(1, 4001))
    for poisoned in (3, 1000, 4000):
        records[poisoned - 1] = (poisoned, records[poisoned - 1][1], b"\xff poison")
    cluster.send(records)
    with WorkerProcess(cluster, tmp_path / "w") as worker:
        located.wait_for(set(range(1, 4001)) - {3, 1000, 4000})
        rejected = Reader(cluster, "rejected")
        rejected.wait_for({3, 1000, 4000})
        rejected.close()
        wait_for_commit(cluster, dict.fromkeys(range(4), 1000))
        assert worker.stop() == 0, worker.log()
    assert len(located.rows) == 3997, "an undisturbed run publishes nothing twice"


def test_killed_in_the_middle_of_a_chunk_it_reads_that_chunk_again(
    cluster: Cluster, located: Reader, tmp_path: Path
) -> None:
    cluster.send(cluster.events(range(1, 4001)))
    with WorkerProcess(cluster, tmp_path / "w", hang_at=3000) as worker:
        worker.wait_for_file("hangs")
        worker.kill()
    assert cluster.committed().get(0, 0) <= 749, "receipt 3000 has offset 749 in partition 0"
    with WorkerProcess(cluster, tmp_path / "w") as worker:
        located.wait_for(range(1, 4001))
        wait_for_commit(cluster, dict.fromkeys(range(4), 1000))
        assert worker.stop() == 0, worker.log()


def test_what_cannot_be_published_is_not_committed_and_tried_again(
    cluster: Cluster, located: Reader, tmp_path: Path
) -> None:
    cluster.send(cluster.events(range(1, 401)))
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "shut").touch()
    with WorkerProcess(cluster, tmp_path / "w", shut=True) as worker:
        wait_until(lambda: int(worker.wait_for_file("refused")) >= 8, 60, "eight refusals")
        assert cluster.committed() == {}
        (tmp_path / "w" / "shut").unlink()
        located.wait_for(range(1, 401))
        wait_for_commit(cluster, dict.fromkeys(range(4), 100))
        assert worker.stop() == 0, worker.log()


def test_an_own_mistake_ends_the_process_without_committing(
    cluster: Cluster, located: Reader, tmp_path: Path
) -> None:
    cluster.send(cluster.events(range(1, 401)))
    with WorkerProcess(cluster, tmp_path / "w", bug_at=4) as worker:
        assert worker.process.wait(timeout=60) == EXIT_TERMINAL, worker.log()
    assert cluster.committed().get(0, 0) == 0, "receipt 4 is the first of partition 0"
    with WorkerProcess(cluster, tmp_path / "w") as worker:
        located.wait_for(range(1, 401))
        wait_for_commit(cluster, dict.fromkeys(range(4), 100))
        assert worker.stop() == 0, worker.log()


def test_a_second_worker_shares_the_work_and_takes_over(
    cluster: Cluster, located: Reader, tmp_path: Path
) -> None:
    with WorkerProcess(cluster, tmp_path / "a") as first:
        first.wait_for_file("ready")
        cluster.send(cluster.events(range(1, 2001)))
        located.wait_for(range(1, 501))
        with WorkerProcess(cluster, tmp_path / "b") as second:
            second.wait_for_file("ready")
            cluster.send(cluster.events(range(2001, 4001)))
            located.wait_for(range(1, 4001))
            first.kill()
            cluster.send(cluster.events(range(4001, 6001)))
            located.wait_for(range(1, 6001))
            wait_for_commit(cluster, dict.fromkeys(range(4), 1500))
            assert second.stop() == 0, second.log()


def test_both_lanes_go_their_own_way(cluster: Cluster, located: Reader, tmp_path: Path) -> None:
    cluster.send(cluster.events(range(1, 2001)), topic=f"{cluster.raw}.backfill")
    cluster.send(cluster.events(range(2001, 2401)))
    history = Reader(cluster, "events.backfill")
    with WorkerProcess(cluster, tmp_path / "w", ["", ".backfill"]) as worker:
        located.wait_for(range(2001, 2401))
        history.wait_for(range(1, 2001))
        assert worker.stop() == 0, worker.log()
    history.close()
    assert located.receipts().isdisjoint(history.receipts())


def test_it_waits_for_a_broker_that_is_not_there_yet(tmp_path: Path) -> None:
    with EmbeddedBroker() as place:
        port = place.port
    cluster = Cluster(f"127.0.0.1:{port}")
    with WorkerProcess(cluster, tmp_path / "w") as worker:
        wait_until(lambda: "session_ended" in worker.log(), 60, "a first failure")
        with EmbeddedBroker(port):
            cluster.create_topics()
            cluster.send(cluster.events(range(1, 101)))
            located = Reader(cluster, "events")
            located.wait_for(range(1, 101))
            located.close()
            assert worker.stop() == 0, worker.log()


def test_it_can_be_stopped_while_it_waits_for_its_topics(cluster: Cluster, tmp_path: Path) -> None:
    with WorkerProcess(cluster, tmp_path / "w", [".not-created-yet"]) as worker:
        worker.wait_for_file("connects")
        assert worker.stop() == 0, worker.log()


def test_it_can_be_stopped_while_a_broker_does_not_answer(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        cluster = Cluster(f"127.0.0.1:{silent.getsockname()[1]}")
        with WorkerProcess(cluster, tmp_path / "w") as worker:
            worker.wait_for_file("connects")
            worker.process.terminate()
            assert worker.process.wait(timeout=8) == 0, worker.log()


def test_transaction_markers_are_holes_that_the_commit_passes(
    kafka: ApacheKafka, tmp_path: Path
) -> None:
    cluster = new_cluster(kafka)
    batches = [(cluster.events(range(n, n + 40)), n % 200 != 1) for n in range(1, 2001, 40)]
    cluster.send_in_transactions(batches)
    ends = cluster.log_ends()
    assert sum(ends.values()) > 2000, "markers take offsets"
    located = Reader(cluster, "events")
    with WorkerProcess(cluster, tmp_path / "w") as worker:
        located.wait_for(range(1, 2001))
        wait_for_commit(cluster, ends)
        assert worker.stop() == 0, worker.log()
    located.close()


def test_a_broker_that_dies_and_comes_back_loses_nothing(kafka: ApacheKafka, tmp_path: Path) -> None:
    cluster = new_cluster(kafka)
    cluster.send(cluster.events(range(1, 1001)))
    with WorkerProcess(cluster, tmp_path / "w") as worker:
        worker.wait_for_file("ready")
        kafka.kill()
        kafka.start()
        cluster.send(cluster.events(range(1001, 2001)))
        located = Reader(cluster, "events")
        located.wait_for(range(1, 2001), timeout=120)
        wait_for_commit(cluster, dict.fromkeys(range(4), 500))
        located.close()
        assert worker.stop() == 0, worker.log()
