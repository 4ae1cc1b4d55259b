"""Everything that the raw topics still hold, located once more under other tables.

Raw records are the only place where street and postcode are. An event carries the version of its tables
in its own, so that it takes the place of what older tables made of the same record, and of nothing else:
a later revision that was located meanwhile stays.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace

from domain.topics import EVENTS, EVENTS_BACKFILL, PARTITIONS, REJECTED, Lane, raw_topic
from streams.catching_up import CatchingUp, Partition, Progress
from streams.chunk import Chunk, Outgoing
from streams.commit_tracker import CommitTracker
from streams.pipeline import Pipeline
from streams.session import Work, serve
from streams.settings import RuntimeSettings
from streams.tables import build_tables
from streams.worker import StreamsConfig


def run(config: StreamsConfig, stop: threading.Event, tell: Callable[[Progress], None]) -> Progress:
    """Work once through what the raw topics hold now, both lanes, from where the group has come.

    Events go to the backfill lane, so that live ones are loaded first. Rejects are left out: each was
    made when the record first came, and no table decides on one. Waits for an absent broker.

    Args:
        config: as of a worker, with a consumer group that no other tables have used.
        stop: gives up when set, and is set when all is done.
        tell: is told, again and again, how far it is.

    Returns:
        How far it came; after a stop the same call with the same group goes on from there.

    Raises:
        SettingsError: a table cannot be used.
        Terminal: it cannot go on; nothing unfinished was acknowledged.
    """
    tables = build_tables(
        config.municipality,
        config.geo_v,
        streets_csv=config.streets_csv,
        areas_geojson=config.areas_geojson,
    )
    topics = tuple(raw_topic(source, lane) for source in config.sources for lane in Lane)
    catching = CatchingUp([(topic, number) for topic in topics for number in range(PARTITIONS)])
    latest = Progress()

    def look(ends: Mapping[Partition, int], tracker: CommitTracker[Partition]) -> None:
        nonlocal latest
        finished = {partition: at for partition, (at, _) in tracker.standing().items()}
        latest = catching.look(tracker.begins(), ends, finished)
        tell(latest)
        if latest.done:
            stop.set()

    settings = RuntimeSettings(
        bootstrap=config.bootstrap,
        group=config.group,
        topics=topics,
        folder=config.folder,
        client_id=config.client_id,
    )
    serve(settings, Work(_second_time(Pipeline(tables)), look=look), stop, lambda: None)
    return latest


def _second_time(pipeline: Pipeline) -> Callable[[Chunk], list[Outgoing]]:
    def process(chunk: Chunk) -> list[Outgoing]:
        return [
            replace(part, topic=EVENTS_BACKFILL) if part.topic == EVENTS else part
            for part in pipeline(chunk)
            if part.topic != REJECTED
        ]

    return process
