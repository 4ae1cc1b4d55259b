"""From our panels to Grafana's dashboard model: the only module that knows Grafana's SDK.

One house style for all boards: Amsterdam time, a refresh every five seconds, no time picker (each panel
has the window that its description tells), the data source by variable, words in Dutch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.builders.common import (
    ReduceDataOptions,
    StackingConfig,
    VizLegendOptions,
)
from grafana_foundation_sdk.builders.geomap import MapViewConfig
from grafana_foundation_sdk.builders.geomap import Panel as Geomap
from grafana_foundation_sdk.builders.stat import Panel as Stat
from grafana_foundation_sdk.builders.table import Panel as Table
from grafana_foundation_sdk.builders.timeseries import Panel as Timeseries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models import dashboard as model

from dashboards.grafana import style
from dashboards.grafana.layout import PLACES
from dashboards.grafana.names import DATASOURCE_NAME, DATASOURCE_TYPE, DATASOURCE_UID, board_uid
from dashboards.panels.definition import Board, Column, Panel, PanelKind

SOURCE = model.DataSourceRef(type_val=DATASOURCE_TYPE, uid="${datasource}")
PanelBuilder = Stat | Table | Timeseries | Geomap
TABLE_FORMAT = 1
Drawn = TypeVar("Drawn", Stat, Table)


class ClickHouseQuery(Dataquery):
    """A query of Grafana's ClickHouse data source, which the SDK has no class for.

    Its fields are those of ``CHSqlQuery`` in https://github.com/grafana/clickhouse-datasource,
    ``src/types/sql.ts``.
    """

    def __init__(self, sql: str) -> None:
        self._sql = sql

    def to_json(self) -> dict[str, object]:
        """Return the query as the data source keeps it."""
        return {
            "datasource": SOURCE,
            "editorType": "sql",
            "format": TABLE_FORMAT,
            "pluginVersion": "4.20.0",
            "queryType": "table",
            "rawSql": self._sql,
            "refId": "A",
        }


class _Query(Builder[Dataquery]):
    def __init__(self, sql: str) -> None:
        self._query = ClickHouseQuery(sql)

    def build(self) -> Dataquery:
        """Return the query."""
        return self._query


def dashboard_json(board: Board) -> str:
    """Return the dashboard of a board as the JSON that Grafana imports.

    Raises:
        KeyError: a panel of the board has no place in ``layout.PLACES``.
    """
    page = (
        build.Dashboard(board.title_nl)
        .uid(board_uid(board))
        .description(board.description_nl)
        .tags(["wijkbeeld", board.id])
        .timezone("Europe/Amsterdam")
        .week_start("monday")
        .refresh("5s")
        .time("now-48h", "now")
        .timepicker(build.TimePicker().hidden(True))
        .readonly()
        .with_variable(_source_variable())
    )
    for number, panel in enumerate(board.panels, start=1):
        place = PLACES[board.id][panel.id]
        drawn = _KINDS[panel.kind](panel)
        drawn.id(number).title(panel.title_nl).description(_description(panel)).datasource(SOURCE)
        drawn.no_value("geen gegevens").with_target(_Query(panel.sql))
        drawn.grid_pos(model.GridPos(x=place.x, y=place.y, w=place.w, h=place.h))
        page.with_panel(drawn)
    return json.dumps(page.build(), cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _source_variable() -> build.DatasourceVariable:
    chosen = model.VariableOption(selected=True, text=DATASOURCE_NAME, value=DATASOURCE_UID)
    return (
        build.DatasourceVariable("datasource")
        .label("Gegevensbron")
        .type(DATASOURCE_TYPE)
        .current(chosen)
        .multi(False)
        .include_all(False)
    )


def _description(panel: Panel) -> str:
    return f"{panel.description_nl} Het peilmoment staat bij de cijfers; ververst elke 5 seconden."


def _stat(panel: Panel) -> Stat:
    stat = (
        Stat()
        .color_mode(common.BigValueColorMode.NONE)
        .graph_mode(common.BigValueGraphMode.NONE)
        .text_mode(common.BigValueTextMode.VALUE_AND_NAME)
        .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]).fields("/.*/").values(False))
    )
    return _named(stat, panel)


def _series(panel: Panel) -> Timeseries:
    series = (
        Timeseries()
        .draw_style(common.GraphDrawStyle.BARS)
        .fill_opacity(80)
        .line_width(0)
        .min(0)
        .decimals(0)
        .stacking(StackingConfig().mode(common.StackingMode.NORMAL).group("A"))
        .legend(
            VizLegendOptions()
            .show_legend(True)
            .display_mode(common.LegendDisplayMode.LIST)
            .placement(common.LegendPlacement.BOTTOM)
        )
        .with_transformation(_organized(panel, style.NOT_IN_SERIES))
    )
    for name, values in style.SERIES.items():
        series.override_by_name(name, _values(values))
    return series


def _table(panel: Panel) -> Table:
    return _named(Table().cell_height(common.TableCellHeight.SM), panel)


def _bars(panel: Panel) -> Table:
    table = _table(panel)
    first = next(column for column in panel.columns if column.shown and column.unit in style.BAR_UNITS)
    table.override_by_name(first.label_nl, _values(style.BAR))
    return table


def _map(panel: Panel) -> Geomap:
    """Points on an empty ground: a background map would be fetched from somebody else's server."""
    layer = common.MapLayerOptions(
        type_val="markers",
        name="Wijken",
        config=style.MARKERS,
        location=common.FrameGeometrySource(
            mode=common.FrameGeometrySourceMode.COORDS, latitude="lat", longitude="lon"
        ),
        tooltip=True,
    )
    ground = common.MapLayerOptions(type_val="xyz", name="Leeg", config={"url": style.EMPTY_TILE})
    geomap = (
        Geomap()
        .basemap(_Built(ground))
        .layers([_Built(layer)])
        .view(MapViewConfig().id("fit").all_layers(True).padding(10))
    )
    for column in panel.columns:
        values = {"displayName": column.label_nl, **style.column_values(column)}
        geomap.override_by_name(column.name, _values(values))
    geomap.override_by_name("deviation", _values(style.DEVIATION_COLORS))
    return geomap


