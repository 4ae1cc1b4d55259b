"""What a scrape finds."""

from __future__ import annotations

import threading

import pytest
from prometheus_client.parser import text_string_to_metric_families

from domain.metrics import (
    ACCEPTED_TO_STORED,
    CONSUMER_LAG,
    INGEST_OUTBOX,
    LOADER_ROWS,
    METRICS,
    PART_READY,
)
from domain.recording import CounterMetric, GaugeMetric, NoRecorder, Recorder
from wijkbeeld.health.prometheus import PrometheusRecorder


def samples(recorder: PrometheusRecorder) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(recorder.exposition().decode())
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_each_kind_is_exposed_under_its_name_and_labels() -> None:
    recorder = PrometheusRecorder()
    recorder.count(LOADER_ROWS, 3, table="event_log")
    recorder.count(LOADER_ROWS, table="event_log")
    recorder.set(INGEST_OUTBOX, 7)
    recorder.observe(ACCEPTED_TO_STORED, (0.06, 0.07, 40.0), source="demo")

    found = samples(recorder)
    assert found["wijkbeeld_loader_rows_total", (("table", "event_log"),)] == 4
    assert found["wijkbeeld_ingest_outbox_records", ()] == 7
    bucket = "wijkbeeld_accepted_to_stored_seconds_bucket"
    assert found[bucket, (("le", "0.05"), ("source", "demo"))] == 0
    assert found[bucket, (("le", "0.1"), ("source", "demo"))] == 2
    assert found[bucket, (("le", "+Inf"), ("source", "demo"))] == 3


def test_a_part_shows_only_what_it_measures_and_what_its_process_uses() -> None:
    names = {name for name, _ in samples(PrometheusRecorder())}
    assert not [name for name in names if name.startswith("wijkbeeld_")]
    assert "process_resident_memory_bytes" in names


def test_two_recorders_share_nothing() -> None:
    one, other = PrometheusRecorder(), PrometheusRecorder()
    one.set(INGEST_OUTBOX, 1)
    assert ("wijkbeeld_ingest_outbox_records", ()) not in samples(other)


def test_the_gauge_of_a_partition_that_is_gone_is_gone() -> None:
    recorder = PrometheusRecorder()
    assert recorder.total(CONSUMER_LAG) is None
    for partition, lag in (("0", 5), ("1", 6)):
        recorder.set(CONSUMER_LAG, lag, part="loader", topic="events", partition=partition)
    assert recorder.total(CONSUMER_LAG) == 11
    recorder.forget(CONSUMER_LAG, partition="1", topic="events", part="loader")
    recorder.forget(CONSUMER_LAG, partition="9", topic="events", part="loader")
    assert recorder.total(CONSUMER_LAG) == 5


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_the_library_takes_every_metric_of_the_vocabulary(metric: object) -> None:
    for recorder in (PrometheusRecorder(), NoRecorder()):
        _measure(recorder, metric)


def _measure(recorder: Recorder, metric: object) -> None:
    labels = dict.fromkeys(metric.labels, "x")  # type: ignore[attr-defined]  # all kinds have them
    if isinstance(metric, CounterMetric):
        recorder.count(metric, 1, **labels)
    elif isinstance(metric, GaugeMetric):
        recorder.set(metric, 1, **labels)
    else:
        recorder.observe(metric, (1.0,), **labels)  # type: ignore[arg-type]  # the third kind


def test_threads_that_meet_at_the_first_measurement_make_one_metric() -> None:
    recorder = PrometheusRecorder()
    start = threading.Barrier(8)

    def measure() -> None:
        start.wait()
        recorder.count(LOADER_ROWS, table="event_log")
        recorder.set(PART_READY, 1.0, part="loader")

    threads = [threading.Thread(target=measure) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert samples(recorder)["wijkbeeld_loader_rows_total", (("table", "event_log"),)] == 8
