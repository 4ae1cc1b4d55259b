"""Topics ``events``, ``events.backfill``, ``figures`` and ``rejected`` -> ClickHouse."""

from warehouse.loader.config import BatchLimits, LoaderConfig
from warehouse.loader.running import run

__all__ = ["BatchLimits", "LoaderConfig", "run"]
