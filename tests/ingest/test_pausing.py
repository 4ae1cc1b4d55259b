"""A source over its budget is not polled until somebody resumes it; the others are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from structlog.testing import capture_logs

from domain.rejects import RejectReason
from domain.topics import Lane
from ingest.budgets import Budget, Budgets
from ingest.feed_runner import Pace
from ingest.outbox.desk import resume_source
from ingest.outbox.feeds import FeedState
from ingest.outbox.store import Outbox
from ingest.protocol import Poll, Unreadable
from ingest.reject_counter import RejectCounter
from tests.ingest.fakes import TurnedClock
from tests.ingest.samples import KEYED, draft, poll
from tests.ingest.test_feed_runner import STEADY, Ingest, more

LOOK = timedelta(seconds=7)
PACE = Pace(paused_wait=LOOK, backoff=STEADY)


def bad(*numbers: int) -> Poll:
    findings = [Unreadable(f"x{n}", RejectReason.UNPARSED, "text", 9, "") for n in numbers]
    return Poll(findings, {"at": numbers[-1]}, timedelta(0))


class BudgetedIngest(Ingest):
    """Ingest whose source may have two rejects in a row."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, PACE)
        self.outbox.close()
        budgets = Budgets(usual=Budget(share=None, run=3), reasons={})
        self.outbox = Outbox(folder / "outbox.sqlite", KEYED, "nijmegen", budgets=budgets)


@pytest.fixture
def ingest(tmp_path: Path) -> Iterator[BudgetedIngest]:
    made = BudgetedIngest(tmp_path)
    yield made
    made.outbox.close()


def reject_rows(*receipts: int, source: str = "demo", reason: str = "invalid") -> list[bytes]:
    return [orjson.dumps({"source": source, "receipt": n, "reason": reason}) for n in receipts]


def test_a_source_that_turns_bad_is_paused_with_all_its_feeds_and_goes_on_where_it_was(
    ingest: BudgetedIngest,
) -> None:
    live, backfill = ingest.feeds(live=[bad(1, 2), bad(3), poll(draft("a"), at=4)], backfill=[more(1)])
    with capture_logs() as logs:
        assert live.run() == LOOK
        assert [live.run(), backfill.run()] == [LOOK, LOOK]
    assert ingest.connectors[Lane.LIVE].asked == [None, {"at": 2}]
    assert ingest.connectors[Lane.BACKFILL].asked == []
    assert {feed.state for feed in ingest.status.feeds} == {FeedState.PAUSED}
    alarms = [entry for entry in logs if entry["event"] == "source_paused"]
    assert alarms == [
        {
            "event": "source_paused",
            "source": "demo",
            "reason": "unparsed",
            "rejects": 3,
            "among": 3,
            "log_level": "warning",
        }
    ]
    resume_source(ingest.outbox.path, "demo")
    assert live.run() == timedelta(seconds=1)
    assert ingest.connectors[Lane.LIVE].asked[-1] == {"at": 3}
    assert ingest.live.state is FeedState.WAITING
    assert ingest.live.error is None


def test_rejects_of_streams_pause_a_source_between_two_polls(ingest: BudgetedIngest) -> None:
    (live,) = ingest.feeds(live=[poll(*(draft(str(n)) for n in range(5)), at=1), poll(at=2)])
    live.run()
    counter = RejectCounter(ingest.outbox, TurnedClock())
    with capture_logs() as logs:
        counter.apply(reject_rows(4, 2))
        counter.apply(reject_rows(2, 4))
        assert live.run() == timedelta(seconds=1)
        counter.apply(reject_rows(3))
    assert live.run() == LOOK
    assert [entry["event"] for entry in logs] == ["source_paused"]
    assert len(ingest.connectors[Lane.LIVE].asked) == 2


def test_a_restart_does_not_resume(ingest: BudgetedIngest) -> None:
    (live,) = ingest.feeds(live=[bad(1, 2, 3)])
    live.run()
    (after_restart,) = ingest.feeds(live=[])
    assert after_restart.run() == LOOK
    assert ingest.live.state is FeedState.PAUSED
    assert ingest.live.error == "3 records in a row rejected as unparsed"


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"[]",
        b'{"source":"demo","receipt":1}',
        b'{"source":"demo","receipt":1,"reason":"molenstraat"}',
        b'{"source":"demo","receipt":"1","reason":"invalid"}',
        b'{"source":["demo"],"receipt":1,"reason":"invalid"}',
    ],
)
def test_a_damaged_reject_counts_for_nothing_and_its_text_is_told_to_nobody(
    ingest: BudgetedIngest, damaged: bytes
) -> None:
    (live,) = ingest.feeds(live=[poll(*(draft(str(n)) for n in range(5)), at=1)])
    live.run()
    with capture_logs() as logs:
        RejectCounter(ingest.outbox, TurnedClock()).apply([damaged, *reject_rows(1, 2)])
    assert logs == [{"event": "rejects_unreadable", "count": 1, "log_level": "warning"}]
    assert ingest.status.pause is None
