"""Publishing what a chunk became: one batch per topic, on the chunk's own partition number.

A batch is built in one go and sent as one request (aiokafka ``create_batch`` and ``send_batch``), which
costs a tenth of a ``send`` per record. The producer waits for all in-sync replicas and is idempotent
where the broker gives out producer ids to it, so that its own retries add no duplicates. (The embedded
broker answers only newer versions of that request than aiokafka speaks.) A chunk that is worked on again
after a crash does add duplicates, and everything downstream is built for that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    CommitFailedError,
    IllegalStateError,
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    UnknownError,
)
from aiokafka.producer.message_accumulator import (
    BatchBuilder,
)

from domain.errors import BrokerUnavailable, SettingsError
from streams.chunk import Outgoing

MAX_BATCH_BYTES = 900_000
"""Kafka's own default limit for a batch is 1 MiB; this is counted before compression."""

REQUEST_TIMEOUT_MS = 10_000

_log = structlog.get_logger(__name__)

# Trying again cannot make these succeed: somebody has to change a setting of the broker.
_REFUSED = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    InvalidTopicError,
    TopicAuthorizationFailedError,
)


def passes_by_itself(error: BaseException) -> bool:
    """Return whether a Kafka client's error needs no more than another try, or a new assignment."""
    if isinstance(error, CommitFailedError | IllegalStateError):
        return True
    return isinstance(error, KafkaError) and bool(error.retriable)


class Publisher:
    """A producer of whole batches; belongs to the event loop that first uses it.

    Args:
        bootstrap: ``host:port``, several with commas.
        client_id: name in the broker's logs.
    """

    def __init__(self, bootstrap: str, client_id: str) -> None:
        self._bootstrap = bootstrap
        self._client_id = client_id
        self._producer: Any = None
        self._connecting = asyncio.Lock()

    async def start(self) -> None:
        """Connect and get a producer id.

        Raises:
            BrokerUnavailable: the broker does not answer.
        """
        await self._connected()

    async def stop(self) -> None:
        """Send what is pending and disconnect."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.stop()

    async def publish(self, outgoing: Sequence[Outgoing]) -> None:
        """Return when the broker has stored every record.

        Raises:
            BrokerUnavailable: it has not, or it is not known; the same call may be made again.
            SettingsError: the broker refuses these records for good.
        """
        await self._deliver(outgoing)

    async def publish_at(self, outgoing: Sequence[Outgoing]) -> dict[tuple[str, int], int]:
        """Do as ``publish``; return by topic and partition the offset after the last record.

        Raises:
            BrokerUnavailable: as ``publish``, or the broker does not tell where it put the records.
            SettingsError: as ``publish``.
        """
        ends: dict[tuple[str, int], int] = {}
        for part, records, offset in await self._deliver(outgoing):
            if offset < 0:  # what a repeated request may be answered with
                raise BrokerUnavailable("publisher: the broker does not tell an offset")
            ends[part.topic, part.partition] = offset + records
        return ends

    async def _deliver(self, outgoing: Sequence[Outgoing]) -> list[tuple[Outgoing, int, int]]:
        """Return per batch: what it is of, its number of records, its first offset."""
        producer = await self._connected()
        try:
            sent = [
                (part, batch, await producer.send_batch(batch, part.topic, partition=part.partition))
                for part in outgoing
                for batch in _batches(producer, part)
            ]
            stored = await asyncio.gather(*[delivery for _, _, delivery in sent])
            return [
                (part, batch.record_count(), found.offset)
                for (part, batch, _), found in zip(sent, stored, strict=True)
            ]
        except _REFUSED as error:
            name = type(error).__name__
            raise SettingsError(f"publisher: the broker refuses a batch: {name}") from None
        except KafkaError as error:
            if not error.retriable:
                await self._abandon(producer)
            raise BrokerUnavailable(f"publisher: {type(error).__name__}") from None

    async def _connected(self) -> Any:
        async with self._connecting:
            if self._producer is None:
                self._producer = await self._connect()
            return self._producer

    async def _connect(self) -> Any:
        try:
            return await self._open(idempotent=True)
        except UnknownError:
            _log.info("publisher_without_producer_id")
        except KafkaError as error:
            raise BrokerUnavailable(f"publisher: {type(error).__name__}") from None
        try:
            return await self._open(idempotent=False)
        except KafkaError as error:
            raise BrokerUnavailable(f"publisher: {type(error).__name__}") from None

    async def _open(self, *, idempotent: bool) -> Any:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            client_id=self._client_id,
            acks="all",
            enable_idempotence=idempotent,
            compression_type="zstd",
            max_batch_size=MAX_BATCH_BYTES,
            request_timeout_ms=REQUEST_TIMEOUT_MS,
        )
        try:
            await producer.start()
        except KafkaError:
            await producer.stop()
            raise
        return producer

    async def _abandon(self, broken: Any) -> None:
        """Forget a producer that lost its sequence: only a new producer id mends that."""
        if self._producer is broken:
            self._producer = None
            _log.warning("publisher_replaced")
            await broken.stop()


def _batches(producer: Any, part: Outgoing) -> Iterator[BatchBuilder]:
    """Build the batches of ``part``: one, unless its records are more than a batch may hold.

    Records carry the time of publishing, never the time of what they tell: Kafka deletes by it, and a
    record about last year would be gone within minutes.
    """
    now = time.time_ns() // 1_000_000
    batch = producer.create_batch()
    append = batch.append
    for key, value, headers in zip(part.keys, part.values, part.headers, strict=True):
        if append(timestamp=now, key=key, value=value, headers=headers) is None:
            yield batch
            batch = producer.create_batch()
            append = batch.append
            append(timestamp=now, key=key, value=value, headers=headers)
    if batch.record_count():
        yield batch
