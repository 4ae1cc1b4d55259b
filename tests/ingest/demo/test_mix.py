"""The mix of a summer: how much, of what, how reported."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from domain.areas import Municipality
from domain.codec import MAX_RAW_BYTES, decode_event, encode_event
from domain.events import EVENT_TYPES, Incident, Inspection, Kind, RawEvent, Signal, source_urn
from domain.rejects import RejectReason
from domain.themes import Theme
from ingest.demo.generator import City, Emission
from ingest.demo.pulses import CATEGORIES
from ingest.protocol import Draft, Unreadable
from tests.ingest.demo.conftest import SUMMER_START, happened, local_hour_number

pytestmark = pytest.mark.slow

Spoken = list[tuple[Emission, Draft]]
Happened = Incident | Signal | Inspection


@pytest.fixture(scope="module")
def drafts(summer: list[Emission]) -> Spoken:
    return [(e, e.finding) for e in summer if isinstance(e.finding, Draft)]


@pytest.fixture(scope="module")
def first_reports(drafts: Spoken) -> list[tuple[Emission, Happened]]:
    firsts: dict[str, tuple[Emission, Happened]] = {}
    for emission, draft in drafts:
        if draft.revision == 1:
            firsts.setdefault(draft.event_id, (emission, happened(draft)))
    return list(firsts.values())


def test_a_year_has_some_hundred_thousand_records(
    city: City, summer: list[Emission], first_reports: list[tuple[Emission, Happened]]
) -> None:
    """A year's happenings by the rates, times what is said about each of them in a summer."""
    first = local_hour_number(date(2026, 1, 1))
    happenings = sum(sum(city.happenings.rates(hour)) for hour in range(first, first + 8766))
    said = happenings * len(summer) / len(first_reports)
    assert 70_000 <= happenings <= said
    assert 80_000 <= said <= 120_000
    assert not any(emission.pulse for emission in summer)


def test_one_in_a_thousand_is_unreadable(summer: list[Emission]) -> None:
    unreadable = [e.finding for e in summer if isinstance(e.finding, Unreadable)]
    assert 0.0005 < len(unreadable) / len(summer) < 0.002
    assert {u.reason for u in unreadable} == {RejectReason.UNPARSED}
    assert len({u.event_id for u in unreadable}) == len(unreadable)


def test_duplicates_corrections_and_retractions(drafts: Spoken) -> None:
    ids = {draft.event_id for _, draft in drafts}
    versions = {(draft.event_id, draft.revision) for _, draft in drafts}
    duplicates = len(drafts) - len(versions)
    assert 0.02 < duplicates / len(drafts) < 0.05
    corrected = sum(revision != 1 for _, revision in versions) / len(ids)
    assert 0.10 < corrected < 0.25
    assert 0.01 < sum(draft.deleted for _, draft in drafts) / len(ids) < 0.02


def test_a_revision_has_one_content_and_revisions_come_in_order(drafts: Spoken) -> None:
    contents: dict[tuple[str, int | None], Draft] = {}
    newest: dict[str, int] = defaultdict(int)
    for _, draft in drafts:
        assert contents.setdefault((draft.event_id, draft.revision), draft) == draft
        revision = draft.revision or 0
        if revision > newest[draft.event_id]:
            newest[draft.event_id] = revision
    assert set(newest.values()) == {1, 2, 3}


def test_some_reports_are_late(first_reports: list[tuple[Emission, Happened]]) -> None:
    delays = [e.at - data.occurred_at for e, data in first_reports]
    late = sum(delay >= timedelta(hours=1) for delay in delays) / len(delays)
    assert 0.04 < late < 0.12
    assert max(delays) > timedelta(days=2)


def test_where_sources_say_it_is(first_reports: list[tuple[Emission, Happened]]) -> None:
    forms = Counter(_form(data) for _, data in first_reports)
    share = {form: n / len(first_reports) for form, n in forms.items()}
    assert share["wijk"] > 0.8
    assert 0.03 < share["gemeente"] < 0.05
    assert 0.01 < share["stadsdeel"] < 0.02
    assert 0.02 < share["point"] < 0.05
    assert 0.03 < share["name"] < 0.07


def test_every_wijk_kind_and_theme_occurs(
    first_reports: list[tuple[Emission, Happened]], nijmegen: Municipality
) -> None:
    datas = [data for _, data in first_reports]
    assert {d.location.wijk for d in datas} - {None} == set(nijmegen.wijk_by_code)
    assert {d.kind for d in datas} == {Kind.INCIDENT, Kind.SIGNAL, Kind.INSPECTION}
    assert {d.theme for d in datas} == set(Theme)
    services = {d.service for d in datas if isinstance(d, Incident)}
    assert services == {"ambulance", "brandweer", "politie", "traumaheli"}


def test_pulses_come_every_ten_to_thirty_seconds_and_count_for_nothing(city: City) -> None:
    window = (SUMMER_START, SUMMER_START + timedelta(hours=6))
    pulses = [e for e in city.emissions(*window, pulses=True) if e.pulse]
    gaps = [b.at - a.at for a, b in pairwise(pulses)]
    assert timedelta(seconds=10) <= min(gaps)
    assert max(gaps) <= timedelta(seconds=30)
    for emission in pulses:
        assert isinstance(emission.finding, Draft)
        assert happened(emission.finding).counts is False
        assert happened(emission.finding).category in {c.slug for c in CATEGORIES}
    others = [e for e in city.emissions(*window, pulses=True) if not e.pulse]
    assert others == city.emissions(*window)


def test_everything_else_counts(drafts: Spoken) -> None:
    assert all(happened(draft).counts for _, draft in drafts)


def test_drafts_become_valid_events(drafts: Spoken, nijmegen: Municipality) -> None:
    """One draft of each kind, category, form and revision, through the codec and back."""
    examples = {(happened(d).category, _form(happened(d)), d.revision): (e, d) for e, d in drafts}
    for emission, draft in examples.values():
        event = RawEvent(
            id=draft.event_id,
            source=source_urn(nijmegen.slug, "demo"),
            type=EVENT_TYPES[draft.data.kind],
            time=emission.at,
            sequence="1",
            rev=draft.revision or 1,
            bucket=emission.at.date(),
            deleted=draft.deleted,
            data=draft.data,
        )
        encoded = encode_event(event)
        assert len(encoded) < MAX_RAW_BYTES
        assert decode_event(encoded) == event


def _form(data: Happened) -> str:
    place = data.location
    if place.wijk:
        return "wijk"
    if place.lat is not None:
        return "point"
    if place.street:
        return "name"
    return "stadsdeel" if place.stadsdeel else "gemeente"
