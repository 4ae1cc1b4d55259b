"""The streams part: what the command line room starts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from domain.areas import Municipality
from domain.topics import Lane, raw_topic
from domain.vitals import Vitals
from streams.measuring import ChunkMeter
from streams.pipeline import Pipeline
from streams.session import Work, serve
from streams.settings import RuntimeSettings
from streams.tables import build_tables


@dataclass(frozen=True, slots=True)
class StreamsConfig:
    """What the streams part needs to know.

    Attributes:
        bootstrap: broker address, ``host:port``, several with commas.
        group: consumer group; on an embedded broker it must carry the broker's incarnation.
        sources: names of the sources whose raw topics are read, both lanes.
        municipality: the gemeente whose wijken events are placed in.
        geo_v: version of the area and street tables, counted up when any of them changes.
        folder: a folder for Faust; nothing of ours is kept in it.
        streets_csv: text of a street and postcode table (``streams.street_table.parse_streets``).
        client_id: name of this worker in the broker's logs.
        areas_geojson: polygons of the wijken (``streams.areas_index.parse_areas``).
    """

    bootstrap: str
    group: str
    sources: tuple[str, ...]
    municipality: Municipality
    geo_v: int
    folder: Path
    streets_csv: str | None = None
    areas_geojson: bytes | None = None
    client_id: str = "wijkbeeld-streams"


def run(
    config: StreamsConfig,
    stop: threading.Event,
    on_ready: Callable[[], None],
    vitals: Vitals | None = None,
) -> None:
    """Turn raw records into events, figures and rejects until ``stop`` is set.

    Waits for an absent broker. Returns after a drain of at most 5 s. ``vitals`` is told how it does.

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
    settings = RuntimeSettings(
        bootstrap=config.bootstrap,
        group=config.group,
        topics=tuple(raw_topic(source, lane) for source in config.sources for lane in Lane),
        folder=config.folder,
        client_id=config.client_id,
    )
    vitals = vitals or Vitals()
    meter = ChunkMeter(vitals)
    work = Work(Pipeline(tables, meter.rejected), meter=meter)
    vitals.drained(serve(settings, work, stop, on_ready))
