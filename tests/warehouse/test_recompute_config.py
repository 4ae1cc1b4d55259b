"""How long the recompute rests."""

from __future__ import annotations

import pytest

from warehouse.recompute.config import RecomputeConfig

CONFIG = RecomputeConfig("url", "user", "password", interval=0.1, rest=3.0, longest_rest=5.0)


@pytest.mark.parametrize(
    ("took", "pause"), [(0.0, 0.1), (0.01, 0.09), (0.025, 0.075), (0.5, 1.5), (1.0, 3.0), (4.0, 5.0)]
)
def test_a_long_step_is_followed_by_a_long_rest(took: float, pause: float) -> None:
    assert CONFIG.pause(took) == pytest.approx(pause)
