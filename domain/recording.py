"""How a room tells what it measures, without knowing where that goes.

A metric is one of the constants of ``domain.metrics``; each kind has its own class and each label its
own type, so that a wrong name, kind or label is a typing error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol, TypedDict, Unpack

LabelName = Literal["lane", "loop", "part", "partition", "reason", "source", "table", "topic"]


class Labels(TypedDict, total=False):
    """The labels there are; a metric says which it has. Values come from closed sets or settings."""

    lane: str
    loop: str
    part: str
    partition: str
    reason: str
    source: str
    table: str
    topic: str


@dataclass(frozen=True, slots=True)
class _Described:
    name: str
    help: str
    labels: tuple[LabelName, ...] = ()


@dataclass(frozen=True, slots=True)
class CounterMetric(_Described):
    """Only grows while the process lives; its name ends in ``_total``."""


@dataclass(frozen=True, slots=True)
class GaugeMetric(_Described):
    """Goes up and down."""


@dataclass(frozen=True, slots=True)
class HistogramMetric(_Described):
    """Counts observations up to each of ``buckets``: upper bounds, ascending, in the name's unit."""

    buckets: tuple[float, ...] = ()


Metric = CounterMetric | GaugeMetric | HistogramMetric


class Recorder(Protocol):
    """Takes measurements. Safe to use from several threads; called per chunk or batch, not per event."""

    def count(self, metric: CounterMetric, n: float = 1, **labels: Unpack[Labels]) -> None:
        """Add ``n`` to a counter."""
        ...

    def set(self, metric: GaugeMetric, value: float, **labels: Unpack[Labels]) -> None:
        """Set a gauge."""
        ...

    def observe(
        self, metric: HistogramMetric, values: Iterable[float], **labels: Unpack[Labels]
    ) -> None:
        """Add observations to a histogram."""
        ...

    def forget(self, metric: GaugeMetric, **labels: Unpack[Labels]) -> None:
        """Drop the gauge of these labels: what it measured is not ours any more."""
        ...


class NoRecorder:
    """Takes measurements and keeps none."""

    def count(self, metric: CounterMetric, n: float = 1, **labels: Unpack[Labels]) -> None:
        """Do nothing."""

    def set(self, metric: GaugeMetric, value: float, **labels: Unpack[Labels]) -> None:
        """Do nothing."""

    def observe(
        self, metric: HistogramMetric, values: Iterable[float], **labels: Unpack[Labels]
    ) -> None:
        """Do nothing."""

    def forget(self, metric: GaugeMetric, **labels: Unpack[Labels]) -> None:
        """Do nothing."""
