"""Kafka as ingest uses it: topics, an idempotent producer, a reader of acks. The one module with kafka.

Vendor errors become ours by type; their texts are not kept.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kafka import (  # type: ignore[import-untyped]  # ships no types
    KafkaAdminClient,
    KafkaConsumer,
    KafkaProducer,
    TopicPartition,
)
from kafka import errors as vendor
from kafka.net.compat import KafkaNetClient  # type: ignore[import-untyped]  # ships no types

from domain.errors import BrokerUnavailable, SettingsError
from domain.topics import TopicSpec
from ingest.ports import Delivery, Headers

Partition = tuple[str, int]
"""A topic and the number of one of its partitions."""

_CONNECT_MS = 5_000
_PROBE_SECONDS = 2.0
_COMMON: Mapping[str, Any] = {
    "bootstrap_timeout_ms": _CONNECT_MS,
    "reconnect_backoff_max_ms": 1_000,
}


def _client_that_creates_no_topics(**configs: Any) -> KafkaNetClient:
    # A client that outlives its broker must not create the next one's topics by asking for them.
    # kafka-python 3.0.12 does not hand allow_auto_create_topics on to the cluster's metadata.
    client = KafkaNetClient(**configs)
    client.cluster.config["allow_auto_create_topics"] = False
    return client


_SENDS_OR_READS: Mapping[str, Any] = {
    **_COMMON,
    "kafka_client": _client_that_creates_no_topics,
    "metrics_enabled": False,
}
_READS = {**_SENDS_OR_READS, "enable_auto_commit": False, "auto_offset_reset": "earliest"}
_PRODUCER: Mapping[str, Any] = {
    **_SENDS_OR_READS,
    "client_id": "wijkbeeld-ingest",
    "acks": "all",
    # Said in words, a setting in conflict with it raises; left to the default, it switches it off.
    "enable_idempotence": True,
    "compression_type": "lz4",
    "batch_size": 256 * 1024,
    "linger_ms": 5,
    "max_block_ms": _CONNECT_MS,
    "request_timeout_ms": 10_000,
    "delivery_timeout_ms": 30_000,
}
_ASK_SOMEBODY = (
    vendor.KafkaConfigurationError,
    vendor.AuthorizationError,
    vendor.SaslAuthenticationFailedError,
    vendor.UnsupportedSaslMechanismError,
    vendor.UnsupportedVersionError,
)


def _reach(bootstrap: str) -> None:
    # kafka-python tries for the whole bootstrap time and leaves a socket open for each refusal.
    for address in bootstrap.split(","):
        host, _, port = address.strip().rpartition(":")
        if not port.isdecimal():
            raise SettingsError(f"broker {bootstrap}: write it as host:port")
        try:
            socket.create_connection((host.strip("[]"), int(port)), _PROBE_SECONDS).close()
        except OSError:
            continue
        return
    raise BrokerUnavailable(f"broker {bootstrap}: nobody answers there")


@contextmanager
def our_errors(what: str, bootstrap: str) -> Iterator[None]:
    """Turn Kafka's errors into ours.

    Raises:
        SettingsError: wrong settings or no right to do it.
        BrokerUnavailable: anything else.
    """
    try:
        yield
    except _ASK_SOMEBODY as error:
        raise SettingsError(
            f"broker {bootstrap}: {what}: {type(error).__name__}; check its settings and rights"
        ) from None
    except vendor.KafkaError as error:
        raise BrokerUnavailable(f"broker {bootstrap}: {what}: {type(error).__name__}") from None


class Producer:
    """An idempotent producer with acks=all.

    Args:
        bootstrap: address, ``host:port``.
        settings: settings of ``KafkaProducer`` beyond ours, such as those for TLS.

    Raises:
        SettingsError: the settings switch idempotence off, or the broker does not let us in.
        BrokerUnavailable: nobody answers there, or not within 5 s.
    """

    def __init__(self, bootstrap: str, settings: Mapping[str, Any] | None = None) -> None:
        self._bootstrap = bootstrap
        configured = {**_PRODUCER, **(settings or {})}
        _reach(bootstrap)
        with our_errors("connect", bootstrap):
            self._kafka = KafkaProducer(bootstrap_servers=bootstrap, **configured)
        if not (self._kafka.config["enable_idempotence"] and self._kafka.config["acks"] == -1):
            self.abandon()
            raise SettingsError(f"broker {bootstrap}: the settings switch idempotence off; remove them")
        self._partitions: dict[str, int] = {}

    def partitions(self, topic: str) -> int:
        """Return how many partitions ``topic`` has.

        Raises:
            BrokerUnavailable: there is no such topic, or no answer within 5 s.
        """
        if topic not in self._partitions:
            with our_errors(f"topic {topic}", self._bootstrap):
                found = self._kafka.partitions_for(topic)
            if not found:
                raise BrokerUnavailable(f"broker {self._bootstrap}: topic {topic} is not there")
            self._partitions[topic] = len(found)
        return self._partitions[topic]

    def send(self, topic: str, partition: int, key: bytes, value: bytes, headers: Headers) -> Delivery:
        """Hand a record over and return at once; the delivery says later how it went.

        Raises:
            BrokerUnavailable: the producer cannot take it.
        """
        # No our_errors here: it would cost as much as a twentieth of the sending itself.
        try:
            delivery: Delivery = self._kafka.send(topic, value, key, headers, partition)
        except vendor.KafkaError as error:
            raise BrokerUnavailable(f"broker {self._bootstrap}: send: {type(error).__name__}") from None
        return delivery

    def close(self, seconds: float) -> None:
        """Close; what is on its way gets ``seconds`` to arrive, then it is abandoned."""
        closing = self._close_aside()
        closing.join(seconds)

    def abandon(self) -> None:
        """Let go of the producer: what is on its way may arrive or not."""
        self._close_aside()

    def _close_aside(self) -> threading.Thread:
        # KafkaProducer.close waits for every record, at most the delivery timeout, and has no way to
        # give up sooner; so it waits on a thread of its own, which does not hold up the process's end.
        def close() -> None:
            with our_errors("close", self._bootstrap):
                self._kafka.close()

        thread = threading.Thread(target=close, name="producer-close", daemon=True)
        thread.start()
        return thread


class TailReader:
    """Reads all of a topic from its beginning, without a consumer group.

    Args:
        bootstrap: address, ``host:port``.
        topic: its name.
        partitions: how many it has; records of one of them come in order.

    Raises:
        SettingsError: the broker does not let us in.
        BrokerUnavailable: it does not answer within 5 s.
    """

    def __init__(self, bootstrap: str, topic: str, partitions: int = 1) -> None:
        self._bootstrap = bootstrap
        assigned = [TopicPartition(topic, number) for number in range(partitions)]
        _reach(bootstrap)
        with our_errors("connect", bootstrap):
            self._kafka = KafkaConsumer(
                bootstrap_servers=bootstrap,
                client_id="wijkbeeld-ingest",
                group_id=None,
                **_READS,
            )
            self._kafka.assign(assigned)
            self._kafka.seek_to_beginning(*assigned)

    def poll(self, seconds: float, limit: int) -> list[bytes]:
        """Return the values of at most ``limit`` next records, waiting at most ``seconds`` for one.

        Raises:
            BrokerUnavailable: the broker refused; a broker that is away gives an empty list.
        """
        with our_errors("poll", self._bootstrap):
            polled = self._kafka.poll(timeout_ms=int(seconds * 1000), max_records=limit)
        return [
            record.value for records in polled.values() for record in records if record.value is not None
        ]

    def close(self) -> None:
        """Close the connection."""
        with our_errors("close", self._bootstrap):
            self._kafka.close(autocommit=False, timeout_ms=500)


class GroupReader:
    """Looks at partitions as a consumer group finds them, without being a member of it.

    Args:
        bootstrap: address, ``host:port``.
        group: consumer group.

    Raises:
        SettingsError: the broker does not let us in.
        BrokerUnavailable: it does not answer within 5 s.
    """

    def __init__(self, bootstrap: str, group: str) -> None:
        self._bootstrap = bootstrap
        _reach(bootstrap)
        with our_errors("connect", bootstrap):
            self._kafka = KafkaConsumer(
                bootstrap_servers=bootstrap,
                client_id="wijkbeeld-audit",
                group_id=group,
                **_READS,
            )

    def committed(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """Return the offsets that the group has committed; 0 where it has none."""
        with our_errors("committed offsets", self._bootstrap):
            return {part: self._kafka.committed(TopicPartition(*part)) or 0 for part in partitions}

    def ends(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """Return the offsets at which the next records will be."""
        with our_errors("end offsets", self._bootstrap):
            found = self._kafka.end_offsets([TopicPartition(*part) for part in partitions])
        return {(part.topic, part.partition): int(offset) for part, offset in found.items()}

    def read(
        self, start: Mapping[Partition, int], ends: Mapping[Partition, int]
    ) -> Iterator[tuple[str, bytes, Headers]]:
        """Yield topic, value and headers of the records from ``start`` up to ``ends``."""
        open_ones = {TopicPartition(*part) for part, at in start.items() if at < ends[part]}
        with our_errors("read", self._bootstrap):
            self._kafka.assign(sorted(open_ones))
            for part in open_ones:
                self._kafka.seek(part, start[part.topic, part.partition])
        while open_ones:
            with our_errors("read", self._bootstrap):
                fetched = self._kafka.poll(timeout_ms=_CONNECT_MS)
            if not fetched:
                raise BrokerUnavailable(f"broker {self._bootstrap}: read: no answer")
            for part, records in fetched.items():
                yield from ((part.topic, record.value or b"", record.headers) for record in records)
                if records[-1].offset + 1 >= ends[part.topic, part.partition]:
                    open_ones.discard(part)

    def close(self) -> None:
        """Close the connection."""
        with our_errors("close", self._bootstrap):
            self._kafka.close(autocommit=False, timeout_ms=500)


def create_topics(bootstrap: str, specs: Iterable[TopicSpec]) -> None:
    """Create the topics that are not there yet and wait until they can be used.

    Args:
        bootstrap: address, ``host:port``.
        specs: name, partitions and retention of each.

    Raises:
        SettingsError: a topic is there with another number of partitions, or we may not create it.
        BrokerUnavailable: the broker does not answer or has no leader for them within 10 s.
    """
    wanted = {spec.name: spec for spec in specs}
    _reach(bootstrap)
    with our_errors("topics", bootstrap):
        admin = KafkaAdminClient(bootstrap_servers=bootstrap, client_id="wijkbeeld-setup", **_COMMON)
        try:
            answer = admin.create_topics(
                {name: _topic_options(spec) for name, spec in wanted.items()}, raise_errors=False
            )
            for topic in answer["topics"]:
                failure = vendor.for_code(topic["error_code"])
                if failure not in (vendor.NoError, vendor.TopicAlreadyExistsError):
                    raise failure()
            admin.wait_for_topics(list(wanted))
            described = admin.describe_topics(list(wanted))
        finally:
            admin.close()
    for topic in described:
        found, spec = len(topic["partitions"]), wanted[topic["name"]]
        if found != spec.partitions:
            raise SettingsError(
                f"broker {bootstrap}: topic {spec.name} has {found} partitions instead of"
                f" {spec.partitions}; remove it or use another broker"
            )


def _topic_options(spec: TopicSpec) -> dict[str, Any]:
    kept = {"retention.ms": str(int(spec.retention.total_seconds() * 1000))}
    return {"num_partitions": spec.partitions, "replication_factor": -1, "configs": kept}
