"""Every Kafka topic: name, partitions, retention. The rooms know each other only by these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

PARTITIONS = 4
"""Partitions of the topics that carry events. Raw topics and ``events`` have the same number, so that a
chunk of a raw partition goes to one partition of ``events``."""

RAW_PREFIX = "raw."
BACKFILL_SUFFIX = ".backfill"

EVENTS = "events"
EVENTS_BACKFILL = EVENTS + BACKFILL_SUFFIX
FIGURES = "figures"
REJECTED = "rejected"
ACKS = "acks"


class Lane(StrEnum):
    """History travels beside live events, never before them."""

    LIVE = "live"
    BACKFILL = "backfill"


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as it is created: name, partitions, retention."""

    name: str
    partitions: int
    retention: timedelta


def raw_topic(source: str, lane: Lane) -> str:
    """Return the raw topic of a source and lane."""
    return RAW_PREFIX + source + (BACKFILL_SUFFIX if lane is Lane.BACKFILL else "")


def source_of(topic: str) -> str:
    """Return the source whose raw topic this is."""
    return topic.removeprefix(RAW_PREFIX).removesuffix(BACKFILL_SUFFIX)


def lane_of(topic: str) -> Lane:
    """Return the lane of a raw or events topic."""
    return Lane.BACKFILL if topic.endswith(BACKFILL_SUFFIX) else Lane.LIVE


def events_topic(lane: Lane) -> str:
    """Return the topic of located events for a lane."""
    return EVENTS_BACKFILL if lane is Lane.BACKFILL else EVENTS


def topic_specs(sources: Iterable[str]) -> tuple[TopicSpec, ...]:
    """Return every topic that a system with these sources has.

    Raw topics hold street and postcode, so they keep days, not years (README, "Privacy").
    """
    raw = tuple(
        TopicSpec(raw_topic(source, lane), PARTITIONS, timedelta(days=3))
        for source in sources
        for lane in Lane
    )
    return (
        *raw,
        TopicSpec(EVENTS, PARTITIONS, timedelta(days=14)),
        TopicSpec(EVENTS_BACKFILL, PARTITIONS, timedelta(days=14)),
        TopicSpec(FIGURES, PARTITIONS, timedelta(days=14)),
        TopicSpec(REJECTED, PARTITIONS, timedelta(days=14)),
        TopicSpec(ACKS, 1, timedelta(days=3)),
    )
