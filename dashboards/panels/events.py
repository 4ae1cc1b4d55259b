"""The running feed."""

from __future__ import annotations

from dashboards.panels.definition import AS_OF, Column, Panel, PanelKind, Unit
from dashboards.panels.fragments import CITY, PRESENT, PUBLIC_THEMES

FEED_LENGTH = 60

LATEST = Panel(
    id="latest",
    title_nl="Laatste gebeurtenissen",
    description_nl=(
        f"De {FEED_LENGTH} laatste incidenten, signalen en controles van de gemeente, naar het "
        "moment waarop ze plaatsvonden. Zonder gevoelige thema's: die bestaan alleen als totaal."
    ),
    # Receipts of the last two days on which anything arrived: the order of the table begins with bucket.
    sql=f"""WITH{PRESENT},
    (SELECT max(bucket) FROM event_now) - 1 AS since
SELECT e.key AS key,
    e.occurred_at AS occurred_at,
    e.kind AS kind,
    e.theme AS theme,
    t.label_nl AS label,
    e.severity AS severity,
    if(a.level = 'wijk', a.code, '') AS wijk,
    multiIf(
        a.level = 'wijk', a.name,
        a.level = 'stadsdeel', concat('stadsdeel ', a.name),
        'wijk onbekend') AS place,
    if(a.level = 'wijk', a.stadsdeel_name, '') AS stadsdeel_name,
    e.service AS service,
    e.priority AS priority,
    e.source AS source,
    e.received_at AS received_at,
    as_of
FROM (
    SELECT *, toString(cityHash64(source, event_id)) AS key
    FROM event_now FINAL
    WHERE counts = 1 AND bucket >= since AND wijk IN {CITY} AND theme IN {PUBLIC_THEMES}
    ORDER BY occurred_at DESC, received_at DESC, key
    LIMIT {FEED_LENGTH}
) AS e
INNER JOIN (SELECT code, name, level, stadsdeel_name FROM area FINAL) AS a ON a.code = e.wijk
INNER JOIN (SELECT theme, label_nl FROM theme FINAL) AS t ON t.theme = e.theme
ORDER BY occurred_at DESC, received_at DESC, key""",
    unit=Unit.NONE,
    kind=PanelKind.TABLE,
    columns=(
        Column("key", "Sleutel", shown=False),
        Column("occurred_at", "Tijd", Unit.TIME),
        Column("kind", "Soort"),
        Column("theme", "Thema", shown=False),
        Column("label", "Thema"),
        Column("severity", "Ernst"),
        Column("wijk", "Code", shown=False),
        Column("place", "Plaats"),
        Column("stadsdeel_name", "Stadsdeel"),
        Column("service", "Dienst"),
        Column("priority", "Prioriteit"),
        Column("source", "Bron"),
        Column("received_at", "Ontvangen", Unit.TIME),
        AS_OF,
    ),
)
