"""The house style of the boards in Grafana's own terms: units, colours, thresholds, widths."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dashboards.panels.definition import STATUSES, Column, Unit
from dashboards.panels.fragments import AUDIT_LABELS
from warehouse.audit import Verdict

Values = Mapping[str, object]

BAR_UNITS = frozenset({Unit.COUNT, Unit.SHARE})
NOT_IN_SERIES = ("as_of", "inspections")
"""The chart stacks what its normal is made of; the moment of the query is no series."""

_UNITS: Mapping[Unit, Values] = MappingProxyType(
    {
        Unit.SHARE: {"unit": "percentunit", "decimals": 0},
        Unit.SECONDS: {"unit": "s", "decimals": 0},
        Unit.TIME: {"unit": "time:DD-MM HH:mm:ss", "custom.width": 130},
    }
)


def _thresholds(*steps: tuple[float | None, str]) -> Values:
    return {
        "mode": "absolute",
        "steps": [{"value": value, "color": color} for value, color in steps],
    }


_STATUS = {
    "custom.cellOptions": {"type": "color-background", "mode": "basic"},
    "custom.width": 150,
    "mappings": [
        {
            "type": "value",
            "options": {
                str(status): {
                    "text": f"{info.mark} {info.label_nl}",
                    "color": info.grafana_color,
                    "index": index,
                }
                for index, (status, info) in enumerate(STATUSES.items())
            },
        }
    ],
}

DEVIATION_COLORS: Values = {
    "color": {"mode": "thresholds"},
    "thresholds": _thresholds(
        (None, "blue"), (-2, "#8a949b"), (1, "yellow"), (2, "orange"), (3, "dark-red")
    ),
}

_AUDIT_COLORS: Mapping[Verdict, str] = MappingProxyType(
    {Verdict.CLEAN: "green", Verdict.DIFFERS: "dark-red", Verdict.UNSETTLED: "yellow"}
)

_COLUMNS: Mapping[str, Values] = MappingProxyType(
    {
        "verdict_label": {
            "custom.cellOptions": {"type": "color-text"},
            "mappings": [
                {
                    "type": "value",
                    "options": {
                        AUDIT_LABELS[verdict]: {"color": color, "index": index}
                        for index, (verdict, color) in enumerate(_AUDIT_COLORS.items())
                    },
                }
            ],
        },
        "status": _STATUS,
        "age_s": {
            "custom.cellOptions": {"type": "color-text"},
            "color": {"mode": "thresholds"},
            "thresholds": _thresholds((None, "green"), (900, "yellow"), (3600, "red")),
        },
        "as_of": {"unit": "time:HH:mm:ss", "custom.width": 100},
        "occurred_at": {"unit": "time:DD-MM HH:mm", "custom.width": 110},
        "severity": {
            "custom.width": 70,
            "custom.cellOptions": {"type": "color-text"},
            "color": {"mode": "thresholds"},
            "thresholds": _thresholds((None, "text"), (4, "orange"), (5, "red")),
        },
        "kind": {
            "custom.width": 100,
            "mappings": [
                {
                    "type": "value",
                    "options": {
                        "incident": {"text": "incident", "index": 0},
                        "signal": {"text": "signaal", "index": 1},
                        "inspection": {"text": "controle", "index": 2},
                    },
                }
            ],
        },
    }
)

BAR: Values = {
    "custom.cellOptions": {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"},
    "color": {"mode": "fixed", "fixedColor": "blue"},
    "min": 0,
}

SERIES: Mapping[str, Values] = MappingProxyType(
    {
        "Incidenten": {"color": {"mode": "fixed", "fixedColor": "dark-blue"}},
        "Signalen": {"color": {"mode": "fixed", "fixedColor": "light-blue"}},
        "Normaal": {
            "color": {"mode": "fixed", "fixedColor": "orange"},
            "custom.drawStyle": "line",
            "custom.lineInterpolation": "stepAfter",
            "custom.lineWidth": 2,
            "custom.fillOpacity": 0,
            "custom.stacking": {"mode": "none"},
        },
    }
)
"""By the name that a series has on the board."""

EMPTY_TILE = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
"""A transparent picture of one pixel."""

MARKERS: Values = {
    "showLegend": True,
    "style": {
        "color": {"field": "deviation", "fixed": "text"},
        "opacity": 0.85,
        "rotation": {"fixed": 0, "max": 360, "min": -360, "mode": "mod"},
        "size": {"field": "n_now", "fixed": 8, "max": 22, "min": 6},
        "symbol": {"fixed": "img/icons/marker/circle.svg", "mode": "fixed"},
        "symbolAlign": {"horizontal": "center", "vertical": "center"},
        "text": {"field": "name", "fixed": "", "mode": "field"},
        "textConfig": {
            "fontSize": 11,
            "offsetX": 0,
            "offsetY": 16,
            "textAlign": "center",
            "textBaseline": "middle",
        },
    },
}


def column_values(column: Column) -> Values:
    """Return Grafana's field options for a column."""
    return dict(_UNITS.get(column.unit, {})) | dict(_COLUMNS.get(column.name, {}))
