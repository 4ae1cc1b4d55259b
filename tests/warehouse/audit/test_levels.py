"""A second level of cells is one more line: days of Amsterdam, over a DST change."""

from __future__ import annotations

from datetime import date

import pytest

from tests.warehouse.audit.accounts import NOW, GivenOut, accounts_of, without_gaps
from tests.warehouse.audit.loading import load, recompute
from tests.warehouse.story import Story
from warehouse.audit import Patience, Report, Verdict, audit
from warehouse.audit.levels import HOURS, Level
from warehouse.client import Client

pytestmark = pytest.mark.integration

DAYS = Level("day", "daily", "day", "toDate(hour, 'Europe/Amsterdam')", "Date")


@pytest.fixture
def story() -> Story:
    told = Story(51, events=150)
    told.rows = without_gaps(told.rows)
    return told


@pytest.fixture
def loaded(client: Client, story: Story) -> Client:
    """A warehouse with a daily table beside the hourly one, made from the truth."""
    load(client, story)
    recompute(client)
    client.execute(
        "CREATE TABLE daily (wijk String, theme String, day Date, n UInt64, n_incident UInt64,"
        " n_signal UInt64, n_inspection UInt64, severity_sum UInt64, digest UInt64, gen UInt64)"
        " ENGINE = ReplacingMergeTree(gen) ORDER BY (theme, wijk, day)"
    )
    client.insert_select(
        "INSERT INTO daily SELECT wijk, theme, toDate(occurred_at, 'Europe/Amsterdam') AS day, count(),"
        " countIf(kind = 'incident'), countIf(kind = 'signal'), countIf(kind = 'inspection'),"
        " sum(severity), sum(cityHash64(source, event_id, version)), 1"
        " FROM event_now FINAL WHERE counts = 1 GROUP BY wijk, theme, day"
    )
    return client


def audited(client: Client, story: Story) -> Report:
    return audit(client, GivenOut(accounts_of(story.rows)), Patience(0.0), NOW, (HOURS, DAYS))


def test_both_levels_agree_with_the_events(loaded: Client, story: Story) -> None:
    days = {day for (day,) in loaded.query("SELECT DISTINCT day FROM daily")}
    assert {date(2026, 3, 28), date(2026, 3, 29)} <= days
    report = audited(loaded, story)
    assert report.verdict is Verdict.CLEAN
    assert [level.level for level in report.levels] == ["hour", "day"]


def test_a_wrong_day_is_named_and_its_hours_are_not(loaded: Client, story: Story) -> None:
    ((wijk, theme),) = loaded.query(
        "SELECT wijk, theme FROM daily WHERE day = '2026-03-29' ORDER BY n DESC, wijk, theme LIMIT 1"
    )
    loaded.insert_select(
        "INSERT INTO daily SELECT * REPLACE (n + 1 AS n, gen + 1 AS gen) FROM daily FINAL"
        " WHERE day = '2026-03-29' AND wijk = {wijk:String} AND theme = {theme:String}",
        {"wijk": wijk, "theme": theme},
    )
    hours, days = audited(loaded, story).levels
    assert hours.faults == ()
    (fault,) = days.faults
    assert (fault.cell.wijk, fault.cell.theme, fault.cell.period_text) == (wijk, theme, "2026-03-29")
    assert fault.kept[0] == fault.now[0] + 1
