"""No small number is told, or can be worked out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.tabular.rows import FileRefused
from ingest.veiligheidshuis.disclosure import check_disclosure
from ingest.veiligheidshuis.document import Document
from tests.ingest.tabular.dropping import run
from tests.ingest.veiligheidshuis.sealing import (
    deliver,
    document,
    row,
    sealed,
)


@pytest.mark.parametrize(
    ("figures", "ok"),
    [
        # 40 - 32 = 8 closed by the one route that is withheld.
        (
            [
                row("cases-closed", 40),
                row("cases-closed", 32, route="zorg"),
                row("cases-closed", None, route="straf"),
            ],
            False,
        ),
        (
            [
                row("cases-closed", 40),
                row("cases-closed", 22, route="zorg"),
                row("cases-closed", None, route="straf"),
            ],
            True,
        ),
        ([row("cases-closed", 40), row("cases-closed", 35, route="zorg")], False),
        ([row("cases-closed", 40), row("cases-closed", 40, route="zorg")], True),
        ([row("cases-closed", 40), row("cases-closed", 41, route="zorg")], False),
        ([row("cases-closed", None), row("cases-closed", 41, route="zorg")], True),
        ([row("cases-closed", 40), row("goal-reached", 35)], False),
        ([row("cases-closed", 40), row("goal-reached", 41)], False),
        ([row("cases-closed", 40), row("goal-reached", 30)], True),
        ([row("cases-closed", 40), row("goal-reached", 40)], True),
    ],
)
def test_a_small_number_cannot_be_worked_out(
    tmp_path: Path, figures: list[dict[str, Any]], ok: bool
) -> None:
    source = sealed(tmp_path)
    deliver(tmp_path / "drop", document(figures=figures))
    assert bool(run(source).drafts) is ok


@given(
    total=st.integers(10, 60),
    parts=st.lists(st.one_of(st.none(), st.integers(10, 60)), min_size=1, max_size=4),
)
def test_no_accepted_delivery_gives_a_small_number_by_subtraction(
    total: int, parts: list[int | None]
) -> None:
    routes = ("zorg", "straf", "bestuur", "gecombineerd")
    rows = [row("cases-closed", value, route=route) for value, route in zip(parts, routes, strict=False)]
    said = document(figures=[row("cases-closed", total), *rows])
    try:
        check_disclosure(Document.model_validate(said))
    except FileRefused:
        return
    rest = total - sum(value for value in parts if value is not None)
    assert rest >= 10 or (rest == 0 and None not in parts)
