"""The same stages on four tools, each the way it is meant to be used. One process runs one of them.

Every contender reads the same raw topic from the start, validates, locates and classifies with the stage
functions of ``streams``, encodes the row, and publishes it with key and CloudEvents headers. A tool is
imported by its contender, so that no process carries the others' memory.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.bare_loop import bare_loop
from benchmarks.meter import Meter
from domain.codec import CODEC_VERSION, HEADER_CODEC, record_key
from streams.chunk import Chunk, Outgoing
from streams.classify import Classifier
from streams.encode import RowEncoder
from streams.events import Event
from streams.locate import Locator
from streams.pipeline import Pipeline
from streams.session import Work, serve
from streams.settings import RuntimeSettings
from streams.tables import PlaceTables
from streams.validate import Validator

Contender = Callable[[str, str, str, PlaceTables, Meter, Path], None]
"""bootstrap, raw topic, output topic, tables, meter, a folder for files."""

_CODEC = (HEADER_CODEC, CODEC_VERSION.encode())


class Stages:
    """The stages for tools that hand out values."""

    def __init__(self, source: str, tables: PlaceTables) -> None:
        self._source = source
        self._validate = Validator()
        self._locate = Locator(tables)
        classify = Classifier(tables.geo_v, tables.municipality.boundary_year)
        self._encode = RowEncoder(classify, tables.geo_v)

    def rows(self, values: Sequence[bytes]) -> list[tuple[bytes, bytes, dict[str, Any]]]:
        """Return key, value and headers of each event."""
        events = self._validate(self._source, values, [(_CODEC,)] * len(values)).events
        rows = self._encode(self._source, events, self._locate(events))
        return [
            (record_key(self._source, event.id), row, headers_of(event))
            for event, row in zip(events, rows, strict=True)
        ]


def headers_of(event: Event) -> dict[str, Any]:
    """Return the CloudEvents attributes of an event as Kafka headers."""
    return {
        "content-type": b"application/json",
        "ce_specversion": b"1.0",
        "ce_source": event.source.encode(),
        "ce_type": event.type.encode(),
        "ce_id": event.id.encode(),
    }


def ours(bootstrap: str, raw: str, out: str, tables: PlaceTables, meter: Meter, folder: Path) -> None:
    """Our streams worker: one Faust message is one chunk."""
    stop = threading.Event()
    pipeline = Pipeline(tables)

    def process(chunk: Chunk) -> list[Outgoing]:
        meter.seen(len(chunk))
        parts = pipeline(chunk)
        return [Outgoing(out, p.partition, p.keys, p.values, p.headers) for p in parts]

    def finished(records: int) -> None:
        if meter.published(records):
            stop.set()

    settings = RuntimeSettings(bootstrap, meter.group, (raw,), folder)
    serve(settings, Work(process, after_chunk=finished), stop, lambda: None)


def faust_take(
    bootstrap: str, raw: str, out: str, tables: PlaceTables, meter: Meter, folder: Path
) -> None:
    """Idiomatic Faust: an agent that takes up to 1,000 values and sends a message per event."""
    import faust

    app = faust.App(
        meter.group,
        broker=f"kafka://{bootstrap}",
        datadir=folder,
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=6.0,
        broker_heartbeat_interval=1.0,
        value_serializer="raw",
    )
    raw_topic = app.topic(raw, value_serializer="raw")
    out_topic = app.topic(out, value_serializer="raw", key_serializer="raw")
    stages = Stages(meter.source, tables)
    done = asyncio.Event()

    async def located(stream: Any) -> None:
        async for values in stream.take(1000, within=0.5):
            meter.seen(len(values))
            for key, value, headers in stages.rows(values):
                await out_topic.send(key=key, value=value, headers=headers)
            if meter.about_to_finish(len(values)):
                await app.producer.flush()
                meter.published(meter.events)
                done.set()

    app.agent(raw_topic)(located)

    async def run() -> None:
        await app.start()
        await done.wait()
        await app.stop()

    asyncio.run(run())


def quix(bootstrap: str, raw: str, out: str, tables: PlaceTables, meter: Meter, folder: Path) -> None:
    """Idiomatic quixstreams: a dataframe that applies the stages per record."""
    from quixstreams import Application

    app = Application(
        broker_address=bootstrap,
        consumer_group=meter.group,
        auto_offset_reset="earliest",
        state_dir=folder,
        auto_create_topics=False,
        loglevel="WARNING",
        consumer_extra_config={"session.timeout.ms": 6000, "heartbeat.interval.ms": 1000},
        producer_extra_config={"compression.type": "lz4", "acks": "all"},
    )
    raw_topic = app.topic(raw, value_deserializer="bytes", key_deserializer="bytes")
    out_topic = app.topic(out, value_serializer="bytes", key_serializer="bytes")
    stages = Stages(meter.source, tables)

    def locate(value: bytes) -> tuple[bytes, bytes, dict[str, Any]]:
        meter.seen(1)
        if meter.about_to_finish(1):
            app.stop()  # after this message; sends and commits what is pending
        return stages.rows([value])[0]

    frame = app.dataframe(raw_topic).apply(locate)
    frame = frame.set_headers(lambda row, *_: list(row[2].items()))
    frame.apply(lambda row: row[1]).to_topic(out_topic)
    app.run()
    meter.published(meter.events)


def bytewax_flow(
    bootstrap: str, raw: str, out: str, tables: PlaceTables, meter: Meter, _folder: Path
) -> None:
    """Idiomatic bytewax: a dataflow from a Kafka source to a Kafka sink, in batches."""
    from bytewax import operators as op
    from bytewax.connectors.kafka import KafkaSink, KafkaSinkMessage, KafkaSource
    from bytewax.dataflow import Dataflow
    from bytewax.testing import run_main

    stages = Stages(meter.source, tables)

    def locate(messages: list[Any]) -> list[Any]:
        meter.seen(len(messages))
        return [
            KafkaSinkMessage(key, value, headers=list(headers.items()))
            for key, value, headers in stages.rows([message.value for message in messages])
        ]

    flow = Dataflow("located")
    source = KafkaSource([bootstrap], [raw], tail=False)
    located = op.flat_map_batch("locate", op.input("raw", flow, source), locate)
    settings = {"compression.type": "lz4", "acks": "all"}
    op.output("out", located, KafkaSink([bootstrap], out, add_config=settings))
    # Ends with the topic; the sink has flushed each batch.
    run_main(flow)  # type: ignore[no-untyped-call]  # its stub has no types for it
    meter.published(meter.events)


CONTENDERS: dict[str, Contender] = {
    "ours": ours,
    "bare loop": bare_loop,
    "quixstreams": quix,
    "bytewax": bytewax_flow,
    "faust take(1000)": faust_take,
}
