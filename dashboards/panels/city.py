"""Panels of the city as a whole: now, per hour, per theme, per stadsdeel."""

from __future__ import annotations

from dashboards.panels.definition import AS_OF, Column, Panel, PanelKind, Unit
from dashboards.panels.fragments import (
    AGAINST_NORMAL,
    BACK_HOURS,
    CHART_HOURS,
    CITY,
    MIN_WEEKS,
    PRESENT,
    RECENT_EVENTS,
    against_normal,
    counted,
    in_last_hours,
    in_past_weeks,
    seen,
)

_OF_THEMES = """
        SELECT t.theme AS theme, t.label_nl AS label, n_now, incidents, signals, n_day, n_before
        FROM theme AS t FINAL
        LEFT JOIN recent ON recent.key = t.theme
        LEFT JOIN usual ON usual.key = t.theme
        WHERE NOT t.sensitive"""

_OF_STADSDELEN = """
        SELECT multiIf(a.level = 'wijk', a.stadsdeel, a.level = 'stadsdeel', a.code, '') AS stadsdeel,
            if(stadsdeel = '', 'Stadsdeel onbekend', anyIf(a.name, a.level = 'stadsdeel')) AS name,
            sum(r.n_now) AS n_now, sum(r.incidents) AS incidents, sum(r.signals) AS signals,
            sum(r.n_day) AS n_day, sum(u.n_before) AS n_before
        FROM area AS a FINAL
        LEFT JOIN recent AS r ON r.key = a.code
        LEFT JOIN usual AS u ON u.key = a.code
        GROUP BY stadsdeel"""

NOW_PANEL = Panel(
    id="now",
    title_nl="Nu in de stad",
    description_nl=(
        "Incidenten en signalen van de laatste 60 minuten, met het gemiddelde per uur van de 24 "
        "uur ervoor. Zonder gevoelige thema's."
    ),
    sql=f"""WITH{PRESENT},
    recent AS ({RECENT_EVENTS}
    )
SELECT
    countIf(kind = 'incident' AND age < 3600) AS incidents,
    round(countIf(kind = 'incident' AND age >= 3600) / 24, 1) AS incidents_usual,
    countIf(kind = 'signal' AND age < 3600) AS signals,
    round(countIf(kind = 'signal' AND age >= 3600) / 24, 1) AS signals_usual,
    countIf(kind = 'inspection' AND age < 3600) AS inspections,
    as_of
FROM (SELECT kind, dateDiff('second', occurred_at, as_of) AS age FROM recent)
WHERE age < 25 * 3600""",
    unit=Unit.COUNT,
    kind=PanelKind.STAT,
    columns=(
        Column("incidents", "Incidenten, 60 min", Unit.COUNT),
        Column("incidents_usual", "Incidenten per uur, 24 uur ervoor", Unit.COUNT),
        Column("signals", "Signalen, 60 min", Unit.COUNT),
        Column("signals_usual", "Signalen per uur, 24 uur ervoor", Unit.COUNT),
        Column("inspections", "Controles, 60 min", Unit.COUNT),
        AS_OF,
    ),
)

PER_HOUR = Panel(
    id="per-hour",
    title_nl="Incidenten en signalen per uur",
    description_nl=(
        f"De laatste {CHART_HOURS} uur; het laatste uur loopt nog. Normaal is het gemiddelde van "
        "hetzelfde uur van de week, incidenten en signalen samen. Zonder gevoelige thema's."
    ),
    # The last hours are counted by the hours that have passed, their normal by the wall clock. Cells are
    # added up by hour first, so that the calendar is worked out per hour and not for millions of cells.
    sql=f"""WITH{PRESENT},{seen(CHART_HOURS)},
    recent AS (
        SELECT dateDiff('hour', hour, this_hour) AS slot, sum(c.n_incident) AS incidents,
            sum(c.n_signal) AS signals, sum(c.n_inspection) AS inspections
        FROM cell AS c FINAL
        WHERE {in_last_hours(CHART_HOURS)}
        GROUP BY slot
    ),
    usual AS (
        SELECT {BACK_HOURS} AS slot, sum(n) AS n_before
        FROM (
            SELECT hour, sum(c.n_incident + c.n_signal) AS n
            FROM cell AS c FINAL
            WHERE {in_past_weeks(CHART_HOURS)}
            GROUP BY hour
        )
        GROUP BY slot
    )
SELECT this_hour - toIntervalHour(clock.number) AS hour, incidents, signals, inspections,
    if(weeks >= {MIN_WEEKS}, round(n_before / weeks, 1), NULL) AS normal,
    length(seen) AS weeks,
    as_of
FROM numbers({CHART_HOURS}) AS clock
LEFT JOIN recent ON recent.slot = clock.number
LEFT JOIN usual ON usual.slot = clock.number
ORDER BY hour""",
    unit=Unit.COUNT,
    kind=PanelKind.SERIES,
    columns=(
        Column("hour", "Uur", Unit.TIME),
        Column("incidents", "Incidenten", Unit.COUNT),
        Column("signals", "Signalen", Unit.COUNT),
        Column("inspections", "Controles", Unit.COUNT),
        Column("normal", "Normaal", Unit.COUNT),
        Column("weeks", "Weken historie", Unit.COUNT, shown=False),
        AS_OF,
    ),
)

