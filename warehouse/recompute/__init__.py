"""Whole cells, recomputed from the current truth."""

from warehouse.recompute.config import RecomputeConfig
from warehouse.recompute.running import run

__all__ = ["RecomputeConfig", "run"]
