"""Measurements in the text format of Prometheus: the only module that knows its client library."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TypeVar, Unpack

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from domain.recording import CounterMetric, GaugeMetric, HistogramMetric, Labels

CONTENT_TYPE = CONTENT_TYPE_LATEST
Vendor = TypeVar("Vendor", Counter, Gauge, Histogram)


class PrometheusRecorder:
    """Keeps the measurements of one process, in a registry of its own.

    A metric appears with its first measurement, so that a part shows only what it measures. Memory, time
    and open files of the process are there from the start (``process_*``).
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._guard = threading.Lock()
        self._counters: dict[str, Counter] = {}
        self._gauges: dict[str, Gauge] = {}
        self._histograms: dict[str, Histogram] = {}

    def count(self, metric: CounterMetric, n: float = 1, **labels: Unpack[Labels]) -> None:
        """Add ``n`` to a counter."""
        counter = self._known(
            self._counters,
            metric.name,
            lambda: Counter(metric.name, metric.help, metric.labels, registry=self._registry),
        )
        (counter.labels(**labels) if metric.labels else counter).inc(n)

    def set(self, metric: GaugeMetric, value: float, **labels: Unpack[Labels]) -> None:
        """Set a gauge."""
        gauge = self._gauge(metric)
        (gauge.labels(**labels) if metric.labels else gauge).set(value)

    def observe(
        self, metric: HistogramMetric, values: Iterable[float], **labels: Unpack[Labels]
    ) -> None:
        """Add observations to a histogram."""
        histogram = self._known(
            self._histograms,
            metric.name,
            lambda: Histogram(
                metric.name,
                metric.help,
                metric.labels,
                buckets=metric.buckets,
                registry=self._registry,
            ),
        )
        child = histogram.labels(**labels) if metric.labels else histogram
        for value in values:
            child.observe(value)

    def forget(self, metric: GaugeMetric, **labels: Unpack[Labels]) -> None:
        """Drop the gauge of these labels."""
        given = dict(labels)
        self._gauge(metric).remove(*(str(given[name]) for name in metric.labels))

    def total(self, metric: GaugeMetric) -> float | None:
        """Return the sum of a gauge over its labels; None when nothing was measured."""
        gauge = self._gauges.get(metric.name)
        if gauge is None:
            return None
        values = [sample.value for family in gauge.collect() for sample in family.samples]
        return sum(values) if values else None

    def exposition(self) -> bytes:
        """Return all measurements as text."""
        return generate_latest(self._registry)

    def _gauge(self, metric: GaugeMetric) -> Gauge:
        return self._known(
            self._gauges,
            metric.name,
            lambda: Gauge(metric.name, metric.help, metric.labels, registry=self._registry),
        )

    def _known(self, kept: dict[str, Vendor], name: str, make: Callable[[], Vendor]) -> Vendor:
        found = kept.get(name)
        if found is None:
            with self._guard:
                found = kept.get(name)
                if found is None:
                    found = kept[name] = make()
        return found
