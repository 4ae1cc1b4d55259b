"""Known events in, exact figures out: the feed, and how good the picture is."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from dashboards.panels.city import SENSITIVE
from dashboards.panels.definition import Panel
from dashboards.panels.events import FEED_LENGTH, LATEST
from dashboards.panels.fragments import MATCH_LABELS
from dashboards.panels.quality import AUDIT, FRESHNESS, REJECTS, UNPLACED
from dashboards.panels.stad_nu import STAD_NU
from domain import places
from domain.rows import clickhouse_time
from tests.dashboards.panels.asking import MOMENT, ago, ask, pick, quiet_weeks
from tests.support.city_rows import add, event, insert, reject
from warehouse.audit import DayLine, LevelVerdict, Loss, Report, SourceReport, record
from warehouse.client import Client

pytestmark = pytest.mark.integration


def test_the_feed_has_the_latest_first(warehouse: Client) -> None:
    add(
        warehouse,
        [
            event("a", ago(2), theme="drugs", kind="signal", source="signalen"),
            event("b", ago(1), service="brandweer", priority="p1", severity=4),
            event("c", ago(3), wijk="WK026803"),
            event("d", ago(4), wijk="GM0268", kind="inspection"),
            event("elsewhere", ago(0.5), wijk="GM0296"),
            event("exercise", ago(0.5), counts=0),
            event("sensitive", ago(0.5), theme="zeden", wijk="GM0268"),
            event("retracted", ago(0.5)),
        ],
    )
    insert(warehouse, "event_log", [event("retracted", ago(0.5), rev=2, deleted=1)])
    rows = ask(warehouse, LATEST)
    assert pick(rows, "occurred_at", "kind", "label", "severity", "place", "wijk", "stadsdeel_name") == [
        (ago(1), "incident", "Brand", 4, "Stadscentrum", "BU02680101", "Nijmegen-Centrum"),
        (ago(2), "signal", "Drugs", 3, "Stadscentrum", "BU02680101", "Nijmegen-Centrum"),
        (ago(3), "incident", "Brand", 3, "stadsdeel Nijmegen-Oud-West", "", ""),
        (ago(4), "inspection", "Brand", 3, "wijk onbekend", "", ""),
    ]
    assert pick(rows[:1], "service", "priority", "source") == [("brandweer", "p1", "test")]
    assert len({row["key"] for row in rows}) == 4


def test_the_feed_goes_back_to_the_last_days_on_which_anything_arrived(warehouse: Client) -> None:
    long_ago = MOMENT - timedelta(days=900)
    add(warehouse, [event(f"e{i}", long_ago + timedelta(minutes=i)) for i in range(FEED_LENGTH + 5)])
    rows = ask(warehouse, LATEST)
    assert len(rows) == FEED_LENGTH
    assert rows[0]["occurred_at"] == long_ago + timedelta(minutes=FEED_LENGTH + 4)


def test_the_board_calls_unplaced_what_the_counts_do() -> None:
    assert MATCH_LABELS.keys() == places.PLACED | places.UNPLACED


def test_the_unplaced_share_by_how_the_place_was_found(warehouse: Client) -> None:
    add(
        warehouse,
        [
            event("a", ago(1)),
            event("b", ago(1), match_level="street"),
            event("c", ago(1), match_level="street"),
            event("d", ago(1), wijk="WK026803"),
            event("e", ago(23), wijk="GM0268"),
            event("old", ago(25), wijk="GM0268"),
            event("withheld", ago(1), theme="zeden", wijk="GM0268", match_level="withheld"),
        ],
    )
    rows = ask(warehouse, UNPLACED)
    assert pick(rows, "match_level", "placed", "n", "share") == [
        ("code", 1, 1, 0.2),
        ("coordinates", 1, 0, 0.0),
        ("pc6", 1, 0, 0.0),
        ("street", 1, 2, 0.4),
        ("wijk-name", 1, 0, 0.0),
        ("stadsdeel", 0, 1, 0.2),
        ("gemeente", 0, 1, 0.2),
    ]
    assert {(row["total"], row["unplaced_share"]) for row in rows} == {(5, 0.4)}


def test_freshness_names_every_source_and_never_falls_silent(warehouse: Client) -> None:
    add(
        warehouse,
        [
            event("a", ago(1), source="p2000", received_at=ago(0.5)),
            event("b", ago(3), source="p2000", received_at=ago(0.75)),
            event("c", ago(900), source="signalen"),
        ],
    )
    assert pick(ask(warehouse, FRESHNESS), "source", "received_at", "age_s", "occurred_at") == [
        ("p2000", ago(0.5), 1800, ago(1)),
        ("signalen", ago(900), 900 * 3600, ago(900)),
    ]


def test_freshness_says_until_when_a_source_is_complete(warehouse: Client) -> None:
    add(warehouse, [event("a", ago(1), source="p2000"), event("b", ago(1), source="signalen")])
    for moment, until in ((ago(0.2), ago(0.3)), (ago(0.1), ago(0.15))):
        warehouse.insert_select(
            "INSERT INTO source_state (source, at, complete_until) VALUES"
            " ('p2000', {at:DateTime64(3, 'UTC')}, {until:DateTime64(3, 'UTC')})",
            {"at": clickhouse_time(moment), "until": clickhouse_time(until)},
        )
    assert pick(ask(warehouse, FRESHNESS), "source", "complete_until") == [
        ("p2000", ago(0.15)),
        ("signalen", None),
    ]


def test_freshness_follows_corrections_and_retractions(warehouse: Client) -> None:
    add(
        warehouse,
        [
            event("old", ago(200), source="p2000"),
            event("older", ago(300), source="p2000", received_at=ago(290)),
            event("newest", ago(1), source="p2000", received_at=ago(0.5)),
            event("alone", ago(5), source="signalen"),
            event("exercise", ago(2), source="oefening", counts=0),
        ],
    )
    columns = ("source", "received_at", "occurred_at")
    rest = [("oefening", ago(2), ago(2)), ("signalen", ago(5), ago(5))]
    assert pick(ask(warehouse, FRESHNESS), *columns) == sorted([("p2000", ago(0.5), ago(1)), *rest])
    # The newest goes back in time: now another day has the newest of each.
    bucket = ago(0.5).date().isoformat()
    changed: dict[str, Any] = {"source": "p2000", "bucket": bucket, "rev": 2}
    insert(warehouse, "event_log", [event("newest", ago(250), received_at=ago(240), **changed)])
    assert pick(ask(warehouse, FRESHNESS), *columns) == sorted([("p2000", ago(200), ago(200)), *rest])
    # A correction of an old one comes in today.
    bucket = ago(290).date().isoformat()
    changed = {"source": "p2000", "bucket": bucket, "rev": 2}
    insert(warehouse, "event_log", [event("older", ago(300), received_at=ago(0.2), **changed)])
    assert pick(ask(warehouse, FRESHNESS), *columns) == sorted([("p2000", ago(0.2), ago(200)), *rest])
    # All of a source is taken back: it has nothing current any more.
    insert(warehouse, "event_log", [event("alone", ago(5), source="signalen", rev=2, deleted=1)])
    assert pick(ask(warehouse, FRESHNESS), "source") == [("oefening",), ("p2000",)]


@pytest.mark.parametrize("seed", range(5))
def test_freshness_is_that_of_all_current_events(warehouse: Client, seed: int) -> None:
    rng = random.Random(seed)
    versions = []
    for number in range(40):
        first = ago(rng.randrange(1, 500))
        source = rng.choice(["p2000", "signalen", "camera"])
        for rev in range(1, rng.randrange(2, 5)):
            received = first + timedelta(hours=rng.randrange(24 * (rev - 1) + 1))
            versions.append(
                event(
                    f"e{number}",
                    min(received, MOMENT) - timedelta(hours=rng.randrange(100)),
                    source=source,
                    received_at=min(received, MOMENT),
                    bucket=first.date().isoformat(),
                    rev=rev,
                    deleted=int(rev > 1 and rng.random() < 0.4),
                )
            )
    rng.shuffle(versions)
    insert(warehouse, "event_log", versions)
    insert(warehouse, "event_log", versions[::2])  # delivered twice
    wanted = warehouse.query(
        "SELECT source, max(e.received_at), max(e.occurred_at) FROM event_now AS e FINAL"
        " GROUP BY source ORDER BY source"
    )
    assert pick(ask(warehouse, FRESHNESS), "source", "received_at", "occurred_at") == wanted


def test_rejects_by_reason_without_those_that_were_repaired(warehouse: Client) -> None:
    add(warehouse, [event("repaired", ago(1), receipt=3)])
    insert(
        warehouse,
        "rejected",
        [
            reject(1, "invalid", ago(1)),
            reject(1, "invalid", ago(1)),  # delivered twice
            reject(2, "invalid", ago(30)),
            reject(3, "invalid", ago(1)),
            reject(4, "privacy", ago(2)),
            reject(5, "future", ago(24 * 15)),
        ],
    )
    rows = ask(warehouse, REJECTS)
    assert len(rows) == 7
    assert pick(rows[:3], "reason", "n_day", "n_fortnight") == [
        ("invalid", 1, 2),
        ("privacy", 1, 1),
        ("unparsed", 0, 0),
    ]


def audited(lost: int, stored: int = 5) -> Report:
    day = DayLine(MOMENT.date(), stored + lost, stored, 0, 0, 0, lost)
    loss = Loss.LOST if lost else Loss.NONE
    source = SourceReport("p2000", (day,), (), lost, loss, ((1, lost),) if lost else ())
    return Report(MOMENT, (source,), (LevelVerdict("hour"),))


def test_without_an_audit_the_panel_says_so(warehouse: Client) -> None:
    rows = ask(warehouse, AUDIT)
    assert pick(rows, "label", "verdict_label", "at") == [
        ("Alles samen", "nog niet gecontroleerd", None)
    ]


def test_the_last_audit_is_shown_per_source(warehouse: Client) -> None:
    record(warehouse, audited(0))
    columns = ("label", "verdict", "verdict_label", "received", "in_flight", "lost", "cells_differ")
    assert pick(ask(warehouse, AUDIT), *columns) == [
        ("Alles samen", "clean", "✓ klopt", 5, 0, 0, 0),
        ("p2000", "clean", "✓ klopt", 5, 0, 0, None),
    ]
    record(warehouse, audited(2))
    rows = ask(warehouse, AUDIT)
    assert pick(rows, *columns) == [
        ("Alles samen", "differs", "✗ wijkt af", 7, 2, 2, 0),
        ("p2000", "differs", "✗ wijkt af", 7, 2, 2, None),
    ]
    assert rows[0]["at"].tzinfo is not None
    record(warehouse, Report(MOMENT, empty=True))
    assert pick(ask(warehouse, AUDIT), "label", "verdict_label") == [("Alles samen", "– nog leeg")]


def test_sensitive_themes_show_a_full_week_and_no_small_number(warehouse: Client) -> None:
    # MOMENT is Wednesday 20 May: the last full week is Monday 11 until Sunday 17 May.
    sunday_evening = MOMENT.replace(day=17, hour=21, minute=59)
    add(
        warehouse,
        [
            *[event(f"h{i}", sunday_evening, theme="huiselijk-geweld", wijk="GM0268") for i in range(5)],
            *[event(f"z{i}", ago(24 * 6), theme="zeden", wijk="GM0268") for i in range(4)],
            # 22:00 UTC on Sunday is Monday in Amsterdam.
            event(
                "monday",
                MOMENT.replace(day=17, hour=22, minute=0),
                theme="huiselijk-geweld",
                wijk="GM0268",
            ),
            event("now", ago(1), theme="huiselijk-geweld", wijk="GM0268"),
        ],
    )
    assert pick(ask(warehouse, SENSITIVE), "label", "n", "n_text", "week_start") == [
        ("Huiselijk geweld", 5, "5", "2026-05-11"),
        ("Sociale stabiliteit", None, "minder dan 5", "2026-05-11"),
        ("Zeden", None, "minder dan 5", "2026-05-11"),
    ]


@pytest.mark.parametrize(
    "panel",
    [panel for panel in STAD_NU.panels if panel.id not in {"sensitive", "freshness"}],
    ids=lambda panel: panel.id,
)
def test_no_live_figure_moves_with_a_sensitive_event(warehouse: Client, panel: Panel) -> None:
    history = [*quiet_weeks(9), *[event(f"e{i}", ago(i / 3)) for i in range(90)]]
    add(warehouse, history)
    before = ask(warehouse, panel)
    add(
        warehouse,
        [
            event(f"s{i}", ago(i * 12), theme=theme, wijk=wijk, match_level="withheld")
            for i in range(200)
            for theme, wijk in [("zeden", "GM0268"), ("huiselijk-geweld", "BU02680101")]
        ],
        gen=2,
    )
    assert ask(warehouse, panel) == before
