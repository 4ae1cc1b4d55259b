"""Topic names, lanes and partitions."""

from __future__ import annotations

import re
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.topics import (
    ACKS,
    EVENTS,
    EVENTS_BACKFILL,
    FIGURES,
    PARTITIONS,
    REJECTED,
    Lane,
    events_topic,
    lane_of,
    raw_topic,
    source_of,
    topic_specs,
)
from tests.support.strategies import source_names

SOURCES = st.lists(source_names(), unique=True, max_size=8)


@given(SOURCES)
def test_names_are_unique_and_kafka_takes_them(sources: list[str]) -> None:
    names = [spec.name for spec in topic_specs(sources)]
    assert len(set(names)) == len(names)
    # Kafka: at most 249 of these; it warns where . and _ meet in one name, so _ is not used.
    assert [name for name in names if not re.fullmatch(r"[a-zA-Z0-9.-]{1,249}", name)] == []


@given(SOURCES)
def test_every_source_has_a_topic_per_lane(sources: list[str]) -> None:
    names = {spec.name for spec in topic_specs(sources)}
    shared = {EVENTS, EVENTS_BACKFILL, FIGURES, REJECTED, ACKS}
    assert names == shared | {raw_topic(source, lane) for source in sources for lane in Lane}


@given(SOURCES)
def test_source_and_lane_come_back_out_of_the_name(sources: list[str]) -> None:
    for source in sources:
        for lane in Lane:
            assert source_of(raw_topic(source, lane)) == source
            assert lane_of(raw_topic(source, lane)) is lane


def test_the_lanes_of_events_are_apart() -> None:
    assert {lane: events_topic(lane) for lane in Lane} == {
        Lane.LIVE: "events",
        Lane.BACKFILL: "events.backfill",
    }
    assert [lane_of(events_topic(lane)) for lane in Lane] == list(Lane)


def test_raw_topics_and_events_have_the_same_partitions() -> None:
    partitions = {spec.name: spec.partitions for spec in topic_specs(["p2000", "demo"])}
    assert partitions.pop(ACKS) == 1
    assert set(partitions.values()) == {PARTITIONS}


def test_raw_topics_keep_days_and_less_than_located_events() -> None:
    kept = {spec.name: spec.retention for spec in topic_specs(["p2000"])}
    raw = [kept[raw_topic("p2000", lane)] for lane in Lane]
    assert max(raw) <= timedelta(days=7)
    assert max(raw) < min(kept[EVENTS], kept[EVENTS_BACKFILL])
    assert kept[REJECTED] == timedelta(days=14)


def test_a_system_without_sources_has_the_shared_topics() -> None:
    assert len(topic_specs([])) == 5
