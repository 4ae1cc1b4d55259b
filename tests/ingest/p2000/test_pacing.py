"""Replays: pace, as live, and the same findings whatever the restarts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.p2000.pacing import Anchor
from ingest.protocol import Cursor, Draft, Finding, Unreadable
from tests.ingest.p2000.conftest import FeedMaker
from tests.ingest.p2000.playing import START, Row, play, saved, write_archive
from tests.support.examples import examples

ROWS: list[Row] = [
    ("2025-01-01T12:00:00", "brandweer", "p 1 br woning eikweg nijmegen 082131"),
    ("2025-01-01T12:00:40", "politie", "aanrijding letsel eikweg nijmegen 123456"),
    ("2025-01-01T12:10:00", "brandweer", "p 1 middel br br woning eikweg nijmegen 082231"),
    ("2025-01-01T12:20:00", "politie", "overval elders eikweg arnhem 123999"),
    ("2025-01-01T12:30:00", "brandweer", "p 2 intrekken alarm brw br woning eikweg nijmegen"),
    ("geen tijd", "brandweer", "p 2 br woning beukweg nijmegen 082131"),
    ("2025-01-01T14:00:00", "trauma", "a1 ambu 08993 - nijmegen rit 200140"),
    ("2025-01-01T14:00:30", "trauma", "a1 ambu 08993 - nijmegen beukweg"),
    ("2025-01-01T15:00:00", "brandweer", "p 2 stormschade beukweg nijmegen 082131"),
]
FIRST = datetime(2025, 1, 1, 11, 0, tzinfo=UTC)
LAST = datetime(2025, 1, 1, 14, 0, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return write_archive(tmp_path / "archief.csv", ROWS)


def occurred(findings: list[Finding]) -> list[datetime]:
    return [
        f.data.occurred_at for f in findings if isinstance(f, Draft) and hasattr(f.data, "occurred_at")
    ]


def test_as_fast_as_it_can_everything_comes_at_once(archive: Path, feed: FeedMaker) -> None:
    played = play(lambda: feed(archive))
    assert len(played.polls) == 1
    assert played.ended == START
    assert len(played.findings) == 8
    assert played.polls[0].progress == 1.0
    assert occurred(played.findings)[0] == FIRST


def test_a_batch_is_bounded_and_the_next_comes_without_a_wait(archive: Path, feed: FeedMaker) -> None:
    played = play(lambda: feed(archive, max_batch=3))
    assert [len(p.findings) for p in played.polls] == [3, 3, 2]
    assert [p.wait for p in played.polls[:-1]] == [timedelta(0), timedelta(0)]
    progress = [p.progress or 0.0 for p in played.polls]
    assert progress == sorted(progress)


def test_at_a_speed_pages_come_after_their_gaps(archive: Path, feed: FeedMaker) -> None:
    played = play(lambda: feed(archive, speed=60.0))
    assert played.ended - START == pytest.approx(timedelta(minutes=3), abs=timedelta(seconds=1))
    assert occurred(played.findings)[0] == FIRST
    assert occurred(played.findings)[-1] == LAST
    first, second = played.polls[0], played.polls[1]
    assert len(first.findings) == 1
    assert first.wait == timedelta(seconds=40) / 60
    assert len(second.findings) == 1
    assert all(p.wait <= timedelta(seconds=30) for p in played.polls)


def test_as_live_at_a_speed_an_event_occurs_when_it_plays(archive: Path, feed: FeedMaker) -> None:
    played = play(lambda: feed(archive, speed=60.0, as_live=True))
    times = occurred(played.findings)
    assert times[0] == START
    assert times[1] == START + timedelta(seconds=40) / 60
    assert times[-1] == START + timedelta(hours=3) / 60
    clock = START
    for poll in played.polls:
        assert all(t <= clock for t in occurred(list(poll.findings)))
        clock += max(poll.wait, timedelta(milliseconds=1))


def test_as_live_at_speed_one_is_a_constant_shift(archive: Path, feed: FeedMaker) -> None:
    played = play(lambda: feed(archive, speed=1.0, as_live=True))
    plain = play(lambda: feed(archive))
    shifts = {a - b for a, b in zip(occurred(played.findings), occurred(plain.findings), strict=True)}
    assert shifts == {START - FIRST}


def test_as_live_as_fast_as_it_can_the_last_page_is_now(archive: Path, feed: FeedMaker) -> None:
    played = play(lambda: feed(archive, as_live=True))
    plain = play(lambda: feed(archive))
    shifts = {a - b for a, b in zip(occurred(played.findings), occurred(plain.findings), strict=True)}
    assert shifts == {START - LAST}
    assert max(occurred(played.findings)) == START


def test_ids_come_from_the_original_page(archive: Path, feed: FeedMaker) -> None:
    variants: list[dict[str, object]] = [
        {},
        {"speed": 60.0},
        {"speed": 9.0, "as_live": True},
        {"as_live": True},
    ]
    plays = [play(partial(feed, archive, **options)) for options in variants]
    ids = [[f.event_id for f in played.findings] for played in plays]
    assert all(each == ids[0] for each in ids)


def test_time_that_passed_while_it_was_off_is_caught_up_with(archive: Path, feed: FeedMaker) -> None:
    first = feed(archive, speed=60.0, as_live=True).poll(None, START)
    later = START + timedelta(hours=5)
    second = feed(archive, speed=60.0, as_live=True).poll(saved(first.cursor), later)
    assert len(first.findings) + len(second.findings) == 8
    assert occurred(list(second.findings))[-1] == START + timedelta(minutes=3)


def test_another_speed_goes_on_from_the_page_where_the_first_stopped(
    archive: Path, feed: FeedMaker
) -> None:
    first = feed(archive, speed=60.0).poll(None, START)
    rest = play(lambda: feed(archive, speed=3600.0), cursor=saved(first.cursor))
    assert rest.ended - START < timedelta(seconds=5)
    assert len(first.findings) + len(rest.findings) == 8


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_restarts_change_nothing(archive: Path, feed: FeedMaker, data: st.DataObject) -> None:
    """Whatever polls are lost before their commit, the rest say the same as an undisturbed run."""
    options: dict[str, object] = data.draw(
        st.sampled_from([{}, {"speed": 600.0}, {"speed": 600.0, "as_live": True}])
    )
    whole = play(lambda: feed(archive, **options))
    got: list[Finding] = []
    cursor: Cursor | None = None
    now = START
    for _ in range(500):
        batch = data.draw(st.integers(1, 5))
        poll = feed(archive, **options, max_batch=batch).poll(cursor, now)
        crashes = cursor is not None and data.draw(st.booleans())
        if not crashes:
            got += poll.findings
            cursor = saved(poll.cursor)
            if poll.done:
                break
        now += max(poll.wait, timedelta(seconds=data.draw(st.integers(0, 3))))
    assert got == whole.findings


def test_a_row_from_the_far_future_does_not_hold_up_the_rest(tmp_path: Path, feed: FeedMaker) -> None:
    rows = [
        ROWS[0],
        ("2199-01-01T00:00:00", "brandweer", "p 1 br woning beukweg nijmegen 082131"),
        ROWS[1],
    ]
    path = write_archive(tmp_path / "archief.csv", rows)
    played = play(lambda: feed(path, speed=60.0, as_live=True))
    assert [type(f) for f in played.findings] == [Draft, Unreadable, Draft]
    assert played.ended - START < timedelta(minutes=1)


@given(
    st.floats(0.1, 10_000),
    st.integers(0, 10**7),
    st.integers(0, 10**7),
)
def test_later_pages_play_later_and_are_due_when_they_play(speed: float, one: int, other: int) -> None:
    anchor = Anchor(START, FIRST, speed)
    early, late = (FIRST + timedelta(seconds=s) for s in sorted((one, other)))
    assert START <= anchor.on_clock(early) <= anchor.on_clock(late)
    plays = max(anchor.on_clock(late), late)
    assert anchor.until(late, plays) == timedelta(0)
