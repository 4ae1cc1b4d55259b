from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from domain.errors import SourceRefused, SourceUnavailable
from domain.places import Location
from ingest.geocoding.geocoder import FOUND_FOR, NOT_FOUND_FOR, Answer
from tests.ingest.geocoding.asking import NOW, WIJK, Finder, geocoder

KERK = Location(street="kerkstraat", pc6="6511AA")
NOWHERE = Location(street="onbekendstraat")
LATER = Answer(None, later=True)
SECOND = timedelta(seconds=1)


def test_a_question_is_asked_once(tmp_path: Path) -> None:
    finder = Finder()
    found = geocoder(finder, tmp_path)
    assert found.find(KERK, NOW) == found.find(KERK, NOW + SECOND) == Answer(WIJK)
    assert found.find(KERK.model_copy(update={"street": "Kerk-straat"}), NOW) == Answer(None)
    assert found.find(NOWHERE, NOW) == found.find(NOWHERE, NOW) == Answer(None)
    assert len(finder.asked) == 3
    assert geocoder(finder, tmp_path).find(KERK, NOW) == Answer(WIJK)
    assert len(finder.asked) == 3


def test_without_a_street_or_postcode_nothing_is_asked(tmp_path: Path) -> None:
    finder = Finder()
    assert geocoder(finder, tmp_path).find(Location(gemeente="GM0268"), NOW) == Answer(None)
    assert finder.asked == []


def test_answers_are_asked_for_anew_after_their_time(tmp_path: Path) -> None:
    finder = Finder()
    found = geocoder(finder, tmp_path)
    found.find(KERK, NOW)
    found.find(NOWHERE, NOW)
    finder.known = {"onbekendstraat": WIJK}
    assert found.find(NOWHERE, NOW + NOT_FOUND_FOR - SECOND) == Answer(None)
    assert found.find(NOWHERE, NOW + NOT_FOUND_FOR) == Answer(WIJK)
    assert found.find(KERK, NOW + FOUND_FOR - SECOND) == Answer(WIJK)
    assert found.find(KERK, NOW + FOUND_FOR) == Answer(None)


def test_an_answer_past_its_time_is_better_than_none(tmp_path: Path) -> None:
    finder = Finder()
    found = geocoder(finder, tmp_path)
    found.find(KERK, NOW)
    finder.fails_with = SourceUnavailable("down")
    assert found.find(KERK, NOW + FOUND_FOR) == Answer(WIJK)


def test_a_wijk_of_another_layout_is_none(tmp_path: Path) -> None:
    finder = Finder(known={"kerkstraat": "BU02689999"})
    assert geocoder(finder, tmp_path).find(KERK, NOW) == Answer(None)


def test_no_more_questions_a_minute_than_allowed(tmp_path: Path) -> None:
    finder = Finder()
    found = geocoder(finder, tmp_path, per_minute=3)
    streets = [Location(street="straat " + "abcdefgh"[n] * 3) for n in range(8)]
    answers = [found.find(street, NOW + n * SECOND) for n, street in enumerate(streets)]
    assert answers == [Answer(None)] * 3 + [LATER] * 5
    assert len(finder.asked) == 3
    assert found.find(streets[3], NOW + timedelta(seconds=60)) == Answer(None)


def test_slow_answers_hold_up_no_poll_for_long(tmp_path: Path) -> None:
    finder = Finder()
    found = geocoder(finder, tmp_path, seconds=0.4)
    streets = [Location(street="straat " + "abcdefgh"[n] * 3) for n in range(8)]
    assert [found.find(street, NOW) for street in streets] == [Answer(None)] * 3 + [LATER] * 5
    assert found.find(streets[3], NOW + SECOND) == Answer(None)


@pytest.mark.parametrize(
    ("error", "pause"),
    [
        (SourceUnavailable("down"), timedelta(seconds=30)),
        (SourceUnavailable("busy", timedelta(minutes=5)), timedelta(minutes=5)),
        (SourceRefused("no"), timedelta(hours=1)),
        (RuntimeError("kerkstraat"), timedelta(hours=1)),
    ],
)
def test_a_failure_is_later_and_the_service_is_left_alone(
    tmp_path: Path, error: Exception, pause: timedelta
) -> None:
    finder = Finder(fails_with=error)
    found = geocoder(finder, tmp_path)
    with capture_logs() as logs:
        assert found.find(KERK, NOW) == LATER
    assert "kerkstraat" not in str(logs)
    assert logs[0]["event"] == "geocoder_paused"
    finder.fails_with = None
    assert found.find(KERK, NOW + pause - SECOND) == LATER
    assert len(finder.asked) == 1
    assert found.find(KERK, NOW + pause) == Answer(WIJK)


def test_the_pause_grows_while_the_service_is_away(tmp_path: Path) -> None:
    finder = Finder(fails_with=SourceUnavailable("down"))
    found = geocoder(finder, tmp_path)
    for minute in range(120):
        assert found.find(KERK, NOW + timedelta(minutes=minute)) == LATER
    assert len(finder.asked) <= 15


def test_neither_file_nor_name_shows_a_street_or_postcode(tmp_path: Path) -> None:
    found = geocoder(Finder(), tmp_path)
    found.find(KERK, NOW)
    for file in tmp_path.iterdir():
        held = file.read_bytes().lower()
        assert b"kerk" not in held
        assert b"6511" not in held
