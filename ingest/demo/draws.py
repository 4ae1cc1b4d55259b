"""Random numbers that depend on nothing but a seed and the name of what they are for."""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_right
from collections.abc import Sequence
from random import Random

# exp(-x) of the product method stays far from the smallest float below this mean.
_POISSON_STEP = 20.0


def digest(*key: str | int) -> bytes:
    """Return 16 bytes that depend on ``key`` alone."""
    return hashlib.blake2b("/".join(map(str, key)).encode(), digest_size=16).digest()


def short_id(prefix: str, *key: str | int) -> str:
    """Return an id such as ``d-0123456789abcdef``: 64 bits of the digest of ``key``."""
    return f"{prefix}-{digest(*key)[:8].hex()}"


class Draws:
    """A stream of draws named by ``key``.

    Only ``Random.random`` is used: of all its methods this one alone is promised to give the same
    sequence under every version of Python.
    """

    __slots__ = ("unit",)

    def __init__(self, *key: str | int) -> None:
        source = Random(int.from_bytes(digest(*key)))  # noqa: S311 - a simulation, nothing to guess
        self.unit = source.random
        """Draw uniformly from [0, 1)."""

    def below(self, bound: int) -> int:
        """Draw uniformly from 0 .. ``bound`` - 1."""
        return int(self.unit() * bound)

    def between(self, low: float, high: float) -> float:
        """Draw uniformly from [``low``, ``high``)."""
        return low + self.unit() * (high - low)

    def chance(self, probability: float) -> bool:
        """Draw True with this probability."""
        return self.unit() < probability

    def index(self, cumulative: Sequence[float]) -> int:
        """Draw an index by running totals of weights; the last total is positive."""
        return bisect_right(cumulative, self.unit() * cumulative[-1], hi=len(cumulative) - 1)

    def normal(self) -> float:
        """Draw from the standard normal distribution (Box-Muller)."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self.unit()))
        return radius * math.cos(2.0 * math.pi * self.unit())

    def lognormal(self, median: float, sigma: float) -> float:
        """Draw from the lognormal distribution with this median and log-scale deviation."""
        return median * math.exp(sigma * self.normal())

    def poisson(self, mean: float) -> int:
        """Draw a Poisson count (Knuth's product method, in steps for large means)."""
        count = 0
        while mean > 0.0:
            step = min(mean, _POISSON_STEP)
            mean -= step
            limit, product = math.exp(-step), self.unit()
            while product > limit:
                count += 1
                product *= self.unit()
        return count
