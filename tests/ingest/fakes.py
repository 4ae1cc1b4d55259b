"""A broker, a clock and connectors in this process that do as a test says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from domain.errors import BrokerUnavailable
from ingest.ports import Headers
from ingest.protocol import Cursor, Poll
from tests.ingest.samples import NOON


class TurnedClock:
    """A clock that a test turns."""

    def __init__(self, start: datetime = NOON) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now.astimezone(UTC)

    def turn(self, by: timedelta) -> None:
        self._now += by


Answer = Poll | BaseException | Callable[[Cursor | None, datetime], Poll]


class Scripted:
    """A connector that gives its answers in turn and keeps what it was asked."""

    def __init__(self, answers: Iterable[Answer]) -> None:
        self._answers: Iterator[Answer] = iter(answers)
        self.asked: list[Cursor | None] = []

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        self.asked.append(cursor)
        answer = next(self._answers)
        if isinstance(answer, BaseException):
            raise answer
        return answer(cursor, now) if callable(answer) else answer


@dataclass
class Sent:
    """A record that was handed over; it is on its way until it arrives or fails."""

    topic: str
    partition: int
    key: bytes
    value: bytes
    headers: Headers
    is_done: bool = False
    exception: BaseException | None = None

    def arrive(self) -> None:
        self.is_done = True

    def fail(self) -> None:
        self.exception = TimeoutError("it holds a street that nobody may read")
        self.is_done = True


@dataclass
class MemoryProducer:
    """A producer into a list; ``at_once`` says which records arrive by themselves."""

    at_once: Callable[[Sent], bool] = lambda _sent: True
    sent: list[Sent] = field(default_factory=list)
    closed: bool = False
    abandoned: bool = False

    def partitions(self, topic: str) -> int:
        return 4

    def send(self, topic: str, partition: int, key: bytes, value: bytes, headers: Headers) -> Sent:
        if self.closed or self.abandoned:
            raise BrokerUnavailable("closed")
        record = Sent(topic, partition, key, value, headers)
        self.sent.append(record)
        if self.at_once(record):
            record.arrive()
        return record

    def close(self, seconds: float) -> None:
        self.closed = True

    def abandon(self) -> None:
        self.abandoned = True
