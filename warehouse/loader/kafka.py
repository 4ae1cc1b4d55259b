"""The broker, as the loader uses it: the only module of this room that knows the Kafka client."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import structlog
from aiokafka import (
    AIOKafkaConsumer,
    AIOKafkaProducer,
    ConsumerRebalanceListener,
    TopicPartition,
)
from aiokafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    KafkaError,
    RebalanceInProgressError,
    RecordTooLargeError,
    UnknownMemberIdError,
)

from domain.errors import BrokerUnavailable, Terminal
from warehouse.loader.decoding import Message
from warehouse.loader.measuring import Standing

Fetched = list[tuple[str, int, Sequence[Message], int]]
"""Per partition: topic, partition, records, and the offset at which reading goes on."""

_FETCH_WAIT_MS = 100
_PARTITION_BYTES = 2 * 1024 * 1024
_FETCH_BYTES = 16 * 1024 * 1024
_TOPIC_POLL = 0.2
_NOT_OURS_ANY_MORE = (
    CommitFailedError,
    IllegalGenerationError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc] # its base is untyped
    def __init__(self, on_revoked: Callable[[], None], on_assigned: Callable[[], None]) -> None:
        self._on_revoked = on_revoked
        self._on_assigned = on_assigned

    async def on_partitions_revoked(self, _revoked: Collection[TopicPartition]) -> None:
        self._on_revoked()

    async def on_partitions_assigned(self, _assigned: Collection[TopicPartition]) -> None:
        self._on_assigned()


class Broker:
    """A member of a consumer group and a producer of acknowledgements, while in ``async with``.

    Any failure ends the session: what was read and not committed is read again by the next one. To go
    on after a failed read would not be safe, since aiokafka may have moved its position past records
    that it did not hand out.

    Args:
        bootstrap: ``host:port``.
        group: consumer group.
        session_timeout_ms, heartbeat_ms: of the group.
        client_id: name in the broker's logs.
        on_revoked: called when the partitions are no longer ours, before anybody else has them.
        on_assigned: called when we have partitions, possibly none.
    """

    def __init__(
        self,
        bootstrap: str,
        group: str,
        *,
        session_timeout_ms: int,
        heartbeat_ms: int,
        client_id: str,
        on_revoked: Callable[[], None],
        on_assigned: Callable[[], None],
    ) -> None:
        self._assigned_at = 0.0
        self._on_assigned = on_assigned
        self._listener = _Listener(on_revoked, self._note_assigned)
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            client_id=client_id,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=session_timeout_ms,
            heartbeat_interval_ms=heartbeat_ms,
            # Being away from the records for long is our business: the batch waits for ClickHouse.
            max_poll_interval_ms=24 * 60 * 60 * 1000,
            fetch_max_wait_ms=_FETCH_WAIT_MS,
            fetch_max_bytes=_FETCH_BYTES,
            max_partition_fetch_bytes=_PARTITION_BYTES,
        )
        self._producer = AIOKafkaProducer(bootstrap_servers=bootstrap, client_id=client_id, acks="all")
        self._paused: set[TopicPartition] = set()

    async def __aenter__(self) -> Self:
        try:
            await self._consumer.start()
            await self._producer.start()
        except KafkaError as error:
            await self._close()
            raise _away(error) from None
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._close()

    async def _close(self) -> None:
        for client in (self._consumer, self._producer):
            try:
                await client.stop()
            except KafkaError as error:
                structlog.get_logger(__name__).info("broker_close", error=type(error).__name__)

    async def subscribe(
        self, topics: Collection[str], needed: Collection[str], stop: threading.Event
    ) -> None:
        """Join the group, once all topics exist or ``stop`` is set.

        To ask a broker for a topic by name may create it with that broker's defaults, and, after a
        restart of the embedded one, before those who know better: so all topics are listed.

        Raises:
            BrokerUnavailable: the broker went away.
        """
        missing = set(topics) | set(needed)
        while not stop.is_set():
            try:
                missing -= await self._consumer.topics()
            except KafkaError as error:
                raise _away(error) from None
            if not missing:
                break
            await asyncio.sleep(_TOPIC_POLL)
        self._consumer.subscribe(sorted(topics), listener=self._listener)

    async def fetch(self, topics: Collection[str], limit: int, wait: float) -> Fetched:
        """Return records of these topics; empty when there is no news for ``wait`` seconds.

        Args:
            topics: those to read; no others are, until they are named again.
            limit: at most so many records.
            wait: seconds.

        Raises:
            BrokerUnavailable: the session is over.
            Terminal: a record is larger than any of ours may be.
        """
        ours = self._consumer.assignment()
        wanted = [part for part in ours if part.topic in topics]
        try:
            if not ours:
                await asyncio.sleep(wait)
                return []
            if not wanted:
                self._pause(ours)
                found: Mapping[TopicPartition, list[Any]] = await self._consumer.getmany(timeout_ms=0)
                await asyncio.sleep(wait)
            else:
                self._resume(wanted)
                found = await self._consumer.getmany(
                    *wanted, timeout_ms=int(wait * 1000), max_records=limit
                )
        except RecordTooLargeError:
            raise Terminal(
                "a record is larger than the loader reads: look at the topics' limits"
            ) from None
        except KafkaError as error:
            raise _away(error) from None
        return [
            (part.topic, part.partition, records, records[-1].offset + 1)
            for part, records in found.items()
            if records
        ]

    def standing(self) -> Standing:
        """Return where reading stands, as fetches told it: only there the embedded broker is right."""
        assignment = self._consumer._subscription.subscription.assignment
        states = [(part, assignment.state_value(part)) for part in self._consumer.assignment()]
        answered = max((state.timestamp or 0 for _, state in states), default=0) / 1000
        silent = time.time() - max(answered, self._assigned_at) if states else 0.0
        return {
            (part.topic, part.partition): (state.highwater, state.position)
            for part, state in states
            if state.highwater is not None and state.has_valid_position
        }, silent

    def _note_assigned(self) -> None:
        self._assigned_at = time.time()
        self._on_assigned()

    def _pause(self, parts: Collection[TopicPartition]) -> None:
        # A paused partition is not read ahead; the poll on it keeps us a live member of the group.
        self._consumer.pause(*parts)
        self._paused.update(parts)

    def _resume(self, parts: Collection[TopicPartition]) -> None:
        paused = [part for part in parts if part in self._paused]
        if paused:
            self._consumer.resume(*paused)
            self._paused.difference_update(paused)

    async def send(self, topic: str, key: bytes, value: bytes) -> None:
        """Publish a record and return when all replicas have it.

        Raises:
            BrokerUnavailable: they have not.
        """
        try:
            await self._producer.send_and_wait(topic, value, key=key)
        except KafkaError as error:
            raise _away(error) from None

    async def commit(self, topic: str, offsets: Mapping[int, int]) -> bool:
        """Commit offsets of a topic; return False when its partitions are no longer ours.

        Raises:
            BrokerUnavailable: the session is over.
        """
        wanted = {TopicPartition(topic, partition): offset for partition, offset in offsets.items()}
        if not wanted.keys() <= self._consumer.assignment():
            return False
        try:
            await self._consumer.commit(wanted)
        except _NOT_OURS_ANY_MORE:
            return False
        except KafkaError as error:
            raise _away(error) from None
        return True


def _away(error: KafkaError) -> BrokerUnavailable:
    return BrokerUnavailable(f"the broker does not answer as it should: {type(error).__name__}")
