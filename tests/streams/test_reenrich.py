"""Raw records once more, on a real broker: all of them under the new tables, stopped or not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from domain.topics import PARTITIONS
from streams.catching_up import Progress
from streams.reenrich import run
from streams.worker import StreamsConfig
from tests.streams.cluster import Cluster, Reader
from tests.streams.samples import municipality
from tests.support.broker import EmbeddedBroker

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

GEO_V = 7
EVENTS = 40_000
MARKS = set(range(1_000_000, 1_000_000 + PARTITIONS))


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with EmbeddedBroker() as embedded:
        made = Cluster(embedded.address)
        made.create_topics()
        yield made


@pytest.fixture
def backfill(cluster: Cluster) -> Iterator[Reader]:
    reader = Reader(cluster, "events.backfill")
    yield reader
    reader.close()


def reenrich(cluster: Cluster, folder: Path, until: Callable[[Progress], bool]) -> Progress:
    """Run until the end, or until ``until`` says that it is enough."""
    stop = threading.Event()

    def tell(progress: Progress) -> None:
        if until(progress):
            stop.set()

    config = StreamsConfig(
        cluster.address, cluster.group, (cluster.source,), municipality(), GEO_V, folder
    )
    return run(config, stop, tell)


def test_both_lanes_come_out_in_the_backfill_lane_and_rejects_not_again(
    cluster: Cluster, backfill: Reader, tmp_path: Path
) -> None:
    records = cluster.events(range(1, 2_001))
    records[4] = (5, records[4][1], b"\xff poison")
    cluster.send(records)
    cluster.send(cluster.events(range(2_001, 2_101)), f"{cluster.raw}.backfill")

    done = reenrich(cluster, tmp_path, lambda _progress: False)

    assert done == Progress(2_100, 2_100, done=True)
    backfill.wait_for(set(range(1, 2_101)) - {5})
    assert {row["geo_v"] for row in backfill.rows} == {GEO_V}
    assert len(backfill.rows) == 2_099
    for topic in ("events", "rejected"):
        assert read_up_to_marks(cluster, topic) == MARKS


def read_up_to_marks(cluster: Cluster, topic: str) -> set[int]:
    """Put a mark behind what each partition holds; return the receipts of all up to the marks."""
    marks = [
        (mark, mark % PARTITIONS, orjson.dumps({"source": cluster.source, "receipt": mark}))
        for mark in MARKS
    ]
    cluster.send(marks, topic)
    reader = Reader(cluster, topic)
    try:
        reader.wait_for(MARKS)
    finally:
        reader.close()
    return reader.receipts()


def test_stopped_in_the_middle_it_goes_on_where_it_was(
    cluster: Cluster, backfill: Reader, tmp_path: Path
) -> None:
    cluster.send(cluster.events(range(1, EVENTS + 1)))

    first = reenrich(cluster, tmp_path, lambda progress: progress.read > 0)
    assert 0 < first.read < first.total == EVENTS
    assert not first.done

    second = reenrich(cluster, tmp_path, lambda _progress: False)
    assert second.done
    assert second.total < EVENTS
    backfill.wait_for(range(1, EVENTS + 1))

    third = reenrich(cluster, tmp_path, lambda _progress: False)
    assert third == Progress(0, 0, done=True)
