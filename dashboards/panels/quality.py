"""Panels on the picture itself: how fresh, how well placed, what was rejected, does it all come out."""

from __future__ import annotations

from dashboards.panels.definition import AS_OF, Column, Panel, PanelKind, Unit
from dashboards.panels.fragments import (
    AUDIT_LABELS,
    MATCH_LABELS,
    NOT_AUDITED,
    PRESENT,
    RECENT_EVENTS,
    REJECT_LABELS,
    label_rows,
)

FRESHNESS = Panel(
    id="freshness",
    title_nl="Hoe vers per bron",
    description_nl=(
        "Per bron wanneer er voor het laatst iets binnenkwam en van wanneer de nieuwste "
        "gebeurtenis is. Een stille bron is geen stille stad."
    ),
    # `event_newest` bounds what a day can hold. Read are the days with the highest bounds, then those
    # whose bounds lie above what was found there: none, unless the newest was corrected or retracted.
    sql=f"""WITH{PRESENT},
    bounds AS (
        SELECT source, bucket, max(n.received_at) AS received_by, max(n.occurred_at) AS occurred_by
        FROM event_newest AS n
        GROUP BY source, bucket
    ),
    likely AS (
        SELECT source, arrayJoin([argMax(bucket, received_by), argMax(bucket, occurred_by)]) AS bucket
        FROM bounds
        GROUP BY source
    ),
    found AS (
        SELECT e.source AS source, max(e.received_at) AS received_at, max(e.occurred_at) AS occurred_at
        FROM event_now AS e FINAL
        WHERE (e.bucket, e.source) IN (SELECT bucket, source FROM likely)
        GROUP BY source
    ),
    others AS (
        SELECT bounds.bucket AS bucket, bounds.source AS source
        FROM bounds LEFT JOIN found ON found.source = bounds.source
        WHERE (received_by > found.received_at OR occurred_by > found.occurred_at)
          AND (bounds.bucket, bounds.source) NOT IN (SELECT bucket, source FROM likely)
    )
SELECT newest.source AS source,
    max(newest.received_at) AS received_at,
    greatest(0, dateDiff('second', max(newest.received_at), as_of)) AS age_s,
    max(newest.occurred_at) AS occurred_at,
    any(state.complete_until) AS complete_until,
    as_of
FROM (
    SELECT source, received_at, occurred_at FROM found
    UNION ALL
    SELECT e.source AS source, max(e.received_at) AS received_at, max(e.occurred_at) AS occurred_at
    FROM event_now AS e FINAL
    WHERE (e.bucket, e.source) IN (SELECT bucket, source FROM others)
    GROUP BY source
) AS newest
LEFT JOIN source_now AS state ON state.source = newest.source
GROUP BY source
ORDER BY source""",
    unit=Unit.SECONDS,
    kind=PanelKind.TABLE,
    columns=(
        Column("source", "Bron"),
        Column("received_at", "Laatst ontvangen", Unit.TIME),
        Column("age_s", "Geleden", Unit.SECONDS, volatile=True),
        Column("occurred_at", "Nieuwste gebeurtenis", Unit.TIME),
        Column("complete_until", "Compleet tot", Unit.TIME, volatile=True),
        AS_OF,
    ),
)

UNPLACED = Panel(
    id="unplaced",
    title_nl="Niet in een wijk geplaatst",
    description_nl=(
        "De laatste 24 uur: hoe elke gebeurtenis aan haar plaats kwam. Niet geplaatst is waarvan "
        "alleen het stadsdeel of de gemeente bekend is. Zonder gevoelige thema's, die met opzet "
        "geen wijk krijgen."
    ),
    sql=f"""WITH{PRESENT},
    recent AS ({RECENT_EVENTS}
    ),
    levels AS ({label_rows(MATCH_LABELS, "match_level")}
    ),
    counts AS (
        SELECT match_level, count() AS n FROM recent
        WHERE occurred_at > as_of - INTERVAL 24 HOUR AND match_level IN (SELECT match_level FROM levels)
        GROUP BY match_level
    )
SELECT levels.match_level AS match_level,
    levels.label AS label,
    levels.placed AS placed,
    counts.n AS n,
    sum(counts.n) OVER () AS total,
    if(total = 0, NULL, round(n / total, 3)) AS share,
    if(total = 0, NULL, round(sumIf(counts.n, levels.placed = 0) OVER () / total, 3)) AS unplaced_share,
    as_of
FROM levels LEFT JOIN counts ON counts.match_level = levels.match_level
ORDER BY levels.rank""",
    unit=Unit.SHARE,
    kind=PanelKind.BARS,
    columns=(
        Column("match_level", "Niveau", shown=False),
        Column("label", "Geplaatst naar"),
        Column("placed", "In een wijk", shown=False),
        Column("n", "Aantal", Unit.COUNT),
        Column("total", "Totaal", Unit.COUNT, shown=False),
        Column("share", "Aandeel", Unit.SHARE),
        Column("unplaced_share", "Niet geplaatst", Unit.SHARE, shown=False),
        AS_OF,
    ),
)

