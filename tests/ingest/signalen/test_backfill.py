"""A past period: the meldingen that were entered in it, up to their last change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import SourceUnavailable
from ingest.http.protocol import HttpClient
from ingest.protocol import Draft, Period, Poll
from ingest.signalen.connector import SignalenConnector
from ingest.signalen.listing import Listing, Question
from ingest.signalen.source import Settings, build
from tests.ingest.handing import TOKEN_REF, context_with
from tests.ingest.polled import PolledConnector
from tests.ingest.signalen.reading import START, TOKEN, client
from tests.ingest.signalen.test_source import CONTEXT
from tests.support.http_memory import MemoryClient
from tests.support.http_pages import Asked, Page
from tests.support.signalen import ROOT, Signalen

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
LATER = START + 30 * DAY
PERIOD = Period(START - 9 * DAY, START - 5 * DAY)


def asked_for(http: HttpClient) -> SignalenConnector:
    settings = Settings(url=ROOT, token=TOKEN_REF)
    source = build("meldingen", settings, context_with(CONTEXT, http, TOKEN))
    assert source.backfill is not None
    connector = source.backfill(PERIOD)
    assert isinstance(connector, SignalenConnector)
    return connector


def with_query(server: Signalen, change: Callable[[dict[str, str]], dict[str, str]]) -> MemoryClient:
    """A server that reads another question than was asked."""

    def respond(asked: Asked) -> Page:
        return server.respond(replace(asked, query=change(dict(asked.query))))

    return MemoryClient(respond, {"authorization": f"Bearer {TOKEN}"})


def in_pages_of(server: Signalen, size: int) -> MemoryClient:
    """A server that gives fewer than it is asked for."""
    return with_query(server, lambda query: {**query, "page_size": str(size)})


def a_melding_each_day(days: int = 12) -> Signalen:
    """Numbered 1 and up; those of ``PERIOD`` are 4 to 7, and 4 was entered in its first moment."""
    server = Signalen(START - 13 * DAY, TOKEN)
    server.step = DAY
    for _ in range(days):
        server.add()
    return server


def read_to_the_end(connector: SignalenConnector, now: datetime = LATER) -> list[Poll]:
    polls = [connector.poll(None, now)]
    while not polls[-1].done:
        assert len(polls) < 200
        polls.append(connector.poll(polls[-1].cursor, now))
    return polls


def drafts(polls: list[Poll]) -> dict[int, Draft]:
    """The last version that was given of each melding."""
    found = [finding for poll in polls for finding in poll.findings]
    return {int(f.event_id): f for f in found if isinstance(f, Draft)}


def test_meldingen_that_were_entered_in_it_are_read_with_their_last_change() -> None:
    server = a_melding_each_day()
    server.change(5, "o", at=LATER - DAY)
    server.change(3, "o", at=LATER - DAY)
    found = drafts(read_to_the_end(asked_for(client(server))))
    assert sorted(found) == [4, 5, 6, 7]
    revision = (LATER - DAY - EPOCH) // timedelta(microseconds=1)
    assert found[5].revision == revision


def test_both_bounds_are_as_they_were_asked_for() -> None:
    server = a_melding_each_day(0)
    for number, at in enumerate(
        (PERIOD.since - timedelta(microseconds=1), PERIOD.since,
         PERIOD.until - timedelta(microseconds=1), PERIOD.until), start=1,
    ):  # fmt: skip
        server.add(created_at=at, updated_at=at, incident_date_start=at)
        assert server.meldingen[number]["created_at"] == at
    assert sorted(drafts(read_to_the_end(asked_for(client(server))))) == [2, 3]


def test_it_tells_how_far_it_is_and_ends() -> None:
    polls = read_to_the_end(asked_for(in_pages_of(a_melding_each_day(), 2)), START)
    told = [poll.progress for poll in polls if poll.progress is not None]
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] == 1.0


def test_an_empty_period_ends_when_it_is_empty_twice() -> None:
    first, last = read_to_the_end(asked_for(client(Signalen(START, TOKEN))))
    assert (first.wait > timedelta(0), last.wait) == (True, timedelta(0))


def test_a_server_that_does_not_know_the_period_is_noticed() -> None:
    deaf = with_query(
        a_melding_each_day(),
        lambda query: {name: text for name, text in query.items() if not name.startswith("created")},
    )
    with pytest.raises(SourceUnavailable, match="another page"):
        Listing(deaf, ROOT, 10).read(Question(PERIOD.since, entered=PERIOD))


_changes = st.lists(st.tuples(st.integers(1, 12), st.sampled_from("boa")), max_size=12)


@pytest.mark.slow  # an outbox on disk for each example
@given(changes=_changes, size=st.integers(1, 4))
def test_whatever_changes_while_it_is_read_nothing_of_it_is_missing(
    changes: list[tuple[int, str]], size: int
) -> None:
    server = a_melding_each_day()
    server.step = timedelta(minutes=1)
    server.between = [partial(server.change, number, state) for number, state in changes]
    before = {number: m["updated_at"] for number, m in server.meldingen.items()}
    with TemporaryDirectory() as folder:
        reader = PolledConnector(
            Path(folder), "signalen", lambda: asked_for(in_pages_of(server, size)), LATER
        )
        polls: list[Poll] = []
        while not polls or not polls[-1].done:
            polls.append(reader.ask())
            reader.write(polls[-1])
            reader.clock.turn(polls[-1].wait)
        reader.close()
    found = drafts(polls)
    assert sorted(found) == [4, 5, 6, 7]
    for number, draft in found.items():
        assert draft.revision is not None
        assert EPOCH + timedelta(microseconds=draft.revision) >= before[number]
