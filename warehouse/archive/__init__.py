"""The located events as Parquet files, one per day of receipt; see ``docs/archive-and-replay.md``."""

from warehouse.archive.config import ArchiveConfig
from warehouse.archive.running import run

__all__ = ["ArchiveConfig", "run"]
