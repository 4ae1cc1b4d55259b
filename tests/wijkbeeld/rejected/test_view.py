"""Rejects for people: everything in 80 columns, nothing cut off."""

from __future__ import annotations

import io
from collections import Counter as Tally
from datetime import UTC, date, datetime

from rich.console import Console

from ingest.outbox.rejects import Pause
from warehouse.rejects import Reject, RejectGroup
from wijkbeeld.rejected import view
from wijkbeeld.rejected.replaying import Outcome, Result

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
FIELD = "data.inspection.location.boundaryYear"
CODE = "datetime_from_date_parsing"
REJECT = Reject(
    "a-source-of-a-very-long-name-say", 123_456_789, "e7", 2, date(2026, 7, 1),
    "schema_version", FIELD, CODE, 65_536, 65_000, NOON,
)  # fmt: skip


def printed() -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, width=80, highlight=False), out


def is_whole(text: str) -> bool:
    return all(len(line) <= 80 for line in text.splitlines()) and "…" not in text


def test_groups_and_rows_fit_and_lose_nothing() -> None:
    console, out = printed()
    group = RejectGroup(REJECT.source, REJECT.reason, FIELD, CODE, 1_234_567, 9, NOON, NOON)
    view.print_groups([group, group._replace(field="[bold]")], console)
    view.print_rows([REJECT], console)
    text = out.getvalue()
    assert is_whole(text)
    assert "1,234,567" in text
    assert "2,469,134 rejects, of 18 of which a record is kept" in text
    assert "123456789" in text
    assert "01-07-26 14:00" in text
    assert "bold" in text
    assert "65,000" in text


def test_no_rejects_are_said_to_be_none() -> None:
    console, out = printed()
    view.print_groups([], console)
    assert out.getvalue() == "no rejects\n"


def test_results_say_what_would_happen_and_what_did() -> None:
    for dry_run, said in ((True, "would be sent"), (False, "sent")):
        console, out = printed()
        results = [
            Result("p2000", 0, Outcome.SENT),
            Result("p2000", 0, Outcome.STILL_WRONG, "future", "data.occurredAt", "future"),
        ]
        view.print_results(Tally(results * 3), console, dry_run=dry_run)
        assert is_whole(out.getvalue())
        assert [line.split()[-1] for line in out.getvalue().splitlines() if f" {said} " in line] == ["3"]
        assert "still wrong" in out.getvalue()


def test_a_pause_says_how_to_go_on() -> None:
    console, out = printed()
    view.print_pauses([("p2000", Pause("unparsed", 50, 50, NOON))], console)
    squeezed = " ".join(out.getvalue().split())
    assert "50 records in a row rejected as unparsed" in squeezed
    assert "wijkbeeld rejected resume p2000" in squeezed


def test_json_has_times_in_utc() -> None:
    assert view.as_json(REJECT)["received_at"] == "2026-07-01T12:00:00+00:00"
    assert view.as_json(REJECT)["bucket"] == "2026-07-01"
