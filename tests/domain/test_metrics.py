"""The vocabulary of metrics: complete, named as Prometheus wants, and explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from domain import metrics
from domain.metrics import METRICS
from domain.recording import CounterMetric, GaugeMetric, HistogramMetric, Metric

DOCS = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"
UNITS = ("seconds", "bytes", "records", "rows", "cells", "batches", "chunks", "failures", "listeners")
STATES = ("trouble", "ready", "held", "stopped")

each = pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)


def test_every_metric_that_is_defined_is_on_the_list_once() -> None:
    kinds = (CounterMetric, GaugeMetric, HistogramMetric)
    defined = [value for value in vars(metrics).values() if isinstance(value, kinds)]
    assert sorted(metric.name for metric in METRICS) == sorted(metric.name for metric in defined)
    assert len({metric.name for metric in METRICS}) == len(METRICS)


@each
def test_its_name_is_a_prometheus_name(metric: Metric) -> None:
    assert re.fullmatch(r"wijkbeeld_[a-z]+(_[a-z]+)+", metric.name)
    if isinstance(metric, CounterMetric):
        assert metric.name.endswith("_total")
    else:
        # These endings belong to what the library makes of counters and histograms.
        assert not metric.name.endswith(("_total", "_count", "_sum", "_bucket", "_created", "_info"))
        assert metric.name.rpartition("_")[2] in UNITS + STATES


@each
def test_it_says_what_it_is(metric: Metric) -> None:
    assert metric.help.endswith(".")
    assert not re.search(r"\d{4}-", metric.help)


@each
def test_its_labels_are_names_and_its_buckets_ascend(metric: Metric) -> None:
    assert len(set(metric.labels)) == len(metric.labels)
    assert "le" not in metric.labels
    if isinstance(metric, HistogramMetric):
        assert len(metric.buckets) >= 5
        assert list(metric.buckets) == sorted(set(metric.buckets))


def test_the_page_about_metrics_lists_each_with_its_kind_and_labels() -> None:
    kinds = {CounterMetric: "counter", GaugeMetric: "gauge", HistogramMetric: "histogram"}
    expected = {
        (metric.name, kinds[type(metric)], ", ".join(metric.labels) or "-") for metric in METRICS
    }
    rows = re.findall(r"^\| `(wijkbeeld_\w+)` \| (\w+) \| ([^|]+) \|", DOCS.read_text(), re.MULTILINE)
    assert {(name, kind, labels.strip()) for name, kind, labels in rows} == expected
    assert len(rows) == len(expected)
