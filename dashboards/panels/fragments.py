"""Pieces of SQL that the panels share: the window of now, which areas and themes, and what is normal.

*Now* is the current clock hour and the three hours before it. *Normal* is the mean of the same four
hours of the week in the weeks before, at most a year back, where the current hour's own counterpart
weighs as much as has passed of it. Hours of the week are those of Europe/Amsterdam, so that a rhythm
keeps its place when the clock changes. A week belongs to the history only when the city was counted on
the calendar day before and on the one after the window: a week in which a source was down, or which the
history has not reached yet, is no data and must not count as a quiet week. A day whose events were all
retracted was counted: its source was heard.

The deviation is the Freeman-Tukey deviate of a Poisson count, sqrt(n) + sqrt(n + 1) - sqrt(4 m + 1)
(Freeman and Tukey, 1950, doi 10.1214/aoms/1177729756): near 0 when n is about m, with a spread of about
1 also for small counts, so that one event in a quiet wijk is no alarm.
"""

from __future__ import annotations

from dashboards.panels.definition import AS_OF, NOW, Column, Status, Unit
from domain.places import PLACED, MatchLevel
from domain.rejects import RejectReason
from warehouse.audit import Verdict

WINDOW_HOURS = 3
"""Full hours before the current one that *now* takes in."""
MIN_WEEKS = 8
"""Weeks of history from which on there is a normal; before, it is being built."""
MAX_WEEKS = 52
CHART_HOURS = 48
"""Hours that the chart per hour shows."""

_ZONE = "'Europe/Amsterdam'"

PRESENT = f"""
    {NOW} AS as_of,
    toStartOfHour(as_of) AS this_hour,
    this_hour - INTERVAL {WINDOW_HOURS} HOUR AS window_start,
    dateDiff('second', this_hour, as_of) / 3600 AS elapsed"""
"""Names for a ``WITH``: the moment of the query, its clock hour, and the share of it that has passed."""

CITY = "(SELECT code FROM area FINAL)"
"""All areas of the gemeente: wijken, stadsdelen, and the gemeente itself."""

PUBLIC_THEMES = "(SELECT t.theme FROM theme AS t FINAL WHERE NOT t.sensitive)"
"""Themes that live figures may show. A sensitive theme is shown as a total of a full week only, so live
totals leave it out: a difference of two figures would give it back."""

MAY_BE_SHOWN = f"materialize(wijk) IN {CITY} AND materialize(theme) IN {PUBLIC_THEMES}"
"""A condition on cells. Nearly all of them meet it, so an index has nothing to skip by it, and
``materialize`` keeps the engine from trying."""

RECENT_EVENTS = f"""
        SELECT * FROM event_now FINAL
        WHERE counts = 1
          AND bucket >= toDate(as_of - INTERVAL 26 HOUR)
          AND wijk IN {CITY}
          AND theme IN {PUBLIC_THEMES}"""
"""Events of the gemeente that can lie in the last 24 hours: an event is received at the earliest 15
minutes before it occurs, so an older ``bucket`` (day of the first receipt) holds none, and the table is
ordered by it."""


def _wall(moment: str) -> str:
    """Return SQL for the seconds on the wall clock at ``moment``: a week apart is always 604,800."""
    return f"(toUnixTimestamp({moment}) + timezoneOffset(toTimeZone({moment}, {_ZONE})))"


_BACK = f"(wall - {_wall('hour')})"
"""Seconds on the wall clock from ``hour`` to the current hour (needs ``seen``)."""

BACK_HOURS = f"intDiv({_BACK} % 604800, 3600)"
"""Hours from ``hour`` to the counterpart of the current hour in its week (needs ``seen``)."""


def seen(span: int = WINDOW_HOURS + 1) -> str:
    """Return definitions for a ``WITH``: ``seen``, the weeks back that count as history, and ``wall``
    (needs ``PRESENT``).

    Args:
        span: hours of the window that is compared, the current one included.
    """
    # Read without FINAL: a day that was counted once has its row, whatever became of the count. Without
    # the wijken, which a day of the city does not need; but a sensitive theme must not show in a week.
    return f"""
    {_wall("this_hour")} AS wall,
    toDate(this_hour - INTERVAL {span - 1} HOUR, {_ZONE}) AS first_day,
    toDate(this_hour, {_ZONE}) AS last_day,
    (
        SELECT groupUniqArray(day) FROM cell_day
        WHERE day > last_day - {7 * (MAX_WEEKS + 2)} AND theme IN {PUBLIC_THEMES}
    ) AS days,
    arrayFilter(
        week -> has(days, first_day - 7 * week - 1) AND has(days, last_day - 7 * week + 1),
        range(1, {MAX_WEEKS + 1})
    ) AS seen"""


def in_last_hours(hours: int = 24) -> str:
    """Return a condition on cells: may be shown, and in the last ``hours``, the current one included
    (needs ``PRESENT``)."""
    return f"hour > this_hour - INTERVAL {hours} HOUR AND hour <= this_hour AND {MAY_BE_SHOWN}"


def in_past_weeks(span: int = WINDOW_HOURS + 1) -> str:
    """Return a condition on cells: may be shown, and in the window in a week of ``seen`` (needs that and
    ``PRESENT``).

    Args:
        span: hours of the window, as for ``seen``.
    """
    # The hours are listed because `cell` is ordered by hour: so a year is read in as many small pieces
    # as it has weeks. They are UTC, an hour more at both ends for DST; the wall clock keeps `span`.
    return f"""hour IN (
                SELECT hour FROM (
                    SELECT this_hour - toIntervalHour(168 * arrayJoin(seen) + number - 1) AS hour
                    FROM numbers({span + 2})
                )
                WHERE ({_BACK} + 3600) % 604800 BETWEEN 3600 AND {3600 * span}
            )
          AND {MAY_BE_SHOWN}"""


