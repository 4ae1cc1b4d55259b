"""Each trouble is seen within the rhythm of the source that has it, and a normal life is left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.heartbeat.verdict import Trouble
from ingest.rhythm import Rhythm
from tests.ingest.heartbeat.city import CONTROL_ROOM, HABITS, RARE, REPORTS, START, Habit, Life

pytestmark = pytest.mark.slow

NOTHING = Rhythm()
TAUGHT = START + timedelta(weeks=8)
SEEDS = (1, 2, 3)


def taught(habit: Habit, seed: int, *, hour: int = 9) -> Life:
    life = Life(habit, seed)
    life.live(TAUGHT + timedelta(days=1, hours=hour))  # Tuesday
    assert life.verdict(NOTHING).learned
    assert life.verdict(NOTHING).troubles == {}
    return life


def never_answers(life: Life) -> None:
    life.answers = False


def dries_up(life: Life) -> None:
    life.share = 0.0


def a_fifth(life: Life) -> None:
    life.share = 0.2


def eightfold(life: Life) -> None:
    life.share = 8.0


def a_day_late(life: Life) -> None:
    life.extra_late = 86_400.0


def takes_a_minute(life: Life) -> None:
    life.took = 60.0


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("habit", "change", "trouble", "within_hours"),
    [
        (CONTROL_ROOM, never_answers, Trouble.SILENT, 1),
        (RARE, never_answers, Trouble.SILENT, 1),
        (CONTROL_ROOM, dries_up, Trouble.SILENT, 12),
        (REPORTS, dries_up, Trouble.SILENT, 30),
        (RARE, dries_up, Trouble.SILENT, 120),
        (CONTROL_ROOM, a_fifth, Trouble.SHRINKING, 24),
        (REPORTS, a_fifth, Trouble.SHRINKING, 48),
        (RARE, a_fifth, Trouble.SHRINKING, 170),
        (CONTROL_ROOM, eightfold, Trouble.FLOODING, 3),
        (REPORTS, eightfold, Trouble.FLOODING, 8),
        (RARE, eightfold, Trouble.FLOODING, 24),
        (CONTROL_ROOM, a_day_late, Trouble.LATE, 12),
        (REPORTS, a_day_late, Trouble.LATE, 12),
        (RARE, a_day_late, Trouble.LATE, 72),
        (CONTROL_ROOM, takes_a_minute, Trouble.SLOW, 4),
    ],
    ids=lambda value: getattr(value, "name", getattr(value, "__name__", str(value))),
)
def test_a_trouble_is_seen_within_the_rhythm_of_its_source(
    habit: Habit, change: object, trouble: Trouble, within_hours: int, seed: int
) -> None:
    life = taught(habit, seed)
    assert callable(change)
    change(life)
    assert life.first(trouble, NOTHING, timedelta(hours=within_hours)) is not None


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.name)
def test_a_normal_winter_with_nights_holidays_and_a_new_clock_is_left_alone(
    habit: Habit, seed: int
) -> None:
    life = Life(habit, seed)
    seen = []
    # Over the end of summer time, Christmas on a Friday and New Year's Day.
    while life.now < datetime(2027, 1, 11, tzinfo=UTC):
        life.live(life.now + timedelta(hours=3))
        seen += [(life.now, trouble) for trouble in life.verdict(NOTHING).troubles]
    assert seen == []


def test_what_is_declared_is_known_at_once_and_what_is_learned_is_not() -> None:
    declared = Rhythm(silent_after=timedelta(hours=4), lateness=timedelta(minutes=30))
    life = Life(CONTROL_ROOM, 1)
    life.live(START + timedelta(hours=30))
    assert life.verdict(declared).troubles == {}
    assert not life.verdict(declared).learned
    dries_up(life)
    assert life.first(Trouble.SILENT, NOTHING, timedelta(hours=12)) is None
    life.share = 1.0
    life.live(life.now + timedelta(hours=6))
    dries_up(life)
    found = life.first(Trouble.SILENT, declared, timedelta(hours=6))
    assert found is not None and found >= timedelta(hours=4)


def test_a_source_that_learns_nothing_is_judged_by_what_is_declared() -> None:
    life = taught(CONTROL_ROOM, 1)
    dries_up(life)
    life.live(life.now + timedelta(hours=12))
    assert Trouble.SILENT in life.verdict(NOTHING).troubles
    assert life.verdict(Rhythm(learns=False)).troubles == {}


def test_complete_until_follows_the_answers_less_the_lateness() -> None:
    rhythm = Rhythm(lateness=timedelta(minutes=30))
    life = taught(CONTROL_ROOM, 1)
    assert life.verdict(rhythm).complete_until == life.now - timedelta(minutes=30)
    assert Life(CONTROL_ROOM, 1).verdict(rhythm).complete_until is None


def test_complete_until_stands_still_while_a_source_does_not_answer() -> None:
    rhythm = Rhythm(lateness=timedelta(minutes=30))
    life = taught(CONTROL_ROOM, 1)
    answered = life.now
    never_answers(life)
    life.live(life.now + timedelta(minutes=1))
    last = life.verdict(rhythm)
    assert last.complete_until is not None and last.complete_until <= answered - rhythm_lateness(rhythm)
    life.live(life.now + timedelta(hours=5))
    assert life.verdict(rhythm).complete_until == last.complete_until


def test_complete_until_goes_back_to_the_last_record_of_a_source_that_fell_silent() -> None:
    rhythm = Rhythm(silent_after=timedelta(hours=3), lateness=timedelta(minutes=30))
    life = taught(CONTROL_ROOM, 1)
    dries_up(life)
    assert life.first(Trouble.SILENT, rhythm, timedelta(hours=5)) is not None
    assert life.beats.new_at is not None
    assert life.verdict(rhythm).complete_until == life.beats.new_at - timedelta(minutes=30)


def test_complete_until_reckons_with_the_lateness_that_there_is() -> None:
    rhythm = Rhythm(lateness=timedelta(minutes=30))
    life = taught(CONTROL_ROOM, 1)
    a_day_late(life)
    assert life.first(Trouble.LATE, rhythm, timedelta(hours=12)) is not None
    until = life.verdict(rhythm).complete_until
    assert until is not None and until < life.now - timedelta(days=1)


def test_without_a_lateness_nobody_can_say_until_when() -> None:
    life = Life(CONTROL_ROOM, 1)
    life.live(START + timedelta(days=3))
    assert life.verdict(NOTHING).complete_until is None


def test_hours_that_nobody_watched_say_nothing() -> None:
    life = taught(CONTROL_ROOM, 1)
    gone = life.now
    life.live(life.now + timedelta(hours=10))
    kept = {start: beat for start, beat in life.beats.hours.items() if not gone <= start < life.now}
    object.__setattr__(life.beats, "hours", kept)
    eightfold(life)  # all of it comes at once, when it is read again
    life.live(life.now + timedelta(hours=1))
    life.share = 1.0
    troubles = {str(trouble) for trouble in life.verdict(NOTHING).troubles}
    assert troubles <= {"flooding"}
    life.live(life.now + timedelta(hours=13))
    assert Trouble.SHRINKING not in life.verdict(NOTHING).troubles


def rhythm_lateness(rhythm: Rhythm) -> timedelta:
    assert rhythm.lateness is not None
    return rhythm.lateness
