"""Pushing boards, against a stand-in that keeps state as Grafana does: no Grafana runs here."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from dashboards.grafana.push import ClickHouseLogin, GrafanaRefused, GrafanaUnavailable, push
from dashboards.grafana.sdk import dashboard_json
from dashboards.panels.stad_nu import STAD_NU
from domain.errors import SettingsError
from tests.dashboards.grafana.standin import TOKEN, GrafanaStandIn
from tests.support.ports import free_port

pytestmark = pytest.mark.integration

CLICKHOUSE = ClickHouseLogin("clickhouse", 8123, "lezer", "secret-of-tests")
UID = "wijkbeeld-stad-nu"


@pytest.fixture
def grafana() -> Iterator[GrafanaStandIn]:
    with GrafanaStandIn() as running:
        yield running


def test_the_first_push_creates_everything(grafana: GrafanaStandIn) -> None:
    assert push(grafana.url, TOKEN, source=CLICKHOUSE) == [
        "folder wijkbeeld: created",
        "data source wijkbeeld-clickhouse: created",
        f"board {UID}: created, version 1",
    ]
    stored = grafana.boards[UID]
    assert stored["folderUid"] == "wijkbeeld"
    assert stored["dashboard"].items() >= json.loads(dashboard_json(STAD_NU)).items()
    source = grafana.sources["wijkbeeld-clickhouse"]
    assert source["jsonData"]["host"] == "clickhouse"
    assert source["jsonData"]["username"] == "lezer"
    assert source["secureJsonFields"] == {"password": True}


def test_a_second_push_changes_nothing(grafana: GrafanaStandIn) -> None:
    push(grafana.url, TOKEN, source=CLICKHOUSE)
    writes = grafana.writes
    assert push(grafana.url, TOKEN) == [
        "folder wijkbeeld: unchanged",
        "data source wijkbeeld-clickhouse: left as it is",
        f"board {UID}: unchanged",
    ]
    assert grafana.writes == writes


def test_what_was_changed_in_grafana_is_brought_back(grafana: GrafanaStandIn) -> None:
    push(grafana.url, TOKEN, source=CLICKHOUSE)
    grafana.boards[UID]["dashboard"] |= {"title": "Something else", "version": 5}
    grafana.folders["wijkbeeld"] |= {"title": "Something else", "version": 3}
    assert push(grafana.url, TOKEN, source=CLICKHOUSE) == [
        "folder wijkbeeld: updated",
        "data source wijkbeeld-clickhouse: updated",
        f"board {UID}: updated, version 6",
    ]
    assert grafana.boards[UID]["dashboard"]["title"] == "Stad nu"
    assert grafana.boards[UID]["dashboard"]["id"] == 7
    assert grafana.folders["wijkbeeld"]["title"] == "Wijkbeeld"


def test_a_board_in_another_folder_comes_back(grafana: GrafanaStandIn) -> None:
    push(grafana.url, TOKEN, source=CLICKHOUSE)
    grafana.boards[UID]["folderUid"] = "elsewhere"
    assert push(grafana.url, TOKEN)[-1] == f"board {UID}: updated, version 2"
    assert grafana.boards[UID]["folderUid"] == "wijkbeeld"


def test_a_provisioned_source_is_left_alone(grafana: GrafanaStandIn) -> None:
    grafana.sources["wijkbeeld-clickhouse"] = {"uid": "wijkbeeld-clickhouse", "readOnly": True}
    assert "left as it is" in push(grafana.url, TOKEN, source=CLICKHOUSE)[1]


def test_no_source_and_none_given_is_told(grafana: GrafanaStandIn) -> None:
    with pytest.raises(SettingsError, match="no data source wijkbeeld-clickhouse"):
        push(grafana.url, TOKEN)


def test_a_wrong_token_is_told_without_it(grafana: GrafanaStandIn) -> None:
    with pytest.raises(GrafanaRefused, match="does not know this login") as caught:
        push(grafana.url, "wrong-token", source=CLICKHOUSE)
    assert "wrong-token" not in str(caught.value)


def test_a_change_at_the_same_moment_is_not_overwritten(grafana: GrafanaStandIn) -> None:
    push(grafana.url, TOKEN, source=CLICKHOUSE)
    grafana.boards[UID]["dashboard"]["title"] = "Somebody's work"

    def somebody_saves(uid: str) -> None:
        grafana.boards[uid]["dashboard"]["version"] += 1

    grafana.before_save = somebody_saves
    with pytest.raises(GrafanaUnavailable, match="changed in Grafana at the same moment"):
        push(grafana.url, TOKEN)
    assert grafana.boards[UID]["dashboard"]["title"] == "Somebody's work"


def test_a_board_of_that_title_under_another_uid_is_told(grafana: GrafanaStandIn) -> None:
    grafana.boards["by-hand"] = {"folderUid": "wijkbeeld", "dashboard": {"title": "Stad nu"}}
    with pytest.raises(GrafanaRefused, match="under another uid"):
        push(grafana.url, TOKEN, source=CLICKHOUSE)


@pytest.mark.parametrize(
    ("status", "text", "error", "words"),
    [
        (403, '{"message": "no"}', GrafanaRefused, "needs the role Admin"),
        (400, '{"message": "no"}', GrafanaRefused, "refuses the folder"),
        (429, '{"message": "slow"}', GrafanaUnavailable, "try again later"),
        (503, "away", GrafanaUnavailable, "try again later"),
        (200, "<html>a sign-in page</html>", GrafanaRefused, "no Grafana answers"),
    ],
)
def test_an_answer_in_error_becomes_one_line(
    grafana: GrafanaStandIn, status: int, text: str, error: type[Exception], words: str
) -> None:
    grafana.forced = (status, text)
    with pytest.raises(error, match=words) as caught:
        push(grafana.url, TOKEN, source=CLICKHOUSE)
    assert "\n" not in str(caught.value)


def test_nobody_there_is_transient() -> None:
    with pytest.raises(GrafanaUnavailable, match="cannot be reached"):
        push(f"http://127.0.0.1:{free_port()}", TOKEN)


@pytest.mark.parametrize("url", ["", "grafana", "ftp://grafana", "http://"])
def test_a_wrong_address_is_told(url: str) -> None:
    with pytest.raises(SettingsError, match="expected http"):
        push(url, TOKEN)
