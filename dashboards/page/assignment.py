"""The linear assignment problem, solved exactly by shortest augmenting paths.

R. Jonker and A. Volgenant, "A shortest augmenting path algorithm for dense and sparse linear assignment
problems", Computing 38 (1987). For some fifty rows; a solver library would be a large guest for that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def assign(cost: Sequence[Sequence[float]]) -> list[int]:
    """Return for each row its column, all different, so that the sum of the costs is least.

    Args:
        cost: a matrix of finite numbers with at least as many columns as rows.
    """
    columns = len(cost[0]) if cost else 0
    row_of: list[int] = [-1] * columns
    row_price = [0.0] * len(cost)
    column_price = [0.0] * columns
    for row in range(len(cost)):
        _augment(cost, row, row_of, row_price, column_price)
    chosen = [-1] * len(cost)
    for column, row in enumerate(row_of):
        if row >= 0:
            chosen[row] = column
    return chosen


def _augment(
    cost: Sequence[Sequence[float]],
    start: int,
    row_of: list[int],
    row_price: list[float],
    column_price: list[float],
) -> None:
    """Give ``start`` a column, moving rows that have one along the cheapest path (Dijkstra)."""
    distance = [math.inf] * len(row_of)
    came_from = [-1] * len(row_of)
    done: list[int] = []
    left = set(range(len(row_of)))
    row, through, reached = start, -1, 0.0
    while row >= 0:
        for column in left:
            length = reached + cost[row][column] - row_price[row] - column_price[column]
            if length < distance[column]:
                distance[column], came_from[column] = length, through
        through = min(left, key=distance.__getitem__)
        left.remove(through)
        done.append(through)
        reached, row = distance[through], row_of[through]
    row_price[start] += reached
    for column in done[:-1]:
        column_price[column] += distance[column] - reached
        row_price[row_of[column]] += reached - distance[column]
    end = done[-1]
    while end >= 0:
        before = came_from[end]
        row_of[end] = start if before < 0 else row_of[before]
        end = before
