"""Panels per wijk. Only wijken of the gemeente, and never a sensitive theme."""

from __future__ import annotations

from dashboards.panels.definition import AS_OF, Column, Panel, PanelKind, Unit
from dashboards.panels.fragments import (
    AGAINST_NORMAL,
    PRESENT,
    RECENT_EVENTS,
    against_normal,
    counted,
)

_KEYS = "wijk, name, stadsdeel_name, lat, lon"

_COUNTS = """
        SELECT a.code AS wijk, a.name AS name, a.stadsdeel_name AS stadsdeel_name, a.lat AS lat,
            a.lon AS lon, n_now, incidents, signals, n_day, n_before
        FROM area AS a FINAL
        LEFT JOIN recent ON recent.key = a.code
        LEFT JOIN usual ON usual.key = a.code
        WHERE a.level = 'wijk'"""

_WIJKEN = f"""WITH{PRESENT},{counted("wijk")}{against_normal(_KEYS, _COUNTS)}"""

_COLUMNS = (
    Column("wijk", "Code", shown=False),
    Column("name", "Wijk"),
    Column("stadsdeel_name", "Stadsdeel"),
    Column("lat", "Breedtegraad", shown=False),
    Column("lon", "Lengtegraad", shown=False),
    *AGAINST_NORMAL,
)

WIJKEN = Panel(
    id="wijken",
    title_nl="Wijken tegen normaal",
    description_nl=(
        "Per wijk het lopende uur en de drie uur ervoor, tegen het gemiddelde van dezelfde uren "
        "van de week; van het lopende uur telt in normaal alleen het deel dat voorbij is. Zonder "
        "gevoelige thema's en zonder wat niet in een wijk te plaatsen was."
    ),
    sql=f"{_WIJKEN}\nORDER BY wijk",
    unit=Unit.COUNT,
    kind=PanelKind.MAP,
    columns=_COLUMNS,
)

TOP_WIJKEN = Panel(
    id="top-wijken",
    title_nl="Wat nu opvalt",
    description_nl=(
        "De tien wijken die nu het meest boven hun normaal zitten; zolang normaal in opbouw is "
        "die met de meeste gebeurtenissen. Alleen wijken waar nu iets gebeurd is."
    ),
    sql=f"{_WIJKEN}\nWHERE n_now > 0\nORDER BY deviation DESC, n_now DESC, name\nLIMIT 10",
    unit=Unit.COUNT,
    kind=PanelKind.TABLE,
    columns=_COLUMNS,
)

WIJK_THEMES = Panel(
    id="wijk-themes",
    title_nl="Thema's per wijk",
    description_nl="De laatste 24 uur per wijk en thema. Zonder gevoelige thema's.",
    sql=f"""WITH{PRESENT},
    counts AS (
        SELECT recent.wijk AS wijk, recent.theme AS theme,
            countIf(occurred_at >= window_start) AS n_now,
            count() AS n_day,
            max(occurred_at) AS last_at
        FROM ({RECENT_EVENTS}
        ) AS recent
        WHERE occurred_at > as_of - INTERVAL 24 HOUR
        GROUP BY wijk, theme
    )
SELECT a.code AS wijk,
    a.name AS name,
    counts.theme AS theme,
    t.label_nl AS label,
    n_now,
    n_day,
    last_at,
    as_of
FROM counts
INNER JOIN (SELECT code, name FROM area FINAL WHERE level = 'wijk') AS a ON a.code = counts.wijk
INNER JOIN (SELECT theme, label_nl FROM theme FINAL) AS t ON t.theme = counts.theme
ORDER BY wijk, n_day DESC, theme""",
    unit=Unit.COUNT,
    kind=PanelKind.TABLE,
    columns=(
        Column("wijk", "Code", shown=False),
        Column("name", "Wijk"),
        Column("theme", "Thema", shown=False),
        Column("label", "Thema"),
        Column("n_now", "Nu", Unit.COUNT),
        Column("n_day", "24 uur", Unit.COUNT),
        Column("last_at", "Laatste", Unit.TIME),
        AS_OF,
    ),
)