class _Built(Builder[common.MapLayerOptions]):
    """A model that needs no building, where the SDK asks for a builder."""

    def __init__(self, built: common.MapLayerOptions) -> None:
        self._built = built

    def build(self) -> common.MapLayerOptions:
        """Return the model."""
        return self._built


def _named(drawn: Drawn, panel: Panel) -> Drawn:
    drawn.with_transformation(_organized(panel))
    for column in panel.columns:
        values = style.column_values(column)
        if isinstance(drawn, Stat):
            values = {name: value for name, value in values.items() if not name.startswith("custom.")}
        if column.shown and values:
            drawn.override_by_name(column.label_nl, _values(values))
    return drawn


_KINDS: Mapping[PanelKind, Callable[[Panel], PanelBuilder]] = MappingProxyType(
    {
        PanelKind.STAT: _stat,
        PanelKind.SERIES: _series,
        PanelKind.BARS: _bars,
        PanelKind.TABLE: _table,
        PanelKind.MAP: _map,
    }
)


def _organized(panel: Panel, left_out: tuple[str, ...] = ()) -> model.DataTransformerConfig:
    """Return the transformation that hides the columns for machines and gives the others their words."""

    def hidden(column: Column) -> bool:
        return not column.shown or column.name in left_out

    return model.DataTransformerConfig(
        id_val="organize",
        options={
            "excludeByName": {column.name: True for column in panel.columns if hidden(column)},
            "indexByName": {column.name: index for index, column in enumerate(panel.columns)},
            "renameByName": {c.name: c.label_nl for c in panel.columns if not hidden(c)},
        },
    )


def _values(values: Mapping[str, object]) -> list[model.DynamicConfigValue]:
    return [model.DynamicConfigValue(id_val=name, value=value) for name, value in values.items()]
