"""The real archive of Nijmegen, where it is at hand: every message is accounted for."""

from __future__ import annotations

import csv
from collections import Counter as Tally
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.p2000.natures import CATEGORIES, UNKNOWN
from ingest.protocol import Repeat
from tests.ingest.p2000.conftest import FeedMaker
from tests.ingest.p2000.playing import Played, play
from tests.ingest.p2000.test_privacy import everything
from tests.support.shared_data import shared_file

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def archive() -> Path:
    return shared_file("p2000/nijmegen_subset.csv")


@pytest.fixture(scope="module")
def played(archive: Path, feed: FeedMaker) -> Played:
    return play(lambda: feed(archive), now=NOW)


def test_every_message_is_received_and_most_are_events_of_their_own(played: Played) -> None:
    assert len(played.findings) == 642
    assert not played.filtered
    assert len({f.event_id for f in played.findings}) >= 550
    repeats = [f for f in played.findings if isinstance(f, Repeat)]
    assert 10 <= len(repeats) <= 60
    assert played.polls[-1].done


def test_nearly_every_message_is_understood(played: Played) -> None:
    categories = Tally(data.category for data in played.incidents() if data.counts)
    assert set(categories) <= set(CATEGORIES)
    assert categories[UNKNOWN] <= 6
    streets = [d for d in played.incidents() if d.counts and d.location.street]
    assert len(streets) >= 520


def test_times_are_of_the_clock_of_amsterdam(archive: Path, played: Played) -> None:
    assert played.incidents()[0].occurred_at == datetime(2023, 10, 31, 16, 2, 22, tzinfo=UTC)


def test_no_house_number_object_or_number_of_a_run_leaves(archive: Path, played: Played) -> None:
    text = everything(played)
    for word in (
        "radboudumc",
        "gamma",
        "hotel",
        "winckelsteegh",
        "paul",
        "politiebureau",
        "pompestichting",
    ):
        assert word not in text
    with archive.open(encoding="utf-8") as file:
        titles = [row["Titel"] for row in csv.DictReader(file)]
    numbers = {
        title.split()[-1] for title in titles if "letsel" in title and title.split()[-1].isdigit()
    }
    police = {number for number in numbers if len(number) == 6 and not number.startswith(("08", "07"))}
    assert len(police) > 50
    assert not [number for number in police if number in text]


def test_a_replay_as_live_tells_the_same_events(archive: Path, feed: FeedMaker, played: Played) -> None:
    live = play(lambda: feed(archive, as_live=True, max_batch=100), now=NOW)
    assert [f.event_id for f in live.findings] == [f.event_id for f in played.findings]
    times = [data.occurred_at for data in live.incidents()]
    assert max(times) <= NOW
    shifts = {
        a.occurred_at - b.occurred_at for a, b in zip(live.incidents(), played.incidents(), strict=True)
    }
    assert len(shifts) == 1


def test_of_the_real_lines_only_ours_is_received(feed: FeedMaker) -> None:
    path = shared_file("p2000/flex_lines_real.txt")
    lines = play(lambda: feed(path, follow=False), now=NOW)
    (data,) = lines.incidents()
    assert (data.service, data.priority, data.location.pc6) == ("ambulance", "a1", "6525GA")
    assert data.location.street == "geert grooteplein zuid"
    assert lines.filtered.total() == 16
