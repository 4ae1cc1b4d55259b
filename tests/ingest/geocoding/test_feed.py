from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from domain.errors import SourceUnavailable
from domain.events import Figure, Incident
from domain.places import Location
from domain.topics import Lane
from ingest.geocoding.feed import CURSOR_KEY, LONGEST_WAITING, MOST_WAITING, GeocodedConnector, geocoded
from ingest.protocol import Cursor, Draft, Feed, Finding, Poll, Repeat, Source
from tests.ingest.geocoding.asking import NOW, WIJK, Finder, geocoder

OURS = "GM0268"
MINUTE = timedelta(minutes=1)


class Scripted:
    """Gives the findings of one turn per poll; refuses a cursor that is not its own."""

    def __init__(self, *turns: Sequence[Finding]) -> None:
        self._turns = turns

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        assert cursor is None or set(cursor) == {"turn"}
        turn = 0 if cursor is None else cursor["turn"]
        assert isinstance(turn, int)
        findings = self._turns[turn] if turn < len(self._turns) else ()
        return Poll(findings, {"turn": turn + 1}, timedelta(hours=1))


def draft(event_id: str = "e1", revision: int | None = None, **location: Any) -> Draft:
    place = Location(**(location or {"street": "kerkstraat", "gemeente": OURS}))
    return Draft(
        event_id, Incident(occurred_at=NOW, category="brand", location=place), revision=revision
    )


def at_wijk(event_id: str = "e1", gemeente: str | None = OURS) -> Draft:
    return draft(event_id, wijk=WIJK, gemeente=gemeente)


class Polls:
    """Polls again and again, with the cursor as JSON between."""

    def __init__(self, finder: Finder, folder: Path, *turns: Sequence[Finding]) -> None:
        self._connector = GeocodedConnector(Scripted(*turns), geocoder(finder, folder), OURS)
        self.cursor: Any = None

    def __call__(self, now: datetime = NOW) -> Poll:
        poll = self._connector.poll(self.cursor, now)
        self.cursor = json.loads(json.dumps(poll.cursor))
        return poll


def test_a_street_gets_its_wijk_and_is_dropped(tmp_path: Path) -> None:
    poll = Polls(Finder(), tmp_path, [draft()])()
    assert poll.findings == [at_wijk()]
    assert poll.cursor == {"turn": 1}
    assert poll.wait == timedelta(hours=1)


def test_what_needs_no_question_passes_as_it_is(tmp_path: Path) -> None:
    finder = Finder()
    figure = Figure(
        measure="cbs.1",
        area=OURS,
        period_start=NOW.date(),
        period_end=NOW.date(),
        boundary_year=2024,
    )
    findings: list[Finding] = [
        draft(wijk=WIJK, street="kerkstraat"),
        draft(lat=51.8, lon=5.8, street="kerkstraat"),
        draft(gemeente="GM0209", street="kerkstraat"),
        draft(gemeente=OURS),
        Draft("e1", draft().data, deleted=True),
        Draft("f1", figure),
        Repeat("e1"),
    ]
    assert Polls(finder, tmp_path, findings)().findings == findings
    assert finder.asked == []


def test_away_means_without_and_once_more_when_there_is_an_answer(tmp_path: Path) -> None:
    finder = Finder(fails_with=SourceUnavailable("down"))
    polls = Polls(finder, tmp_path, [draft()], [Repeat("e1")])
    first = polls()
    assert first.findings == [draft()]
    assert first.wait == timedelta(hours=1)
    finder.fails_with = None
    assert polls(NOW + 5 * MINUTE).findings == [Repeat("e1"), at_wijk()]
    assert polls(NOW + 6 * MINUTE).findings == []
    assert CURSOR_KEY not in polls.cursor


def test_what_waited_never_comes_after_what_is_newer(tmp_path: Path) -> None:
    finder = Finder(fails_with=SourceUnavailable("down"))
    newer, taken_back = draft("e1", wijk=WIJK), Draft("e2", draft().data, deleted=True)
    polls = Polls(finder, tmp_path, [draft("e1"), draft("e2")], [newer, taken_back])
    polls()
    finder.fails_with = None
    assert polls(NOW + 5 * MINUTE).findings == [newer, taken_back]
    assert polls(NOW + 6 * MINUTE).findings == []


def test_a_draft_with_the_sources_own_revision_does_not_wait(tmp_path: Path) -> None:
    finder = Finder(fails_with=SourceUnavailable("down"))
    polls = Polls(finder, tmp_path, [draft(revision=3)])
    assert polls().findings == [draft(revision=3)]
    assert CURSOR_KEY not in polls.cursor


def test_what_waits_is_bounded_in_number_and_time(tmp_path: Path) -> None:
    finder = Finder(fails_with=SourceUnavailable("down"))
    polls = Polls(finder, tmp_path, [draft(f"e{n}") for n in range(MOST_WAITING + 30)])
    assert len(polls().findings) == MOST_WAITING + 30
    assert list(polls.cursor[CURSOR_KEY]) == [f"e{n}" for n in range(30, MOST_WAITING + 30)]
    finder.fails_with = None
    assert polls(NOW + LONGEST_WAITING + MINUTE).findings == []
    assert CURSOR_KEY not in polls.cursor


def test_a_place_of_before_the_geocoder_is_gone_on_with_and_one_that_cannot_be_read_is_dropped(
    tmp_path: Path,
) -> None:
    polls = Polls(Finder(), tmp_path, [draft("e1")], [draft("e2")])
    polls.cursor = {"turn": 1, CURSOR_KEY: {"e1": {"since": "never", "data": {}}, "e0": 3}}
    assert polls().findings == [at_wijk("e2")]
    assert polls.cursor == {"turn": 2}


def test_all_feeds_of_a_source_are_placed(tmp_path: Path) -> None:
    lanes = (Lane.LIVE, Lane.BACKFILL)
    source = Source("p2000", tuple(Feed(lane, Scripted([draft()]), "origin") for lane in lanes))
    placed = geocoded(source, geocoder(Finder(), tmp_path), OURS)
    assert [(feed.lane, feed.origin) for feed in placed.feeds] == [(lane, "origin") for lane in lanes]
    for feed in placed.feeds:
        assert feed.connector.poll(None, NOW).findings == [at_wijk()]