THEMES = Panel(
    id="themes",
    title_nl="Per thema",
    description_nl=(
        "De hele stad: het lopende uur en de drie uur ervoor tegen normaal, en de laatste 24 uur."
        " Normaal is het gemiddelde van dezelfde uren van de week. Zonder gevoelige thema's."
    ),
    sql=f"""WITH{PRESENT},{counted("theme")}{against_normal("theme, label", _OF_THEMES)}
ORDER BY n_now DESC, n_day DESC, label""",
    unit=Unit.COUNT,
    kind=PanelKind.BARS,
    columns=(Column("theme", "Thema", shown=False), Column("label", "Thema"), *AGAINST_NORMAL),
)

STADSDELEN = Panel(
    id="stadsdelen",
    title_nl="Per stadsdeel",
    description_nl=(
        "Het lopende uur en de drie uur ervoor tegen normaal, en de laatste 24 uur. Ook "
        "gebeurtenissen waarvan alleen het stadsdeel bekend is tellen mee; waarvan alleen de "
        "gemeente bekend is staat apart."
    ),
    sql=f"""WITH{PRESENT},{counted("wijk")}{against_normal("stadsdeel, name", _OF_STADSDELEN)}
ORDER BY stadsdeel = '', deviation DESC, n_now DESC, name""",
    unit=Unit.COUNT,
    kind=PanelKind.TABLE,
    columns=(
        Column("stadsdeel", "Code", shown=False),
        Column("name", "Stadsdeel"),
        *AGAINST_NORMAL,
    ),
)

SENSITIVE = Panel(
    id="sensitive",
    title_nl="Gevoelige thema's, afgelopen week",
    description_nl=(
        "Alleen de hele gemeente over de laatste volle kalenderweek (maandag tot en met zondag). "
        "Een aantal onder 5 wordt niet getoond. In geen enkel ander paneel tellen deze thema's "
        "mee."
    ),
    sql=f"""WITH{PRESENT},
    toStartOfWeek(as_of, 1, 'Europe/Amsterdam') AS monday,
    counts AS (
        SELECT theme, sum(n) AS total FROM cell FINAL
        WHERE toDate(hour, 'Europe/Amsterdam') >= monday - 7
          AND toDate(hour, 'Europe/Amsterdam') < monday
          AND hour > this_hour - INTERVAL 15 DAY AND wijk IN {CITY}
        GROUP BY theme
    )
SELECT t.theme AS theme,
    t.label_nl AS label,
    if(total < 5, NULL, total) AS n,
    if(total < 5, 'minder dan 5', toString(total)) AS n_text,
    toString(monday - 7) AS week_start,
    as_of
FROM (SELECT theme, label_nl FROM theme FINAL WHERE sensitive) AS t
LEFT JOIN counts ON counts.theme = t.theme
ORDER BY label""",
    unit=Unit.COUNT,
    kind=PanelKind.TABLE,
    columns=(
        Column("theme", "Thema", shown=False),
        Column("label", "Thema"),
        Column("n", "Aantal", Unit.COUNT, shown=False),
        Column("n_text", "Aantal"),
        Column("week_start", "Week vanaf"),
        AS_OF,
    ),
    every_s=60.0,
)
