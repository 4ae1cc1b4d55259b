"""Who speaks through a proxy, and what the weather does to what they say."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, repeat
from typing import Protocol

_USER_AGENT = re.compile(rb"^user-agent:\s*([^\s\r]+)", re.IGNORECASE | re.MULTILINE)
_KAFKA_HEADER = 12
"""Bytes of size, api key, api version and correlation id, before the client's name."""

NOBODY = ""
"""Name of a client that does not say one."""


def name_of(first: bytes) -> str:
    """Return the name that a client says first: a Kafka client id, or an HTTP User-Agent's first word.

    Args:
        first: what it sends first (https://kafka.apache.org/protocol#protocol_messages: size, api key,
            api version, correlation id, client id as a nullable string; all big-endian).
    """
    if found := _USER_AGENT.search(first):
        return found[1].decode("ascii", "replace")
    length = int.from_bytes(first[_KAFKA_HEADER : _KAFKA_HEADER + 2], "big", signed=True)
    name = first[_KAFKA_HEADER + 2 : _KAFKA_HEADER + 2 + max(length, 0)]
    is_kafka = int.from_bytes(first[:4], "big") + 4 == len(first) and len(name) == length
    return name.decode("utf-8", "replace") if is_kafka else NOBODY


class Harm(StrEnum):
    """What happens to a piece of data that passes.

    ``DELAY`` holds it up; ``CUT`` cuts its connection before it gets through; with ``LOSE`` it, and all
    that follows on its connection, never arrives, and the connection is cut a while later.
    """

    DELAY = "delay"
    CUT = "cut"
    LOSE = "lose"


class Weather(Protocol):
    """What happens to the pieces that pass, one after another."""

    def harms(self, dice: random.Random) -> Iterator[Harm | None]:
        """Yield what happens to each piece, without end."""
        ...


@dataclass(frozen=True, slots=True)
class Chance:
    """Weather by chance: the share of pieces that meets each harm."""

    delay: float = 0.0
    cut: float = 0.0
    lose: float = 0.0

    def harms(self, dice: random.Random) -> Iterator[Harm | None]:
        """Yield what happens to each piece, without end."""
        weights = (self.delay, self.cut, self.lose, 1.0 - self.delay - self.cut - self.lose)
        while True:
            yield dice.choices((*Harm, None), weights)[0]


@dataclass(frozen=True, slots=True)
class Squall:
    """Every ``every``-th piece meets the next harm, each of them ``rounds`` times; then it is calm."""

    rounds: int = 1
    every: int = 1

    def harms(self, dice: random.Random) -> Iterator[Harm | None]:
        """Yield what happens to each piece, without end."""
        quiet = [None] * (self.every - 1)
        for harm in list(Harm) * self.rounds:
            yield from chain(quiet, [harm])
        yield from repeat(None)


CALM = Chance()
STORM = Chance(delay=0.05, cut=0.01, lose=0.005)
