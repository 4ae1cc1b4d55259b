"""Two hundred seeds: whatever dies, repeats, is corrected or late, the cells equal the oracle.

Any number of others: ``python -m tests.simulation --seeds 1000 --from 200``.
"""

from __future__ import annotations

import pytest

from tests.simulation.engine import Engine
from tests.simulation.run import simulate

pytestmark = pytest.mark.integration

BLOCK = 50


class Seeds:
    """A block of seeds; each class goes to a worker of its own."""

    first = 0

    @pytest.mark.parametrize("number", range(BLOCK))
    def test_cells_and_counts_equal_the_oracle(self, engine: Engine, number: int) -> None:
        world = simulate(engine, self.first + number)
        assert world.trace


class TestSeedsFrom0(Seeds):
    first = 0


class TestSeedsFrom50(Seeds):
    first = 50


class TestSeedsFrom100(Seeds):
    first = 100


class TestSeedsFrom150(Seeds):
    first = 150
