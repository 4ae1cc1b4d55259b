"""The boards as data: Grafana is given what our panels say, and nothing is fixed to one server."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # PyYAML ships no types

import dashboards.grafana
from dashboards.grafana.layout import PLACES
from dashboards.grafana.names import DATASOURCE_UID, board_uid
from dashboards.grafana.render import rendered_files, write_boards
from dashboards.grafana.sdk import dashboard_json
from dashboards.panels.definition import STATUSES, Board
from dashboards.panels.stad_nu import BOARDS

PROVISIONING = Path(dashboards.grafana.__file__).parent / "provisioning"
ALL_BOARDS = pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.id)


def test_the_committed_files_are_what_the_code_renders() -> None:
    committed = {
        str(path.relative_to(PROVISIONING)): path.read_text(encoding="utf-8")
        for path in PROVISIONING.rglob("*")
        if path.is_file()
    }
    assert committed == rendered_files(), "run: wijkbeeld dashboards render"


def test_writing_gives_the_files(tmp_path: Path) -> None:
    paths = write_boards(tmp_path)
    assert {str(path.relative_to(tmp_path)) for path in paths} == set(rendered_files())
    assert all(path.stat().st_size for path in paths)


@ALL_BOARDS
def test_a_dashboard_has_our_panels_with_our_sql(board: Board) -> None:
    dashboard = json.loads(dashboard_json(board))
    assert (dashboard["uid"], dashboard["title"]) == (board_uid(board), board.title_nl)
    assert dashboard["timezone"] == "Europe/Amsterdam"
    shown = [(p["title"], p["targets"][0]["rawSql"]) for p in dashboard["panels"]]
    assert shown == [(panel.title_nl, panel.sql) for panel in board.panels]
    for drawn, panel in zip(dashboard["panels"], board.panels, strict=True):
        assert drawn["description"].startswith(panel.description_nl)
        assert "Het peilmoment" in drawn["description"]
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(board.panels)


@ALL_BOARDS
def test_the_data_source_comes_by_variable_only(board: Board) -> None:
    dashboard = json.loads(dashboard_json(board))
    assert set(_source_uids(dashboard["panels"])) == {"${datasource}"}
    (variable,) = dashboard["templating"]["list"]
    assert (variable["name"], variable["type"]) == ("datasource", "datasource")


@ALL_BOARDS
def test_panels_stand_in_the_grid_without_overlap(board: Board) -> None:
    places = PLACES[board.id]
    assert set(places) == {panel.id for panel in board.panels}
    assert all(place.x + place.w <= 24 for place in places.values())
    for one, other in itertools.combinations(places.values(), 2):
        apart_across = one.x + one.w <= other.x or other.x + other.w <= one.x
        apart_down = one.y + one.h <= other.y or other.y + other.h <= one.y
        assert apart_across or apart_down


@ALL_BOARDS
def test_a_status_is_told_in_words_and_colour(board: Board) -> None:
    text = dashboard_json(board)
    for info in STATUSES.values():
        assert f"{info.mark} {info.label_nl}" in text


@ALL_BOARDS
def test_no_panel_fetches_a_map_from_elsewhere(board: Board) -> None:
    text = dashboard_json(board)
    assert "http" not in text
    assert "cdn" not in text.lower()


def test_provisioning_keeps_the_password_out_and_names_our_source() -> None:
    files = rendered_files()
    (source,) = yaml.safe_load(files["datasources/wijkbeeld.yaml"])["datasources"]
    assert source["uid"] == DATASOURCE_UID
    assert source["secureJsonData"] == {"password": "$WIJKBEELD_CLICKHOUSE_PASSWORD"}
    assert source["jsonData"]["protocol"] == "http"
    (provider,) = yaml.safe_load(files["dashboards/wijkbeeld.yaml"])["providers"]
    assert provider["options"]["path"].endswith("/dashboards/wijkbeeld")


def _source_uids(node: Any) -> list[str]:
    if isinstance(node, list):
        return [uid for item in node for uid in _source_uids(item)]
    if not isinstance(node, dict):
        return []
    here = [node["datasource"]["uid"]] if isinstance(node.get("datasource"), dict) else []
    return here + [uid for value in node.values() for uid in _source_uids(value)]
