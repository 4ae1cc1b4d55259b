"""What a melding comes to."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.events import Signal
from domain.rejects import RejectReason
from domain.themes import THEMES, Theme
from ingest.protocol import Unreadable
from ingest.signalen.categories import load_categories
from ingest.signalen.drafts import STATES
from tests.ingest.signalen.reading import START, made, only_draft
from tests.support.shared_data import shared_file
from tests.support.signalen import melding


def signal(**changes: Any) -> Signal:
    data = only_draft([made(melding(7, START, **changes))]).data
    assert isinstance(data, Signal)
    return data


def test_a_melding_gives_this_and_no_more() -> None:
    draft = only_draft([made(melding(7, START))])
    assert draft.event_id == "7"
    assert draft.revision == int(START.timestamp()) * 1_000_000
    assert not draft.deleted
    assert draft.data.model_dump(mode="json", exclude_none=True) == {
        "kind": "signal",
        "occurred_at": "2026-03-01T12:00:00Z",
        "category": "jongerenoverlast",
        "theme": "jongerenoverlast",
        "counts": True,
        "location": {"wijk": "BU02680202", "gemeente": "GM0268", "boundary_year": 2024},
        "status": "open",
    }


def test_without_a_buurt_there_is_a_coarse_point_and_no_address() -> None:
    where = melding(7, START)["location"] | {"area_code": None, "area_type_code": None}
    location = signal(location=where).location
    assert location.model_dump(exclude_none=True) == {"gemeente": "GM0268", "lat": 51.841, "lon": 5.854}


@pytest.mark.parametrize(
    ("area_type", "code"),
    [("district", "BU02680202"), ("cbs-buurt", "BU0268020"), ("cbs-buurt", "Eikweg 4711"), (None, "x")],
)
def test_only_a_buurt_of_cbs_is_a_buurt(area_type: str | None, code: str) -> None:
    where = melding(7, START)["location"] | {"area_type_code": area_type, "area_code": code}
    location = signal(location=where).location
    assert (location.wijk, location.lat) == (None, 51.841)


def test_a_buurt_of_another_gemeente_stays_there() -> None:
    where = melding(7, START)["location"] | {"area_code": "BU02960101"}
    assert signal(location=where).location.gemeente == "GM0296"


@pytest.mark.parametrize(
    "geometry",
    [None, {}, {"coordinates": None}, {"coordinates": [1]}, {"coordinates": ["Eikweg", 4711]},
     {"coordinates": [51.8, 500.0]}, {"coordinates": [[5.8, 51.8]]}, "Eikweg"],
)  # fmt: skip
def test_a_point_that_is_none_is_left_out(geometry: object) -> None:
    where = melding(7, START)["location"] | {"area_code": None, "geometrie": geometry}
    location = signal(location=where).location
    assert location.model_dump(exclude_none=True) == {"gemeente": "GM0268"}


def test_times_keep_their_offset_when_the_clock_is_set_back() -> None:
    first = datetime.fromisoformat("2026-10-25T02:30:00.000001+02:00")
    second = datetime.fromisoformat("2026-10-25T02:30:00.000001+01:00")
    drafts = [only_draft([made(melding(7, at.astimezone(UTC)))]) for at in (first, second)]
    moments = [d.data.occurred_at for d in drafts if isinstance(d.data, Signal)]
    assert [f"{m:%H:%M}" for m in moments] == ["00:30", "01:30"]
    revisions = [d.revision for d in drafts]
    assert revisions[0] is not None
    assert revisions[1] == revisions[0] + 3_600_000_000


def test_without_a_time_of_its_own_it_occurred_when_it_was_entered() -> None:
    assert signal(incident_date_start=None).occurred_at == START


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_a_status_and_only_a_cancellation_retracts(state: str) -> None:
    status = melding(7, START)["status"] | {"state": state}
    draft = only_draft([made(melding(7, START, status=status))])
    assert draft.deleted == (state == "a")
    assert isinstance(draft.data, Signal)
    assert draft.data.status == STATES[state]


def test_a_state_that_nobody_knows_is_open() -> None:
    assert signal(status={"state": "nieuw bedacht"}).status == "open"


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"has_children": True}, True),
        ({"has_parent": True}, False),
        ({"_links": {"sia:parent": {"href": "https://x/1"}}}, False),
        ({"_links": {"sia:children": [{"href": "https://x/2"}]}}, True),
        ({"type": {"code": "REQ"}}, False),
        ({"type": {"code": "COM"}}, False),
        ({"type": None}, True),
    ],
)
def test_what_counts(changes: dict[str, Any], counts: bool) -> None:
    assert signal(**changes).counts is counts


@pytest.mark.parametrize(("priority", "severity"), [("high", 3), ("normal", None), ("low", 1)])
def test_priority_moves_severity(priority: str, severity: int | None) -> None:
    assert THEMES[Theme.JONGERENOVERLAST].severity == 2
    assert signal(priority={"priority": priority}).severity == severity


@pytest.mark.parametrize("field", ["category", "status"])
@pytest.mark.parametrize("value", [None, "Wiersemans", 4711, {}, {"state": None, "sub_slug": 1}])
def test_a_melding_that_cannot_be_read_keeps_no_byte(field: str, value: object) -> None:
    finding = made(melding(7, START, **{field: value}))
    assert isinstance(finding, Unreadable)
    assert (finding.reason, finding.field) == (RejectReason.UNPARSED, field)
    assert finding.length > 1000
    assert "Wiersemans" not in repr(finding)


def test_the_table_of_categories_is_complete() -> None:
    with shared_file("signalen/categories.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    table = load_categories({})
    assert set(table.subs) == {row["sub_slug"] for row in rows}
    assert set(table.mains) == {row["main_slug"] for row in rows}
    for row in rows:
        assert table.find(row["main_slug"], row["sub_slug"]).term == row["sub_slug"]


def test_the_categories_of_safety_have_their_themes() -> None:
    assert {
        slug: str(load_categories({}).subs[slug])
        for slug in (
            "jongerenoverlast", "drank-en-drugsoverlast", "daklozen-bedelen", "vuurwerkoverlast",
            "overlast-door-afsteken-vuurwerk", "wildplassen-poepen-overgeven",
            "overige-overlast-door-personen", "geluidsoverlast-muziek", "overlast-terrassen",
            "overlast-door-bezoekers-niet-op-terras",
        )
    } == {
        "jongerenoverlast": "jongerenoverlast",
        "drank-en-drugsoverlast": "drugs",
        "daklozen-bedelen": "personenoverlast",
        "vuurwerkoverlast": "vuurwerk",
        "overlast-door-afsteken-vuurwerk": "vuurwerk",
        "wildplassen-poepen-overgeven": "personenoverlast",
        "overige-overlast-door-personen": "personenoverlast",
        "geluidsoverlast-muziek": "geluidsoverlast",
        "overlast-terrassen": "personenoverlast",
        "overlast-door-bezoekers-niet-op-terras": "personenoverlast",
    }  # fmt: skip


def test_a_category_that_a_gemeente_added_is_not_told_but_has_the_theme_of_its_main_one() -> None:
    category = {"main_slug": "afval", "sub_slug": "jan-wiersemans"}
    data = signal(category=category)
    assert (data.category, data.theme) == ("onbekend", "milieu")
    data = signal(category={"main_slug": "eigen", "sub_slug": "jan-wiersemans"})
    assert (data.category, data.theme) == ("onbekend", None)


def test_a_gemeente_can_give_its_own_categories_a_theme() -> None:
    table = load_categories({"messen": Theme.GEWELD})
    assert table.find("eigen", "messen") == ("messen", Theme.GEWELD)
