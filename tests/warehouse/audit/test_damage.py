"""A warehouse in order audits clean, and every kind of damage is found and named."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
import pytest

from domain.rows import EventRow
from tests.warehouse.audit.accounts import GivenOut, accounts_of, audit, without_gaps
from tests.warehouse.audit.loading import load, recompute
from tests.warehouse.reading import read_cells
from tests.warehouse.story import Story, expected_cells, expected_counts
from warehouse.audit import Account, Day, Loss, Report, Verdict
from warehouse.audit.buckets import read_split_ids
from warehouse.client import Client

pytestmark = pytest.mark.integration


@pytest.fixture
def story() -> Story:
    told = Story(31, events=150)
    told.rows = without_gaps(told.rows)
    return told


@pytest.fixture
def loaded(client: Client, story: Story) -> Client:
    """A warehouse that the story has gone through."""
    load(client, story)
    recompute(client)
    return client


def audited(client: Client, rows: Iterable[EventRow]) -> Report:
    return audit(client, GivenOut(accounts_of(rows)))


def test_a_story_with_every_kind_of_change_audits_clean(loaded: Client, story: Story) -> None:
    report = audited(loaded, story.rows)
    assert report.verdict is Verdict.CLEAN, report
    assert report.loss is Loss.NONE
    counts = {
        source.name: (sum(d.stored for d in source.days), sum(d.superseded for d in source.days))
        for source in report.sources
    }
    assert counts == expected_counts(story.rows)
    assert all(day.in_flight == 0 for source in report.sources for day in source.days)


def test_an_empty_warehouse_is_said_to_be_empty(client: Client) -> None:
    report = audit(client, GivenOut({}))
    assert (report.verdict, report.empty) == (Verdict.EMPTY, True)


def test_a_warehouse_that_lost_everything_is_empty_and_not_clean(client: Client, story: Story) -> None:
    report = audited(client, story.rows)
    assert (report.verdict, report.empty, report.loss) == (Verdict.DIFFERS, True, Loss.LOST)


def test_a_batch_that_came_twice_is_no_fault(loaded: Client, story: Story) -> None:
    for row in story.rows[:40]:
        loaded.insert_rows("event_log", orjson.dumps(row), token=f"again-{row['receipt']}")
    ((rows, receipts),) = loaded.query(
        "SELECT count(), uniqExact(source, receipt, version) FROM event_log"
    )
    assert rows > receipts
    assert audited(loaded, story.rows).verdict is Verdict.CLEAN


def cells_at_fault(report: Report) -> set[tuple[str, str, str]]:
    hours, _days = report.levels
    return {(f.cell.wijk, f.cell.theme, f.cell.period_text) for f in hours.faults}


def overwrite(client: Client, columns: str) -> tuple[str, str, str]:
    """Write one counted cell anew, under a higher generation; return its name."""
    ((wijk, theme, hour),) = client.query(
        "SELECT wijk, theme, toString(hour) FROM cell FINAL WHERE n > 0 ORDER BY n DESC, hour LIMIT 1"
    )
    client.insert_select(
        f"INSERT INTO cell SELECT {columns} FROM cell FINAL"
        " WHERE wijk = {wijk:String} AND theme = {theme:String} AND toString(hour) = {hour:String}",
        {"wijk": wijk, "theme": theme, "hour": hour},
    )
    return wijk, theme, hour


@pytest.mark.parametrize(
    "columns",
    [
        "* REPLACE (n + 1 AS n, gen + 1 AS gen)",
        "* REPLACE (severity_sum + 1 AS severity_sum, gen + 1 AS gen)",
        "* REPLACE (n_incident + 1 AS n_incident, n_signal - 1 AS n_signal, gen + 1 AS gen)",
        "* REPLACE (digest + 1 AS digest, gen + 1 AS gen)",
        "* REPLACE (0 AS n, 0 AS n_incident, 0 AS n_signal, 0 AS n_inspection, 0 AS severity_sum,"
        " 0 AS digest, gen + 1 AS gen)",
    ],
    ids=["number", "severity", "kinds", "digest", "emptied"],
)
def test_a_cell_that_was_changed_is_named(loaded: Client, story: Story, columns: str) -> None:
    cell = overwrite(loaded, columns)
    report = audited(loaded, story.rows)
    assert (report.verdict, report.loss) == (Verdict.DIFFERS, Loss.NONE)
    assert cells_at_fault(report) == {cell}
    assert {fault.between for fault in report.levels[0].faults} == {("event_now", "cell")}
    assert [source.problems for source in report.sources] == [(), ()]


def test_a_day_that_was_changed_is_named(loaded: Client, story: Story) -> None:
    loaded.insert_select(
        "INSERT INTO cell_day SELECT * REPLACE (digest + 1 AS digest, gen + 1 AS gen)"
        " FROM cell_day FINAL WHERE n > 0 ORDER BY n DESC LIMIT 1"
    )
    report = audited(loaded, story.rows)
    hours, days = report.levels
    assert (report.verdict, hours.faults) == (Verdict.DIFFERS, ())
    (fault,) = days.faults
    assert fault.between == ("event_now", "cell_day")
    assert fault.cell.period_text.startswith("2026-0")


def test_a_cell_that_nobody_recomputed_is_named(client: Client, story: Story) -> None:
    """The mark of a batch is lost: its cells stay as they were."""
    half = len(story.rows) // 2
    load(client, story, slice(half))
    recompute(client)
    load(client, story, slice(half, None))
    client.execute("DELETE FROM dirty WHERE token NOT IN (SELECT token FROM dirty_done)")
    report = audited(client, story.rows)
    assert report.verdict is Verdict.DIFFERS
    kept, right = read_cells(client), expected_cells(story.rows)
    stale = {cell for cell in kept.keys() | right.keys() if kept.get(cell) != right.get(cell)}
    assert stale
    assert stale <= cells_at_fault(report)
    assert {fault.between for fault in report.levels[0].faults} == {("event_now", "cell")}


@pytest.mark.parametrize("counts", [1, 0], ids=["counted", "uncounted"])
def test_a_row_that_the_truth_lost_is_named(loaded: Client, story: Story, counts: int) -> None:
    ((event_id, wijk, theme, hour),) = loaded.query(
        "SELECT event_id, wijk, theme, toString(toStartOfHour(occurred_at)) FROM event_now FINAL"
        " WHERE counts = {counts:UInt8} ORDER BY event_id LIMIT 1",
        {"counts": counts},
    )
    loaded.execute("DELETE FROM event_now WHERE event_id = {id:String}", {"id": event_id})
    report = audited(loaded, story.rows)
    assert (report.verdict, report.loss) == (Verdict.DIFFERS, Loss.NONE)
    assert cells_at_fault(report) == {(wijk, theme, hour)}
    assert report.levels[0].faults[0].between == ("event_log", "event_now")


def test_a_row_of_the_truth_that_no_log_knows_is_named(loaded: Client, story: Story) -> None:
    ghost = next(row for row in story.rows if row["counts"]) | {"event_id": "ghost", "deleted": 0}
    loaded.insert_rows("event_now", orjson.dumps(ghost), token="ghost")
    report = audited(loaded, story.rows)
    (fault,) = report.levels[0].faults
    assert (fault.cell.wijk, fault.cell.theme) == (ghost["wijk"], ghost["theme"])
    assert fault.between == ("event_log", "event_now")
    assert fault.now[0] == fault.log[0] + 1


def test_a_receipt_that_is_nowhere_is_lost_and_named(loaded: Client, story: Story) -> None:
    lost = next(row for row in story.rows if row["rev"] == 1 and row["source"] == "demo")
    for table in ("event_log", "event_now"):
        loaded.execute(
            f"DELETE FROM {table} WHERE source = 'demo' AND receipt = {{receipt:UInt64}}",
            {"receipt": lost["receipt"]},
        )
    report = audited(loaded, story.rows)
    demo, p2000 = report.sources
    assert report.verdict is Verdict.DIFFERS
    assert (demo.loss, demo.lost, demo.in_flight) == (Loss.LOST, ((lost["receipt"],) * 2,), 1)
    assert (p2000.verdict, p2000.loss) == (Verdict.CLEAN, Loss.NONE)


def test_a_receipt_that_still_lies_in_the_outbox_is_in_flight_and_not_lost(
    client: Client, story: Story
) -> None:
    late = max(row["receipt"] for row in story.rows if row["source"] == "demo")
    story.rows = [row for row in story.rows if (row["source"], row["receipt"]) != ("demo", late)]
    load(client, story)
    recompute(client)
    accounts = accounts_of(story.rows)
    day, counts = next(iter(accounts["demo"].days.items()))
    accounts["demo"] = Account(late, {day: Day(counts.received + 1, 0)}, waiting=((late, late),))
    report = audit(client, GivenOut(accounts, passes=[False]))
    demo, _ = report.sources
    assert (report.verdict, report.ahead) == (Verdict.UNSETTLED, "records on their way")
    assert (demo.loss, demo.in_flight, demo.days[0].in_flight) == (Loss.NONE, 1, 1)


def test_receipts_that_nobody_gave_out_are_a_fault(loaded: Client, story: Story) -> None:
    accounts = accounts_of(story.rows)
    fewer = accounts["demo"]
    day, counts = next(iter(fewer.days.items()))
    accounts["demo"] = Account(fewer.issued - 1, {day: Day(counts.received - 1, 0)})
    (problem,) = audit(loaded, GivenOut(accounts)).sources[0].problems
    assert problem == (
        f"the warehouse holds receipts up to {fewer.issued}, and ingest gave out {fewer.issued - 1}"
    )
    del accounts["demo"]
    assert audit(loaded, GivenOut(accounts)).verdict is Verdict.DIFFERS


def test_counters_that_do_not_fit_the_receipts_are_a_fault(loaded: Client, story: Story) -> None:
    accounts = accounts_of(story.rows)
    day, counts = next(iter(accounts["demo"].days.items()))
    accounts["demo"] = Account(accounts["demo"].issued, {day: Day(counts.received - 2, 0)})
    problems = audit(loaded, GivenOut(accounts)).sources[0].problems
    assert len(problems) == 2
    assert problems[1] == f"{day}: 2 more arrived than were given out"


def test_a_receipt_that_stands_for_two_events_is_a_fault(loaded: Client, story: Story) -> None:
    twin = next(row for row in story.rows if row["counts"]) | {"event_id": "twin"}
    loaded.insert_rows("event_log", orjson.dumps(twin), token="twin")
    problems = [problem for source in audited(loaded, story.rows).sources for problem in source.problems]
    assert any("some stand for two events" in problem for problem in problems)


@pytest.mark.parametrize("rows_per_slice", [50, 4_000_000])
def test_an_event_in_two_buckets_is_a_fault(loaded: Client, story: Story, rows_per_slice: int) -> None:
    assert read_split_ids(loaded, rows_per_slice) == {}
    twin = next(row for row in story.rows if row["source"] == "demo") | {"bucket": "2026-06-01"}
    loaded.insert_rows("event_log", orjson.dumps(twin), token="twin")
    assert read_split_ids(loaded, rows_per_slice) == {"demo": 1}
    demo, _ = audited(loaded, story.rows).sources
    assert "1 events have two buckets, and count twice" in demo.problems
