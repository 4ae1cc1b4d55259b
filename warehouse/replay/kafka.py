"""The broker, as a replay uses it: the only module of this room that knows kafka-python.

Read is without a consumer group; of the loader's group only the committed offsets are asked for.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]  # ships no types
from kafka import errors as vendor
from kafka.net.compat import KafkaNetClient  # type: ignore[import-untyped]  # ships no types

from domain.errors import BrokerUnavailable
from domain.topics import PARTITIONS

_CONNECT_MS = 5_000
_END_SECONDS = 30.0
_POLL_MS = 250


class Read(NamedTuple):
    """A record as it was read."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


def _client_that_creates_no_topics(**configs: Any) -> KafkaNetClient:
    # A client that outlives its broker must not create the next one's topics by asking for them.
    # kafka-python 3.0.12 does not hand allow_auto_create_topics on to the cluster's metadata.
    client = KafkaNetClient(**configs)
    client.cluster.config["allow_auto_create_topics"] = False
    return client


@contextmanager
def _our_errors(bootstrap: str) -> Iterator[None]:
    try:
        yield
    except vendor.KafkaError as error:
        raise BrokerUnavailable(
            f"broker {bootstrap}: does not answer as it should: {type(error).__name__}"
        ) from None


def _consumer(bootstrap: str, group: str | None) -> Any:
    with _our_errors(bootstrap):
        return KafkaConsumer(
            bootstrap_servers=bootstrap,
            client_id="wijkbeeld-replay",
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            bootstrap_timeout_ms=_CONNECT_MS,
            reconnect_backoff_max_ms=1_000,
            kafka_client=_client_that_creates_no_topics,
            metrics_enabled=False,
        )


class Committed:
    """How far a consumer group has come with a topic.

    Args:
        bootstrap: ``host:port``.
        group: the group; it is not joined.
        topic: one of ours.

    Raises:
        BrokerUnavailable: nobody answers there.
    """

    def __init__(self, bootstrap: str, group: str, topic: str) -> None:
        self._bootstrap = bootstrap
        self._parts = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        self._kafka = _consumer(bootstrap, group)

    def offsets(self) -> dict[int, int]:
        """Return by partition the offset at which the group goes on; 0 where it never committed.

        Raises:
            BrokerUnavailable: the broker does not answer.
        """
        with _our_errors(self._bootstrap):
            return {part.partition: self._kafka.committed(part) or 0 for part in self._parts}

    def close(self) -> None:
        """Close the connection."""
        with _our_errors(self._bootstrap):
            self._kafka.close(autocommit=False, timeout_ms=500)


class TopicReader:
    """Reads topics from given offsets to given ends.

    Args:
        bootstrap: ``host:port``.
        topics: some of ours.

    Raises:
        BrokerUnavailable: nobody answers there.
    """

    def __init__(self, bootstrap: str, topics: Collection[str]) -> None:
        self._bootstrap = bootstrap
        self._parts = [TopicPartition(topic, n) for topic in topics for n in range(PARTITIONS)]
        self._kafka = _consumer(bootstrap, None)
        self._kafka.assign(self._parts)

    def ends(self) -> dict[tuple[str, int], int]:
        """Return by topic and partition the offset after the last record there is now.

        The embedded broker's own answer to this question may be short by a batch; what comes with
        fetched records is right.

        Raises:
            BrokerUnavailable: not all partitions could be asked.
        """
        deadline = time.monotonic() + _END_SECONDS
        with _our_errors(self._bootstrap):
            told = self._kafka.end_offsets(self._parts)
            for part in self._parts:
                self._kafka.seek(part, max(0, told[part] - 1))
            while any(self._kafka.highwater(part) is None for part in self._parts):
                self._kafka.poll(timeout_ms=_POLL_MS, max_records=1)
                if time.monotonic() > deadline:
                    raise BrokerUnavailable(f"broker {self._bootstrap}: does not tell how much it holds")
            return {
                (part.topic, part.partition): max(told[part], self._kafka.highwater(part))
                for part in self._parts
            }

    def begins(self, since_ms: int | None) -> dict[tuple[str, int], int]:
        """Return by topic and partition the first offset there is, or the first published since.

        Args:
            since_ms: milliseconds since 1970 UTC; None for the first there is.
        """
        with _our_errors(self._bootstrap):
            first = self._kafka.beginning_offsets(self._parts)
            if since_ms is not None:
                found = self._kafka.offsets_for_times(dict.fromkeys(self._parts, since_ms))
                first |= {part: max(first[part], at.offset) for part, at in found.items() if at}
            return {(part.topic, part.partition): first[part] for part in self._parts}

    def records(
        self, begins: Mapping[tuple[str, int], int], ends: Mapping[tuple[str, int], int], limit: int
    ) -> Iterator[list[Read]]:
        """Yield the records between, at most ``limit`` at once.

        Raises:
            BrokerUnavailable: the broker does not answer for half a minute.
        """
        with _our_errors(self._bootstrap):
            left = [part for part in self._parts if begins[tuple(part)] < ends[tuple(part)]]
            self._kafka.assign(left)
            for part in left:
                self._kafka.seek(part, begins[tuple(part)])
            heard = time.monotonic()
            while left:
                found = self._kafka.poll(timeout_ms=_POLL_MS, max_records=limit)
                if found:
                    heard = time.monotonic()
                    yield [
                        _read(r)
                        for rs in found.values()
                        for r in rs
                        if r.offset < ends[(r.topic, r.partition)]
                    ]
                elif time.monotonic() - heard > _END_SECONDS:
                    raise BrokerUnavailable(f"broker {self._bootstrap}: sends nothing any more")
                done = [part for part in left if self._kafka.position(part) >= ends[tuple(part)]]
                if done:
                    left = [part for part in left if part not in done]
                    self._kafka.pause(*done)

    def close(self) -> None:
        """Close the connection."""
        with _our_errors(self._bootstrap):
            self._kafka.close(autocommit=False, timeout_ms=500)


def _read(record: Any) -> Read:
    return Read(record.topic, record.partition, record.offset, record.key, record.value, record.headers)
