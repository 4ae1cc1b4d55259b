"""Where the panels of a board stand in Grafana's grid of 24 columns, and how large they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Place:
    """Left column, top row, width in columns, and height in rows of 30 pixels."""

    x: int
    y: int
    w: int
    h: int


PLACES: Mapping[str, Mapping[str, Place]] = MappingProxyType(
    {
        "stad-nu": MappingProxyType(
            {
                "now": Place(0, 0, 24, 4),
                "wijken": Place(0, 4, 10, 16),
                "top-wijken": Place(10, 4, 14, 8),
                "latest": Place(10, 12, 14, 8),
                "per-hour": Place(0, 20, 14, 9),
                "stadsdelen": Place(14, 20, 10, 9),
                "themes": Place(0, 29, 12, 12),
                "wijk-themes": Place(12, 29, 12, 12),
                "freshness": Place(0, 41, 12, 7),
                "unplaced": Place(12, 41, 12, 7),
                "rejects": Place(0, 48, 12, 7),
                "sensitive": Place(12, 48, 12, 7),
                "audit": Place(0, 55, 24, 6),
            }
        )
    }
)
"""By board id and panel id."""
