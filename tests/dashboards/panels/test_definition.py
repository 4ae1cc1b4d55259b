from __future__ import annotations

import pytest

from dashboards.panels.definition import AS_OF, NOW, STATUSES, Board, Panel, Status
from dashboards.panels.fragments import AUDIT_LABELS, MATCH_LABELS, REJECT_LABELS
from dashboards.panels.stad_nu import BOARDS
from domain.places import MatchLevel
from domain.rejects import RejectReason
from warehouse.audit import Verdict

PANELS = [panel for board in BOARDS for panel in board.panels]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
def test_a_panel_is_one_plain_select_that_hangs_on_one_clock(panel: Panel) -> None:
    assert panel.sql.count(NOW) == 1
    assert "$" not in panel.sql
    assert ";" not in panel.sql
    assert "now64" not in panel.sql
    assert "today()" not in panel.sql
    assert NOW not in panel.sql_at("2026-01-01 00:00:00")


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
def test_a_panel_explains_itself(panel: Panel) -> None:
    assert panel.title_nl
    assert panel.description_nl.endswith(".")
    assert panel.columns[-1] is AS_OF
    assert len({column.name for column in panel.columns}) == len(panel.columns)


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.id)
def test_a_board_finds_its_panels(board: Board) -> None:
    assert [board.panel(panel.id) for panel in board.panels] == list(board.panels)
    with pytest.raises(KeyError):
        board.panel("nothing")


def test_every_status_level_and_reason_has_words() -> None:
    assert set(STATUSES) == set(Status)
    assert set(MATCH_LABELS) == set(MatchLevel) - {MatchLevel.WITHHELD}
    assert set(REJECT_LABELS) == set(RejectReason)
    assert set(AUDIT_LABELS) == set(Verdict)
    assert len({info.mark for info in STATUSES.values()}) == len(Status)
