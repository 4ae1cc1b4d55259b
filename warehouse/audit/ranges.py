"""Sets of receipts as closed ranges, ascending and apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Range = tuple[int, int]
"""Receipts from the first to the last, both included."""


def merged(ranges: Iterable[Range]) -> list[Range]:
    """Return the same receipts as few ranges in ascending order."""
    out: list[Range] = []
    for first, last in sorted(ranges):
        if out and first <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], last))
        elif first <= last:
            out.append((first, last))
    return out


def without(ranges: Iterable[Range], taken: Iterable[Range]) -> list[Range]:
    """Return the receipts of ``ranges`` that are in none of ``taken``."""
    out: list[Range] = []
    cuts = merged(taken)
    start = 0
    for first, last in merged(ranges):
        while start < len(cuts) and cuts[start][1] < first:
            start += 1
        at = first
        for cut_first, cut_last in _from(cuts, start):
            if cut_first > last:
                break
            if at < cut_first:
                out.append((at, cut_first - 1))
            at = max(at, cut_last + 1)
        if at <= last:
            out.append((at, last))
    return out


def size(ranges: Iterable[Range]) -> int:
    """Return how many receipts these ranges hold; they must be apart."""
    return sum(last - first + 1 for first, last in ranges)


def _from(cuts: Sequence[Range], start: int) -> Iterable[Range]:
    return (cuts[index] for index in range(start, len(cuts)))
