"""What a panel is: an SQL query with the meaning of its columns, independent of who draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

NOW = "now('UTC')"
"""The one expression of the present in a panel's SQL, which ``Panel.sql_at`` replaces."""


class PanelKind(StrEnum):
    """How a panel wants to be drawn."""

    STAT = "stat"
    SERIES = "series"
    BARS = "bars"
    TABLE = "table"
    MAP = "map"


class Unit(StrEnum):
    """What the numbers of a column are."""

    NONE = ""
    COUNT = "count"
    SHARE = "share"
    """Between 0 and 1."""
    SECONDS = "seconds"
    TIME = "time"
    """A moment, UTC."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a panel's answer.

    Attributes:
        name: its name in the SQL.
        label_nl: heading shown to people.
        unit: what its values are.
        shown: a table of the panel shows it; the others are keys and helpers.
        volatile: changes with the clock alone, so that it does not make an answer a new one.
    """

    name: str
    label_nl: str
    unit: Unit = Unit.NONE
    shown: bool = True
    volatile: bool = False


AS_OF = Column("as_of", "Peilmoment", Unit.TIME, volatile=True)
"""The moment of the query, in every panel: a panel shows how fresh it is."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel.

    Attributes:
        id: name in addresses and files.
        title_nl: heading.
        description_nl: what the figures are, over which window, and what is left out.
        sql: one ClickHouse SELECT without parameters or macros; its windows hang on ``NOW``.
        unit: what the panel's main figures are.
        kind: how it is drawn.
        columns: the columns of the answer, in order; the last one is ``AS_OF``.
        every_s: seconds between two readings by the live page while nothing is written: only the
            window moves on then. After a write a panel is read at once.
    """

    id: str
    title_nl: str
    description_nl: str
    sql: str
    unit: Unit
    kind: PanelKind
    columns: tuple[Column, ...]
    every_s: float = 5.0

    def sql_at(self, moment: str) -> str:
        """Return the SQL as it would have been asked at ``moment``, ``YYYY-MM-DD hh:mm:ss`` in UTC."""
        return self.sql.replace(NOW, f"toDateTime('{moment}', 'UTC')")


@dataclass(frozen=True, slots=True)
class Board:
    """A board: panels that are read together.

    Attributes:
        id: name in addresses and files.
        title_nl: heading.
        description_nl: what the board is for.
        panels: its panels, most important first.
    """

    id: str
    title_nl: str
    description_nl: str
    panels: tuple[Panel, ...]

    def panel(self, panel_id: str) -> Panel:
        """Return the panel of that id.

        Raises:
            KeyError: the board has none.
        """
        return {panel.id: panel for panel in self.panels}[panel_id]


class Status(StrEnum):
    """How an area or a theme stands against its normal."""

    BUILDING = "building"
    LOWER = "lower"
    NORMAL = "normal"
    SLIGHTLY_HIGHER = "slightly-higher"
    HIGHER = "higher"
    MUCH_HIGHER = "much-higher"


@dataclass(frozen=True, slots=True)
class StatusInfo:
    """How a status is shown.

    Attributes:
        label_nl: in words.
        mark: a sign beside the colour, since colour alone must not carry it.
        grafana_color: colour name of Grafana's palette.
    """

    label_nl: str
    mark: str
    grafana_color: str


STATUSES: Mapping[Status, StatusInfo] = MappingProxyType(
    {
        Status.MUCH_HIGHER: StatusInfo("veel hoger", "▲▲▲", "dark-red"),
        Status.HIGHER: StatusInfo("hoger", "▲▲", "orange"),
        Status.SLIGHTLY_HIGHER: StatusInfo("iets hoger", "▲", "yellow"),
        Status.NORMAL: StatusInfo("normaal", "=", "text"),
        Status.LOWER: StatusInfo("lager", "▽", "blue"),
        Status.BUILDING: StatusInfo("normaal in opbouw", "…", "text"),
    }
)
"""Every status, highest first."""
