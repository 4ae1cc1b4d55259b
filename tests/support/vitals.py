"""Vitals that a test can read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Unpack

from domain.recording import CounterMetric, GaugeMetric, HistogramMetric, Labels, Metric
from domain.vitals import Drained, Vitals
from wijkbeeld.health.progress import LoopReport, WatchedProgress


class TurnedMonotonic:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Heard:
    """Keeps what a part says of itself, under the sorted values of its labels."""

    def __init__(self) -> None:
        self.clock = TurnedMonotonic()
        self.progress = WatchedProgress(self.clock)
        self.drains: list[Drained] = []
        self.vitals = Vitals(self, self.progress, self.drains.append)
        self._counts: defaultdict[tuple[Metric, tuple[str, ...]], float] = defaultdict(float)
        self._gauges: dict[tuple[Metric, tuple[str, ...]], float] = {}
        self._seen: defaultdict[tuple[Metric, tuple[str, ...]], list[float]] = defaultdict(list)

    def count(self, metric: CounterMetric, n: float = 1, **labels: Unpack[Labels]) -> None:
        self._counts[metric, _key(metric, dict(labels))] += n

    def set(self, metric: GaugeMetric, value: float, **labels: Unpack[Labels]) -> None:
        self._gauges[metric, _key(metric, dict(labels))] = value

    def observe(
        self, metric: HistogramMetric, values: Iterable[float], **labels: Unpack[Labels]
    ) -> None:
        self._seen[metric, _key(metric, dict(labels))] += values

    def forget(self, metric: GaugeMetric, **labels: Unpack[Labels]) -> None:
        self._gauges.pop((metric, _key(metric, dict(labels))), None)

    def counted(self, metric: CounterMetric, *labels: str) -> float:
        return self._counts.get((metric, labels), 0.0)

    def gauge(self, metric: GaugeMetric, *labels: str) -> float | None:
        return self._gauges.get((metric, labels))

    def observed(self, metric: HistogramMetric, *labels: str) -> list[float]:
        return self._seen.get((metric, labels), [])

    def loop(self, name: str) -> LoopReport:
        """Return how a loop stands."""
        return next(report for report in self.progress.reports() if report.name == name)

    def busy(self) -> list[str]:
        """Return the loops that have something in hand."""
        return [report.name for report in self.progress.reports() if report.busy]


def _key(metric: Metric, labels: dict[str, Any]) -> tuple[str, ...]:
    assert set(labels) == set(metric.labels), f"{metric.name} has the labels {metric.labels}"
    return tuple(labels[name] for name in metric.labels)