def counted(by: str) -> str:
    """Return definitions for a ``WITH`` that count cells per value of their column ``by``, as ``key``
    (needs ``PRESENT``).

    ``recent`` has ``n_now``, ``incidents``, ``signals`` and ``n_day`` (the current hour and the 23
    before it); ``usual`` has ``n_before`` (all weeks together, in the window of now). ``seen`` is
    defined too.
    """
    return f"""{seen()},
    recent AS (
        SELECT {by} AS key,
            sumIf(c.n, hour >= window_start) AS n_now,
            sumIf(c.n_incident, hour >= window_start) AS incidents,
            sumIf(c.n_signal, hour >= window_start) AS signals,
            sum(c.n) AS n_day
        FROM cell AS c FINAL
        WHERE {in_last_hours()}
        GROUP BY key
    ),
    usual AS (
        SELECT {by} AS key, sum(c.n * if({BACK_HOURS} = 0, elapsed, 1)) AS n_before
        FROM cell AS c FINAL
        WHERE {in_past_weeks()}
        GROUP BY key
    )"""


def against_normal(keys: str, counts: str) -> str:
    """Return a SELECT of ``AGAINST_NORMAL``: one row per place, with its counts held against normal.

    Args:
        keys: columns of ``counts`` that come first.
        counts: a query of them and of the columns of ``recent`` and ``usual`` that ``counted`` defines.
    """
    # From the inside, so that a name is not worked out twice; but each level costs a millisecond of
    # planning. The status follows the rounded deviation, so that a reader sees no contradiction.
    return f"""
SELECT {keys}, n_now, round(mean, 1) AS normal, excess AS deviation,
    multiIf(
        weeks < {MIN_WEEKS}, '{Status.BUILDING}',
        excess >= 3, '{Status.MUCH_HIGHER}',
        excess >= 2, '{Status.HIGHER}',
        excess >= 1, '{Status.SLIGHTLY_HIGHER}',
        excess <= -2, '{Status.LOWER}',
        '{Status.NORMAL}') AS status,
    incidents, signals, n_day, weeks, {MIN_WEEKS} AS weeks_needed, as_of
FROM (
    SELECT *, length(seen) AS weeks, if(weeks >= {MIN_WEEKS}, n_before / weeks, NULL) AS mean,
        round(sqrt(n_now) + sqrt(n_now + 1) - sqrt(4 * mean + 1), 1) AS excess
    FROM ({counts}
    )
)"""


AGAINST_NORMAL = (
    Column("n_now", "Nu", Unit.COUNT),
    Column("normal", "Normaal", Unit.COUNT),
    Column("deviation", "Afwijking"),
    Column("status", "Stand"),
    Column("incidents", "Incidenten nu", Unit.COUNT),
    Column("signals", "Signalen nu", Unit.COUNT),
    Column("n_day", "24 uur", Unit.COUNT),
    Column("weeks", "Weken historie", Unit.COUNT),
    Column("weeks_needed", "Weken nodig", Unit.COUNT, shown=False),
    AS_OF,
)
"""The columns that ``against_normal`` selects after its keys."""

MATCH_LABELS: dict[MatchLevel, str] = {
    MatchLevel.CODE: "wijkcode van de bron",
    MatchLevel.COORDINATES: "coördinaten",
    MatchLevel.PC6: "postcode",
    MatchLevel.STREET: "straat",
    MatchLevel.WIJK_NAME: "wijknaam",
    MatchLevel.STADSDEEL: "alleen stadsdeel bekend",
    MatchLevel.GEMEENTE: "alleen gemeente bekend",
}
"""Levels of match that live figures show; ``withheld`` belongs to the sensitive themes."""

REJECT_LABELS: dict[RejectReason, str] = {
    RejectReason.PRIVACY: "lijkt op persoonsgegeven",
    RejectReason.UNPARSED: "niet te lezen",
    RejectReason.TOO_LATE: "te laat",
    RejectReason.TOO_LARGE: "te groot",
    RejectReason.INVALID: "ongeldig veld",
    RejectReason.SCHEMA_VERSION: "onbekende versie",
    RejectReason.FUTURE: "tijdstip in de toekomst",
}


AUDIT_LABELS: dict[Verdict, str] = {
    Verdict.CLEAN: "✓ klopt",
    Verdict.DIFFERS: "✗ wijkt af",
    Verdict.UNSETTLED: "… nog onderweg",
    Verdict.EMPTY: "– nog leeg",
}
NOT_AUDITED = "nog niet gecontroleerd"


def label_rows(labels: dict[MatchLevel, str] | dict[RejectReason, str], name: str) -> str:
    """Return a query of one row per entry, with columns ``name``, ``label``, ``rank`` and ``placed``."""
    rows = ", ".join(
        f"('{key}', '{label}', {rank}, {int(key in PLACED)})"
        for rank, (key, label) in enumerate(labels.items(), start=1)
    )
    return f"""
        SELECT row.1 AS {name}, row.2 AS label, row.3 AS rank, row.4 AS placed
        FROM (SELECT arrayJoin([{rows}]) AS row)"""