REJECTS = Panel(
    id="rejects",
    title_nl="Afgewezen",
    description_nl=(
        "Records die niet zijn geteld, naar reden, in de laatste 24 uur en de laatste 14 dagen. "
        "Een record dat na herstel alsnog is geteld staat er niet meer bij."
    ),
    sql=f"""WITH{PRESENT},
    reasons AS ({label_rows(REJECT_LABELS, "reason")}
    ),
    refused AS (
        SELECT source, receipt, bucket, reason, received_at FROM rejected FINAL
        WHERE received_at > as_of - INTERVAL 14 DAY
    ),
    counts AS (
        SELECT reason, count() AS n_fortnight, countIf(received_at > as_of - INTERVAL 24 HOUR) AS n_day
        FROM refused
        WHERE (source, receipt) NOT IN (
            SELECT source, receipt FROM event_log WHERE bucket IN (SELECT bucket FROM refused)
        )
        GROUP BY reason
    )
SELECT reasons.reason AS reason,
    reasons.label AS label,
    counts.n_day AS n_day,
    counts.n_fortnight AS n_fortnight,
    as_of
FROM reasons LEFT JOIN counts ON counts.reason = reasons.reason
ORDER BY n_day DESC, n_fortnight DESC, reasons.rank""",
    unit=Unit.COUNT,
    kind=PanelKind.TABLE,
    columns=(
        Column("reason", "Code", shown=False),
        Column("label", "Reden"),
        Column("n_day", "24 uur", Unit.COUNT),
        Column("n_fortnight", "14 dagen", Unit.COUNT),
        AS_OF,
    ),
)

_CODES = ", ".join(f"'{verdict}'" for verdict in AUDIT_LABELS)
_WORDS = ", ".join(f"'{label}'" for label in AUDIT_LABELS.values())

AUDIT = Panel(
    id="audit",
    title_nl="Controle",
    description_nl=(
        "De laatste controle (wijkbeeld audit): of elk ontvangen record is verantwoord, of er niets "
        "kwijt is, en of de getelde cellen kloppen met de gebeurtenissen. Onderweg is wat bij de "
        "controle nog niet was opgeslagen."
    ),
    sql=f"""WITH{PRESENT},
    last AS (
        SELECT * FROM audit WHERE run = (SELECT run FROM audit ORDER BY at DESC, run LIMIT 1)
    )
SELECT last.source AS source,
    if(last.source = '', 'Alles samen', last.source) AS label,
    last.verdict AS verdict,
    transform(toString(last.verdict), [{_CODES}], [{_WORDS}], '{NOT_AUDITED}') AS verdict_label,
    last.lost AS lost,
    if(last.source = '', last.cells_differ, NULL) AS cells_differ,
    last.in_flight AS in_flight,
    last.received AS received,
    nullIf(last.at, toDateTime64(0, 3, 'UTC')) AS at,
    as_of
FROM (SELECT 1 AS always) AS one LEFT JOIN last ON true
ORDER BY source""",
    unit=Unit.COUNT,
    kind=PanelKind.TABLE,
    columns=(
        Column("source", "Code", shown=False),
        Column("label", "Bron"),
        Column("verdict", "Oordeel als code", shown=False),
        Column("verdict_label", "Oordeel"),
        Column("lost", "Kwijt", Unit.COUNT),
        Column("cells_differ", "Cellen fout", Unit.COUNT),
        Column("in_flight", "Onderweg", Unit.COUNT),
        Column("received", "Ontvangen", Unit.COUNT),
        Column("at", "Gecontroleerd", Unit.TIME),
        AS_OF,
    ),
)
