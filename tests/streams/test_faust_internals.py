"""What ADR 0004 relies on in Faust, mode and aiokafka. When one fails, read it before upgrading."""

from __future__ import annotations

import inspect
from importlib.metadata import version

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.consumer.fetcher import FetchResult, PartitionRecords
from aiokafka.consumer.subscription_state import Assignment, TopicPartitionState
from faust.app.base import App, BootStrategy
from faust.serializers.codecs import get_codec
from faust.tables.recovery import Recovery
from faust.transport.consumer import Consumer
from faust.transport.drivers import aiokafka as driver
from mode.threads import ServiceThread, WorkerThread

from streams.runtime import ChunkConsumer, ChunkThread


def test_the_versions_are_the_ones_that_were_read() -> None:
    assert version("faust-streaming") == "0.15.3"
    assert version("aiokafka") == "0.14.0"


@pytest.mark.parametrize(
    ("base", "ours"),
    [(driver.Consumer, ChunkConsumer), (driver.AIOKafkaConsumerThread, ChunkThread)],
)
def test_every_method_that_we_replace_still_exists(base: type, ours: type) -> None:
    own = {"last_fetch", "app"}
    for name, member in vars(ours).items():
        if callable(member) and not name.startswith("__") and name not in own:
            assert hasattr(base, name), name


@pytest.mark.parametrize(
    ("method", "calls"),
    [
        (
            Consumer.getmany,
            ["self._wait_next_records", "self.scheduler.iterate", "to_message(tp, record)"],
        ),
        (Consumer._wait_next_records, ["self._getmany("]),
        (
            Consumer._drain_messages,
            ["self._read_offset.__getitem__", "r_offset is None or offset >= r_offset"],
        ),
        (Consumer.commit, ["self.force_commit("]),
        (Consumer.on_stop, ["self.wait_empty()"]),
        (App._consumer_wait_empty, ["consumer.wait_empty()"]),
        (App._on_partitions_revoked, ["consumer.stop_flow", "_consumer_wait_empty"]),
        (Recovery._resume_streams, ["consumer.perform_seek()", "consumer.resume_flow()"]),
        (driver.AIOKafkaConsumerThread.getmany, ["self.call_thread(", "self._fetch_records"]),
        (driver.AIOKafkaConsumerThread.commit, ["self.call_thread(self._commit"]),
        (driver.AIOKafkaConsumerThread._create_worker_consumer, ["RoundRobinPartitionAssignor"]),
        (AIOKafkaConsumer.start, ["fetch_max_wait_ms=self._fetch_max_wait_ms"]),
        (PartitionRecords._unpack_records, ["self._consumer_record(tp, record)"]),
        (FetchResult.getall, ["self._update_position()"]),
        (BootStrategy._should_enable_kafka_producer, ["self.enable_kafka_producer"]),
        (ServiceThread.start, ["self.Worker(self)"]),
    ],
)
def test_faust_still_goes_this_way(method: object, calls: list[str]) -> None:
    source = inspect.getsource(method)  # type: ignore[arg-type]  # functions of several classes
    for call in calls:
        assert call in source


def test_a_rebalance_seeks_before_the_flow_resumes() -> None:
    source = inspect.getsource(Recovery._resume_streams)
    assert source.index("perform_seek") < source.index("consumer.resume_flow")


def test_the_raw_codec_passes_what_is_no_bytes() -> None:
    chunk = object()
    assert get_codec("raw").loads(chunk) is chunk  # type: ignore[arg-type]  # that is the point


def test_positions_are_where_we_read_them() -> None:
    state = inspect.getsource(TopicPartitionState)
    assert "def has_valid_position" in state
    assert "def position" in state
    assert callable(Assignment.state_value)
    assert isinstance(inspect.getattr_static(Assignment, "tps"), property)
    assert issubclass(ChunkThread.Worker, WorkerThread)
