"""The limit of one Python process: nothing but reading, parsing, writing JSON and sending.

``getmany`` of aiokafka, ``orjson.loads`` and ``orjson.dumps`` of each value as it is, and ``send_batch``
with the key and the headers of our rows. No validation, no place, no theme, no row: what this reaches,
no stage on the same libraries can pass.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from benchmarks.meter import Meter
from streams.publishing import MAX_BATCH_BYTES
from streams.tables import PlaceTables

_RECORDS = 8000


def bare_loop(
    bootstrap: str, raw: str, out: str, _tables: PlaceTables, meter: Meter, _folder: Path
) -> None:
    """Read, parse, write and send until every record was sent."""
    gc.freeze()
    gc.disable()
    asyncio.run(_run(bootstrap, raw, out, meter))


async def _run(bootstrap: str, raw: str, out: str, meter: Meter) -> None:
    consumer = AIOKafkaConsumer(
        raw,
        bootstrap_servers=bootstrap,
        group_id=meter.group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=6000,
        heartbeat_interval_ms=1000,
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        compression_type="zstd",
        max_batch_size=MAX_BATCH_BYTES,
    )
    await consumer.start()
    await producer.start()
    try:
        done = False
        while not done:
            for partition, records in (await consumer.getmany(max_records=_RECORDS)).items():
                meter.seen(len(records))
                await _send(producer, out, partition.partition, records)
                done = meter.published(len(records))
            await consumer.commit()
    finally:
        await producer.stop()
        await consumer.stop()


async def _send(producer: Any, topic: str, partition: int, records: Sequence[Any]) -> None:
    headers = [
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_source", b"urn:nld:gemeente:systeem:bench"),
        ("ce_type", b"nl.veiligheid.bench.v1"),
    ]
    deliveries = []
    batch = producer.create_batch()
    for record in records:
        event = orjson.loads(record.value)
        row = {
            "key": record.key,
            "value": orjson.dumps(event),
            "timestamp": record.timestamp,
            "headers": [*headers, ("ce_id", event["id"].encode())],
        }
        if batch.append(**row) is None:
            deliveries.append(await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            batch.append(**row)
    deliveries.append(await producer.send_batch(batch, topic, partition=partition))
    await asyncio.gather(*deliveries)
