"""A running system gives no false alarm: what only moves is waited for or left undecided."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import pytest

from domain.rows import EventRow
from domain.topics import EVENTS
from tests.warehouse.audit.accounts import NOW, GivenOut, accounts_of, audit, without_gaps
from tests.warehouse.audit.loading import load, recompute, store
from tests.warehouse.story import Story, as_record
from warehouse.audit import Loss, Patience, Verdict
from warehouse.audit import audit as run_audit
from warehouse.audit.levels import HOURS
from warehouse.audit.settling import Fenced, judge
from warehouse.client import Client
from warehouse.loader.batching import Batch
from warehouse.loader.config import BatchLimits
from warehouse.loader.storing import Store, targets
from warehouse.recompute.lease import Lease
from warehouse.recompute.stepping import Recompute

pytestmark = pytest.mark.integration


def told(seed: int, events: int) -> Story:
    story = Story(seed, events)
    story.rows = without_gaps(story.rows)
    return story


def test_marks_that_are_not_done_in_time_are_unsettled_and_no_fault(client: Client) -> None:
    story = told(41, 60)
    load(client, story)
    report = audit(client, GivenOut(accounts_of(story.rows)), seconds=3.0)
    assert report.verdict is Verdict.UNSETTLED
    assert report.ahead.endswith("batches to recompute")
    assert [(level.faults, level.undecided > 0) for level in report.levels] == [((), True)] * 2


def test_the_wait_ends_when_the_recompute_has_passed_the_fence(client: Client) -> None:
    story = told(42, 60)
    load(client, story)
    ticks = itertools.count()

    def sleep(_seconds: float) -> None:
        recompute(client)

    patience = Patience(30.0, pause=1.0, clock=lambda: float(next(ticks)), sleep=sleep)
    report = run_audit(client, GivenOut(accounts_of(story.rows), passes=[False, False]), patience, NOW)
    assert report.verdict is Verdict.CLEAN
    assert patience.seconds > 20


def another(row: EventRow, number: int) -> EventRow:
    """Return an event in the same cell as ``row``."""
    return row | {"event_id": f"e{number}0", "receipt": number}


class Interfering:
    """A client behind whose back an event comes into one cell before each look at the cells."""

    def __init__(self, client: Client, rows: list[EventRow]) -> None:
        self._client = client
        self._rows = iter(rows)
        self.looks = 0

    def query(
        self, statement: str, parameters: Mapping[str, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        if "event_now FINAL" in statement:
            self.looks += 1
            for row in itertools.islice(self._rows, 1):
                store(self._client, [as_record(row)])
        return self._client.query(statement, parameters)


class Recomputing(GivenOut):
    """Everything before a fence is recomputed when it is made."""

    def __init__(self, client: Client) -> None:
        super().__init__({})
        self._client = client

    def fence(self) -> GivenOut:
        recompute(self._client)
        return super().fence()


@pytest.mark.parametrize("changes", [1, 2, 3, 6])
def test_a_cell_that_changes_before_every_look_is_no_fault(client: Client, changes: int) -> None:
    first = next(row for row in Story(43, 20).rows if row["counts"] and not row["deleted"])
    rows = [another(first, n) for n in range(1, changes + 1)]
    behind = Interfering(client, rows)
    ticks = itertools.count()
    patience = Patience(100.0, pause=1.0, clock=lambda: float(next(ticks)), sleep=lambda _s: None)
    verdict = judge(cast(Client, behind), HOURS, Fenced(client, Recomputing(client), patience))
    assert (verdict.faults, verdict.undecided) == ((), 0)
    assert behind.looks > changes


def test_a_cell_that_never_comes_to_rest_is_undecided(client: Client) -> None:
    first = next(row for row in Story(43, 20).rows if row["counts"] and not row["deleted"])
    rows = [another(first, n) for n in range(1, 40)]
    ticks = itertools.count()
    patience = Patience(3.0, pause=1.0, clock=lambda: float(next(ticks)), sleep=lambda _s: None)
    fenced = Fenced(client, Recomputing(client), patience)
    verdict = judge(cast(Client, Interfering(client, rows)), HOURS, fenced)
    assert (verdict.faults, verdict.undecided) == ((), 1)


@contextmanager
def streaming(open_client: Callable[[], Client], story: Story) -> Iterator[threading.Event]:
    """Load a story in small batches and recompute, each on a thread of its own; yields the end of it."""
    loaded, ended = threading.Event(), threading.Event()
    failures: list[BaseException] = []
    records = [record for record in story.records() if record.topic == EVENTS]

    def loading() -> None:
        client = open_client()
        store = Store(client, targets(1), BatchLimits())
        for at in range(0, len(records), 7):
            store.store(Batch(EVENTS, records[at : at + 7], {}), threading.Event())
        loaded.set()

    def recomputing() -> None:
        client = open_client()
        lease = Lease(client)
        lease.take()
        step = Recompute(client, lease, 200)
        while not ended.is_set():
            if not step.step() and loaded.is_set():
                return

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            failures.append(error)
            loaded.set()

    threads = [threading.Thread(target=guarded, args=(work,)) for work in (loading, recomputing)]
    for thread in threads:
        thread.start()
    try:
        yield loaded
    finally:
        for thread in threads:
            thread.join(120)
        ended.set()
    assert not failures
    assert not any(thread.is_alive() for thread in threads)


def test_audits_of_a_stream_under_load_find_no_fault(
    client: Client, database: str, client_of: Callable[[str], Client]
) -> None:
    story = told(44, 160)
    live = [row for row in story.rows if not row["event_id"].endswith(("3", "7"))]
    story.rows = without_gaps(live)
    # Nothing is known of the receipts while they come in: here it is about the cells.
    verdicts: list[Any] = []
    with streaming(lambda: client_of(database), story) as loaded:
        while not loaded.is_set():
            verdicts.append(judge(client, HOURS, Fenced(client, GivenOut({}), Patience(2.0, 0.05))))
    assert len(verdicts) > 1
    assert [verdict.faults for verdict in verdicts if verdict.faults] == []
    report = audit(client, GivenOut(accounts_of(story.rows)))
    assert (report.verdict, report.loss) == (Verdict.CLEAN, Loss.NONE)


def test_a_fault_is_found_in_the_middle_of_a_stream(
    client: Client, database: str, client_of: Callable[[str], Client]
) -> None:
    """The damage is in an hour that the stream does not touch."""
    story = told(45, 160)
    client.insert_select(
        "INSERT INTO cell (wijk, theme, hour, n, digest, gen)"
        " SELECT 'BU02680100', 'brand', toDateTime('2020-01-01 00:00:00', 'UTC'), 1, 1, 1"
    )
    found: list[str] = []
    with streaming(lambda: client_of(database), story) as loaded:
        while not found and not loaded.is_set():
            verdict = judge(client, HOURS, Fenced(client, GivenOut({}), Patience(2.0, 0.05)))
            found = [fault.cell.period_text for fault in verdict.faults]
    assert set(found) <= {"2020-01-01 00:00:00"}
    verdict = judge(client, HOURS, Fenced(client, GivenOut({}), Patience(10.0, 0.05)))
    assert [fault.cell.period_text for fault in verdict.faults] == ["2020-01-01 00:00:00"]
