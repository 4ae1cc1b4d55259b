"""Escalations: what is injected is the whole difference, and it is where the truth says."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.areas import Municipality
from domain.errors import SettingsError
from domain.events import Figure
from ingest.demo.escalations import LONGEST_WEEKS, THEMES, WEEK_HOURS, Escalation, Shape
from ingest.demo.generator import City
from ingest.demo.hours import HOUR_MS, from_ms, to_ms
from ingest.demo.reports import REACH_HOURS
from ingest.demo.truth import escalation_truth, write_truth
from ingest.protocol import Draft
from tests.ingest.demo.conftest import SEED
from tests.support.examples import examples

pytestmark = pytest.mark.slow

START = datetime(2026, 2, 1, tzinfo=UTC)
END = START + timedelta(days=42)
REACH = timedelta(hours=REACH_HOURS)


@pytest.fixture(scope="module")
def many(city: City) -> list[Escalation]:
    """The escalations of ten years."""
    first = to_ms(datetime(2020, 1, 1, tzinfo=UTC)) // HOUR_MS // WEEK_HOURS
    found = (city.happenings.schedule.starting_in(first + i) for i in range(520))
    return [escalation for escalation in found if escalation]


def final_drafts(city: City) -> dict[str, Draft]:
    """Return the last version of every event that was spoken of from START to well after END."""
    drafts: dict[str, Draft] = {}
    for emission in city.emissions(START, END + REACH):
        draft = emission.finding
        if isinstance(draft, Draft):
            known = drafts.get(draft.event_id)
            if known is None or (known.revision or 0) <= (draft.revision or 0):
                drafts[draft.event_id] = draft
    return drafts


@pytest.fixture(scope="module")
def with_escalations(city: City) -> dict[str, Draft]:
    return final_drafts(city)


@pytest.fixture(scope="module")
def without_escalations(nijmegen: Municipality) -> dict[str, Draft]:
    return final_drafts(City(SEED, nijmegen, escalations=False))


def test_what_was_injected_is_the_whole_difference(
    nijmegen: Municipality,
    with_escalations: dict[str, Draft],
    without_escalations: dict[str, Draft],
) -> None:
    injected = with_escalations.keys() - without_escalations.keys()
    assert without_escalations.items() <= with_escalations.items()
    truth = escalation_truth(SEED, nijmegen, START, END + REACH)
    within = {
        one["event_id"]
        for escalation in truth["escalations"]
        for one in escalation["events"]
        if START <= datetime.fromisoformat(one["occurred_at"]) < END
    }
    assert len(within) > 30
    assert within <= injected
    everything = {o["event_id"] for e in truth["escalations"] for o in e["events"]}
    assert injected <= everything


def test_the_final_version_is_what_the_truth_says(
    nijmegen: Municipality, with_escalations: dict[str, Draft]
) -> None:
    truth = escalation_truth(SEED, nijmegen, START, END)
    excess: Counter[tuple[str, str]] = Counter()
    told: Counter[tuple[str, str]] = Counter()
    for escalation in truth["escalations"]:
        for one in escalation["events"]:
            if not START <= datetime.fromisoformat(one["occurred_at"]) < END:
                continue
            draft = with_escalations[one["event_id"]]
            assert not isinstance(draft.data, Figure)
            assert not draft.deleted
            assert draft.data.theme == escalation["theme"]
            assert draft.data.occurred_at == datetime.fromisoformat(one["occurred_at"])
            assert draft.data.location.wijk in (one["wijk"], None)
            told[one["wijk"], escalation["theme"]] += 1
            if draft.data.location.wijk:
                excess[one["wijk"], escalation["theme"]] += 1
    assert excess.total() > 0.75 * told.total()
    assert all(excess[cell] <= n for cell, n in told.items())


def test_as_much_is_injected_as_expected(many: list[Escalation]) -> None:
    expected = sum(front.expected for escalation in many for front in escalation.fronts)
    injected = sum(len(escalation.injected) for escalation in many)
    assert injected == pytest.approx(expected, abs=5 * math.sqrt(expected))
    assert 30 < len(many) / 10 < 46
    assert {e.shape for e in many} == set(Shape)
    assert {e.size for e in many} == {3.0, 5.0, 8.0}


def test_injected_happenings_lie_in_their_fronts(city: City, many: list[Escalation]) -> None:
    schedule = city.happenings.schedule
    for escalation in many:
        assert city.happenings.themes[escalation.theme].theme in THEMES
        fronts = {front.place: front.hours for front in escalation.fronts}
        for one in escalation.injected:
            assert one.occurred_ms // HOUR_MS in fronts[one.place]
            assert one in schedule.injected(one.occurred_ms // HOUR_MS)
    ids = [one.event_id for escalation in many for one in escalation.injected]
    assert len(set(ids)) == len(ids)


def test_no_escalation_outlives_the_look_back(many: list[Escalation]) -> None:
    for escalation in many:
        week = escalation.hours.start // WEEK_HOURS
        assert (escalation.hours.stop - 1) // WEEK_HOURS - week <= LONGEST_WEEKS


def test_gradual_ones_rise(many: list[Escalation]) -> None:
    thirds: Counter[int] = Counter()
    for escalation in (e for e in many if e.shape is Shape.GRADUAL):
        for one in escalation.injected:
            position = one.occurred_ms / HOUR_MS - escalation.hours.start
            thirds[int(3 * position / len(escalation.hours))] += 1
    # A rise over three quarters of the time and a fall: 15, 44 and 41 in a hundred.
    shares = [thirds[i] / thirds.total() for i in range(3)]
    assert shares == pytest.approx([0.148, 0.444, 0.407], abs=0.05)


def test_sudden_ones_are_short_and_in_one_wijk(many: list[Escalation]) -> None:
    for escalation in (e for e in many if e.shape is Shape.SUDDEN):
        assert len(escalation.fronts) == 1
        assert len(escalation.hours) <= 4 * 24


def test_spreading_ones_reach_two_neighbours_later(city: City, many: list[Escalation]) -> None:
    for escalation in (e for e in many if e.shape is Shape.SPREAD):
        origin, *others = escalation.fronts
        assert len({front.place for front in escalation.fronts}) == 3
        starts = [front.hours.start for front in escalation.fronts]
        assert starts == sorted(set(starts))
        neighbours = city.happenings.places[origin.place].neighbours
        assert all(front.place in neighbours for front in others)


@settings(max_examples=examples(30))
@given(first=st.integers(490_000, 500_000), length=st.integers(1, 3000))
def test_overlapping_finds_each_that_overlaps(
    city: City, many: list[Escalation], first: int, length: int
) -> None:
    span = range(first, first + length)
    found = city.happenings.schedule.overlapping(span)
    assert found == [e for e in many if e.hours.start < span.stop and span.start < e.hours.stop]


def test_the_truth_file_is_a_pure_function(tmp_path: Path, nijmegen: Municipality) -> None:
    first, second = tmp_path / "truth" / "a.json", tmp_path / "b.json"
    write_truth(first, SEED, nijmegen, START, END)
    write_truth(second, SEED, nijmegen, START, END)
    write_truth(second, SEED, nijmegen, START, END)
    assert first.read_bytes() == second.read_bytes()
    assert orjson.loads(first.read_bytes()) == escalation_truth(SEED, nijmegen, START, END)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.json", "truth"]


def test_the_truth_counts_what_it_lists(nijmegen: Municipality) -> None:
    truth = escalation_truth(SEED, nijmegen, START, END)
    assert truth["escalations"]
    for escalation in truth["escalations"]:
        listed = Counter(one["wijk"] for one in escalation["events"])
        assert listed == Counter({w["wijk"]: w["injected"] for w in escalation["wijken"]})
        assert escalation["start"] < END.isoformat()
        assert escalation["end"] > START.isoformat()


def test_an_unwritable_truth_file_is_one_clear_line(tmp_path: Path, nijmegen: Municipality) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="truth file") as caught:
        write_truth(tmp_path / "file" / "truth.json", SEED, nijmegen, START, END)
    assert "\n" not in str(caught.value)


def test_hours_of_the_truth_are_whole(nijmegen: Municipality) -> None:
    truth = escalation_truth(SEED, nijmegen, START, END)
    for escalation in truth["escalations"]:
        moment = datetime.fromisoformat(escalation["start"])
        assert from_ms(to_ms(moment)) == moment
        assert moment.minute == moment.second == 0
