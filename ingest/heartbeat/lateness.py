"""How late records are, in classes a quarter apart: enough to tell a minute from an hour, and small."""

from __future__ import annotations

import math
from collections.abc import Mapping

_STEP = math.log(1.25)

Lateness = Mapping[int, int]
"""Records by class of lateness."""


def class_of(seconds: float) -> int:
    """Return the class of a lateness: 0 for up to a second."""
    return math.ceil(math.log(seconds) / _STEP - 1e-9) if seconds > 1 else 0


def most_of(number: int) -> float:
    """Return the highest lateness in a class, seconds."""
    return math.exp(number * _STEP)


def quantile(lateness: Lateness, share: float) -> float | None:
    """Return the lateness that ``share`` of the records do not exceed, seconds, rounded up to its class.

    None for no records.
    """
    left = share * sum(lateness.values())
    for number in sorted(lateness):
        left -= lateness[number]
        if left <= 1e-9:
            return most_of(number)
    return None


def share_above(lateness: Lateness, seconds: float) -> float:
    """Return which share of the records is later than ``seconds``; those of its own class are not."""
    total = sum(lateness.values())
    limit = class_of(seconds)
    return sum(n for number, n in lateness.items() if number > limit) / total if total else 0.0
