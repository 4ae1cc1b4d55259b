"""The page about rejects names the reasons that there are, and what is kept of them."""

from __future__ import annotations

import re
from pathlib import Path

from domain.rejects import RECORD_KEPT, WITHOUT_RECORD, RejectReason

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rejects.md"
ROW = re.compile(r"^\| `(\w+)` \|[^|]*\|[^|]*\|([^|]*)\|[^|]*\|$", re.MULTILINE)


def test_the_page_has_every_reason_once_in_the_order_of_the_list() -> None:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert [reason for reason, _ in rows] == [reason.value for reason in RejectReason]


def test_the_page_says_of_which_nothing_is_kept_and_for_how_long_the_others_are() -> None:
    text = PAGE.read_text(encoding="utf-8")
    without = {reason for reason, kept in ROW.findall(text) if kept.strip().startswith("nothing")}
    assert without >= {reason.value for reason in WITHOUT_RECORD}
    assert f"{RECORD_KEPT.days} days from the receipt" in text.replace("\n", " ")
