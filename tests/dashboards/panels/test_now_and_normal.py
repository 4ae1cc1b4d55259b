"""Known events in, exact figures out: what is now, and what is normal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboards.panels.city import NOW_PANEL, PER_HOUR, STADSDELEN, THEMES
from dashboards.panels.wijken import TOP_WIJKEN, WIJK_THEMES, WIJKEN
from tests.dashboards.panels.asking import MOMENT, WEEK, ago, ask, pick, quiet_weeks
from tests.support.city_rows import add, event, insert, insert_cell
from warehouse.client import Client

pytestmark = pytest.mark.integration

CENTRUM = "BU02680101"
HATERT = "BU02680616"


def test_now_counts_the_last_hour_beside_the_day_before_it(warehouse: Client) -> None:
    add(
        warehouse,
        [
            event("a", ago(0.1)),
            event("b", ago(0.9), wijk="WK026803"),
            event("c", ago(0.5), kind="signal", wijk="GM0268"),
            event("d", ago(0.2), kind="inspection"),
            event("elsewhere", ago(0.2), wijk="GM0296"),
            event("exercise", ago(0.2), counts=0),
            *[event(f"before-{i}", ago(2 + i)) for i in range(12)],
            event("signal-before", ago(24.9), kind="signal"),
            event("too-long-ago", ago(25.1)),
        ],
    )
    assert ask(warehouse, NOW_PANEL) == [
        {
            "incidents": 2,
            "incidents_usual": 0.5,
            "signals": 1,
            "signals_usual": 0.0,
            "inspections": 1,
        }
    ]


def test_while_history_is_short_normal_is_being_built(warehouse: Client) -> None:
    add(warehouse, [*quiet_weeks(7), *[event(f"n{i}", ago(1)) for i in range(9)]])
    rows = {row["wijk"]: row for row in ask(warehouse, WIJKEN)}
    assert len(rows) == 44
    centrum = rows[CENTRUM]
    assert (centrum["n_now"], centrum["normal"], centrum["deviation"]) == (9, None, None)
    assert {(row["status"], row["weeks"], row["weeks_needed"]) for row in rows.values()} == {
        ("building", 7, 8)
    }


def test_normal_is_the_mean_of_the_same_hours_with_a_fair_part_of_this_one(warehouse: Client) -> None:
    add(
        warehouse,
        [
            *quiet_weeks(8),
            # 4 in the hours before in one week, 8 in the current hour's counterpart in another: of those
            # half counts, because half of the hour has passed. (4 + 8 / 2) / 8 weeks = 1.
            *[event(f"old-{i}", ago(3.4) - 2 * WEEK) for i in range(4)],
            *[event(f"half-{i}", ago(0.4 + i / 100) - 5 * WEEK) for i in range(8)],
            event("outside", ago(3.6) - 2 * WEEK),
            event("other-day", ago(24) - 2 * WEEK),
            *[event(f"now-{i}", ago(i / 2)) for i in range(7)],
        ],
    )
    rows = {row["wijk"]: row for row in ask(warehouse, WIJKEN)}
    centrum = rows[CENTRUM]
    # sqrt(7) + sqrt(8) - sqrt(5) = 3.24
    assert (centrum["n_now"], centrum["normal"], centrum["deviation"]) == (7, 1.0, 3.2)
    assert (centrum["status"], centrum["n_day"], centrum["weeks"]) == ("much-higher", 7, 8)
    assert (rows[HATERT]["n_now"], rows[HATERT]["normal"], rows[HATERT]["status"]) == (0, 0.0, "normal")


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (0, "lower"),
        (1, "normal"),
        (4, "normal"),
        (6, "slightly-higher"),
        (8, "higher"),
        (11, "much-higher"),
    ],
)
def test_the_status_follows_the_deviation(warehouse: Client, now: int, status: str) -> None:
    history = [event(f"h-{i}", ago(2) - (1 + i % 8) * WEEK) for i in range(24)]  # normal = 3
    add(warehouse, [*quiet_weeks(8), *history, *[event(f"n{i}", ago(1)) for i in range(now)]])
    assert [row["status"] for row in ask(warehouse, WIJKEN) if row["wijk"] == CENTRUM] == [status]


def test_a_week_without_data_is_no_quiet_week(warehouse: Client) -> None:
    quiet = [row for row in quiet_weeks(12) if not row["event_id"].startswith(("quiet-3-", "quiet-4--"))]
    add(warehouse, [*quiet, *[event(f"h-{i}", ago(2) - 2 * WEEK) for i in range(10)]])
    centrum = next(row for row in ask(warehouse, WIJKEN) if row["wijk"] == CENTRUM)
    assert (centrum["weeks"], centrum["normal"]) == (10, 1.0)


def test_a_week_whose_events_were_retracted_is_a_quiet_week(warehouse: Client) -> None:
    add(warehouse, [*quiet_weeks(8), *[event(f"h-{i}", ago(2) - 2 * WEEK) for i in range(8)]])
    insert_cell(warehouse, "BU02680970", ago(26) - 3 * WEEK, n=0, gen=2)
    centrum = next(row for row in ask(warehouse, WIJKEN) if row["wijk"] == CENTRUM)
    assert (centrum["weeks"], centrum["normal"]) == (8, 1.0)


def test_normal_keeps_its_hour_of_the_clock_when_the_clock_changes(warehouse: Client) -> None:
    summer = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)  # 14:00 in Amsterdam, three days after the change
    winter_two_o_clock = datetime(2026, 3, 4, 13, 0, tzinfo=UTC)
    add(
        warehouse,
        [
            *quiet_weeks(8, summer),
            *[event(f"a{i}", winter_two_o_clock - timedelta(minutes=1)) for i in range(8)],
            *[event(f"b{i}", winter_two_o_clock - timedelta(hours=3, minutes=1)) for i in range(80)],
        ],
    )
    centrum = next(row for row in ask(warehouse, WIJKEN, summer) if row["wijk"] == CENTRUM)
    assert centrum["normal"] == 1.0


def test_a_corrected_event_and_an_emptied_cell_do_not_linger(warehouse: Client) -> None:
    add(warehouse, [event("moves", ago(1)), event("goes", ago(1))])
    insert(
        warehouse,
        "event_log",
        [event("moves", ago(1), wijk=HATERT, rev=2), event("goes", ago(1), rev=2, deleted=1)],
    )
    insert_cell(warehouse, CENTRUM, ago(1), n=0, gen=2)
    insert_cell(warehouse, HATERT, ago(1), n=1, gen=2)
    rows = [row for row in ask(warehouse, WIJKEN) if row["n_now"]]
    assert pick(rows, "wijk", "n_now", "incidents") == [(HATERT, 1, 1)]
    assert pick(ask(warehouse, WIJK_THEMES), "wijk", "n_day") == [(HATERT, 1)]
    assert pick(ask(warehouse, NOW_PANEL), "incidents", "incidents_usual") == [(0, 0.0)]


def test_top_wijken_shows_who_departs_most_first(warehouse: Client) -> None:
    usual = [event(f"u{i}", ago(2) - (1 + i % 8) * WEEK, wijk=HATERT) for i in range(80)]  # normal = 10
    add(
        warehouse,
        [
            *quiet_weeks(8),
            *usual,
            *[event(f"hatert-{i}", ago(1), wijk=HATERT) for i in range(10)],
            *[event(f"centrum-{i}", ago(1)) for i in range(4)],
            event("one", ago(1), wijk="BU02680970"),
        ],
    )
    assert pick(ask(warehouse, TOP_WIJKEN), "name", "n_now", "normal", "status") == [
        ("Stadscentrum", 4, 0.0, "much-higher"),
        ("Lent", 1, 0.0, "slightly-higher"),
        ("Hatert", 10, 10.0, "normal"),
    ]


def test_themes_take_the_whole_city(warehouse: Client) -> None:
    add(
        warehouse,
        [
            event("a", ago(1), theme="drugs", kind="signal"),
            event("b", ago(2), theme="drugs", wijk="WK026803"),
            event("c", ago(20), theme="drugs", wijk="GM0268"),
            event("d", ago(20), theme="milieu"),
            event("e", ago(1), theme="drugs", wijk="GM0296"),
        ],
    )
    rows = ask(warehouse, THEMES)
    assert len(rows) == 22
    assert pick(rows[:3], "label", "n_now", "incidents", "signals", "n_day", "status") == [
        ("Drugs", 2, 1, 1, 3, "building"),
        ("Milieu en afval", 0, 0, 0, 1, "building"),
        ("Automatisch alarm", 0, 0, 0, 0, "building"),
    ]


def test_a_stadsdeel_has_its_wijken_and_what_lies_only_in_it(warehouse: Client) -> None:
    add(
        warehouse,
        [
            event("a", ago(1), wijk="BU02680320"),
            event("b", ago(1), wijk="BU02680321", kind="signal"),
            event("c", ago(1), wijk="WK026803"),
            event("d", ago(1), wijk="GM0268"),
        ],
    )
    rows = ask(warehouse, STADSDELEN)
    assert len(rows) == 10
    assert pick(rows[:1], "name", "n_now", "incidents", "signals") == [("Nijmegen-Oud-West", 3, 2, 1)]
    assert pick(rows[-1:], "name", "n_now") == [("Stadsdeel onbekend", 1)]
    assert sum(row["n_now"] for row in rows) == 4


def test_per_hour_has_every_hour_and_its_normal(warehouse: Client) -> None:
    add(
        warehouse,
        [
            *quiet_weeks(8),
            event("now", ago(0.1)),
            event("yesterday", ago(24), kind="signal"),
            event("first", ago(47), kind="inspection"),
            event("gone", ago(48)),
            *[event(f"old-{i}", ago(24) - 3 * WEEK, kind="signal") for i in range(16)],
        ],
    )
    # The history must reach past the chart's first hour as well.
    add(warehouse, [event(f"edge-{k}", ago(72) - k * WEEK) for k in range(1, 9)], gen=2)
    rows = ask(warehouse, PER_HOUR)
    hours = [row["hour"] for row in rows]
    assert hours == [MOMENT.replace(minute=0) - timedelta(hours=back) for back in reversed(range(48))]
    told = [row for row in rows if row["incidents"] or row["signals"] or row["inspections"]]
    assert pick(told, "incidents", "signals", "inspections", "normal", "weeks") == [
        (0, 0, 1, 0.0, 8),
        (0, 1, 0, 2.0, 8),
        (1, 0, 0, 0.0, 8),
    ]


def test_themes_of_a_wijk_with_the_last_moment(warehouse: Client) -> None:
    add(
        warehouse,
        [
            event("a", ago(1)),
            event("b", ago(5)),
            event("c", ago(2), theme="drugs", wijk=HATERT),
            event("stadsdeel", ago(2), wijk="WK026803"),
            event("old", ago(24.5)),
        ],
    )
    rows = ask(warehouse, WIJK_THEMES)
    assert pick(rows, "name", "label", "n_now", "n_day", "last_at") == [
        ("Stadscentrum", "Brand", 1, 2, ago(1)),
        ("Hatert", "Drugs", 1, 1, ago(2)),
    ]
