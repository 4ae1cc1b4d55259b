"""The board *Stad nu*: what happens in the city at this moment, against what is normal."""

from __future__ import annotations

from dashboards.panels.city import NOW_PANEL, PER_HOUR, SENSITIVE, STADSDELEN, THEMES
from dashboards.panels.definition import Board
from dashboards.panels.events import LATEST
from dashboards.panels.quality import AUDIT, FRESHNESS, REJECTS, UNPLACED
from dashboards.panels.wijken import TOP_WIJKEN, WIJK_THEMES, WIJKEN

STAD_NU = Board(
    id="stad-nu",
    title_nl="Stad nu",
    description_nl="Wat er nu in de stad gebeurt, tegen wat normaal is voor dit uur van de week.",
    panels=(
        NOW_PANEL,
        TOP_WIJKEN,
        WIJKEN,
        LATEST,
        PER_HOUR,
        THEMES,
        STADSDELEN,
        WIJK_THEMES,
        UNPLACED,
        FRESHNESS,
        REJECTS,
        SENSITIVE,
        AUDIT,
    ),
)

BOARDS: tuple[Board, ...] = (STAD_NU,)
"""All boards."""
