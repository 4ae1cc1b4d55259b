"""What the publisher and the ack follower need of a broker; ``ingest.broker`` has the real ones."""

from __future__ import annotations

from typing import Protocol

Headers = list[tuple[str, bytes]]


class Delivery(Protocol):
    """A record on its way to the broker."""

    is_done: bool
    """The broker has acknowledged it, or it has failed."""
    exception: BaseException | None
    """Why it failed; None if it did not."""


class Sender(Protocol):
    """A producer."""

    def partitions(self, topic: str) -> int:
        """Return how many partitions ``topic`` has; raises ``BrokerUnavailable``."""
        ...

    def send(self, topic: str, partition: int, key: bytes, value: bytes, headers: Headers) -> Delivery:
        """Hand a record over and return at once; raises ``BrokerUnavailable``."""
        ...

    def close(self, seconds: float) -> None:
        """Close; what is on its way gets ``seconds`` to arrive."""
        ...

    def abandon(self) -> None:
        """Let go without waiting: what is on its way may arrive or not."""
        ...


class Reader(Protocol):
    """A consumer of one topic, at its beginning when new."""

    def poll(self, seconds: float, limit: int) -> list[bytes]:
        """Return at most ``limit`` next values, waiting at most ``seconds`` for one.

        Raises ``BrokerUnavailable``; a broker that is away may also give an empty list.
        """
        ...

    def close(self) -> None:
        """Close the connection."""
        ...
