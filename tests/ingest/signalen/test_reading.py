"""The list is read so that nothing is lost or doubled, whatever happens to it meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import SourceRefused, SourceUnavailable
from ingest.protocol import Poll
from tests.ingest.signalen.reading import (
    INTERVAL,
    OVERLAP,
    START,
    STATUS,
    TOKEN,
    Reader,
    Version,
    client,
    connector,
    expected,
)
from tests.support.http_pages import Asked, Page, json_page
from tests.support.signalen import Signalen, melding

LONG = OVERLAP * 3
"""Between two changes, so that no overlap makes good what was missed."""


@pytest.fixture
def server() -> Signalen:
    return Signalen(START, TOKEN)


@pytest.fixture
def reader(tmp_path: Path, server: Signalen) -> Iterator[Reader]:
    made = Reader(tmp_path, server)
    yield made
    made.close()


def test_every_page_is_read_and_a_second_round_adds_nothing(server: Signalen, reader: Reader) -> None:
    for _ in range(8):
        server.add()
    assert reader.round() > 2
    versions = reader.versions()
    assert [v.number for v in versions] == list(range(1, 9))
    reader.round()
    assert reader.versions() == versions


def test_a_change_is_a_revision_and_a_cancellation_a_retraction(
    server: Signalen, reader: Reader
) -> None:
    number = server.add()
    for state in ("m", "b", "o", "reopened", "a"):
        if state != "m":
            server.change(number, state)
        reader.round()
    assert reader.versions() == [
        Version(1, 1, False, "open"),
        Version(1, 2, False, "in-progress"),
        Version(1, 3, False, "closed"),
        Version(1, 4, False, "open"),
        Version(1, 5, True, "closed"),
    ]


def test_what_moves_while_it_is_read_is_met_again_and_hides_nothing(
    server: Signalen, reader: Reader
) -> None:
    server.step = LONG
    for _ in range(9):
        server.add()
    # The first page's records go to the end, so that by page numbers 4, 5 and 6 would be skipped.
    server.between = [lambda: server.change_all((1, 2, 3), "b")]
    reader.round()
    assert reader.current() == expected(server)


def test_more_records_of_one_moment_than_a_page_holds(server: Signalen, reader: Reader) -> None:
    for _ in range(10):
        server.add()
    moment = server.now
    server.change_all(range(2, 10), "b", at=moment)
    server.add()
    reader.round()
    assert reader.current() == expected(server)


def test_a_moment_that_loses_records_while_it_is_read_is_read_again(
    server: Signalen, reader: Reader
) -> None:
    for _ in range(10):
        server.add()
    moment = server.now
    server.change_all(range(1, 11), "b", at=moment)
    server.step = LONG
    server.add()
    # Pages: the list, then the moment; now the first record leaves it between its pages 1 and 2.
    server.between = [lambda: None, lambda: None, lambda: server.change(1, "o")]
    reader.round()
    reader.round()
    assert reader.current() == expected(server)


def test_a_moment_of_which_pages_have_gone(server: Signalen, reader: Reader) -> None:
    for _ in range(7):
        server.add()
    moment = server.now
    server.change_all(range(1, 8), "b", at=moment)
    server.step = LONG
    server.add()
    server.between = [lambda: None, lambda: None]
    server.between.append(lambda: server.change_all(range(1, 7), "o"))
    for _ in range(3):
        reader.round()
    assert reader.current() == expected(server)


def test_what_becomes_visible_late_is_found_by_the_overlap(server: Signalen, reader: Reader) -> None:
    for _ in range(3):
        server.add()
    late = server.meldingen.pop(2)
    reader.round()
    server.meldingen[2] = late
    reader.round()
    assert reader.current() == expected(server)


def test_a_record_dated_in_the_future_does_not_hide_those_of_today(
    server: Signalen, reader: Reader
) -> None:
    number = server.add()
    server.change(number, "b", at=START + timedelta(days=3000))
    reader.round()
    server.now = reader.clock.now()
    server.add()
    reader.round()
    assert reader.current() == expected(server)


def test_an_older_version_never_wins(server: Signalen, reader: Reader) -> None:
    number = server.add()
    server.change(number, "o")
    reader.round()
    server.change(number, "b", at=START)
    reader.round()
    assert reader.current() == {number: (False, "closed")}


def test_only_filters_that_do_as_they_say_are_used(server: Signalen) -> None:
    asked = client(server)
    server.add()
    connector(asked).poll(None, START)
    (first,) = asked.asked
    assert first.query == {
        "ordering": "updated_at,id",
        "page_size": "3",
        "updated_after": "2026-03-01T11:50:00Z",
    }


def test_links_of_the_source_are_not_followed(server: Signalen, reader: Reader) -> None:
    for _ in range(8):
        server.add()
    page = server.respond(Asked("/signals/v1/private/signals/", {"page_size": "3"}, _token()))
    # Behind a proxy they begin with http, where the token may not go.
    assert b'"next":{"href":"http://' in page.body
    reader.round()
    assert reader.current() == expected(server)


def _token() -> dict[str, str]:
    return {"authorization": f"Bearer {TOKEN}"}


def test_the_cursor_is_small_and_is_json(server: Signalen) -> None:
    for _ in range(50):
        server.add()
    poll = connector(client(server)).poll(None, START)
    assert len(json.dumps(poll.cursor)) < 300


# History.


def test_history_ends_and_says_how_far_it_is(server: Signalen) -> None:
    server.now = START - timedelta(minutes=8)
    for _ in range(6):
        server.add()
    reading = connector(client(server), end=START)
    polls = [reading.poll(None, START)]
    while not polls[-1].done:
        polls.append(reading.poll(polls[-1].cursor, START))
    assert [p.progress for p in polls][-1] == 1.0
    assert {f.event_id for p in polls for f in p.findings} == {str(n) for n in range(1, 7)}


def test_history_does_not_end_on_one_empty_page(server: Signalen) -> None:
    reading = connector(client(server), end=START)
    first = reading.poll(None, START)
    assert (first.done, first.wait) == (False, INTERVAL)
    server.now = START - timedelta(minutes=5)
    server.add()
    second = reading.poll(first.cursor, START)
    assert (second.done, len(second.findings)) == (True, 1)
    empty = connector(client(Signalen(START, TOKEN)), end=START)
    assert empty.poll(empty.poll(None, START).cursor, START).done


# What is not Signalen.


def answering(page: Page) -> Poll:
    server = Signalen(START, TOKEN)
    server.respond = lambda asked: page  # type: ignore[method-assign] # a server that answers otherwise
    return connector(client(server)).poll(None, START)


def listed(*records: Any) -> Page:
    return json_page({"_links": {"next": {"href": None}}, "count": len(records), "results": [*records]})


def rendered(number: int, minutes: int) -> dict[str, Any]:
    at = START + timedelta(minutes=minutes)
    times = {"created_at": at.isoformat(), "updated_at": at.isoformat(), "incident_date_start": None}
    return melding(number, at) | times


@pytest.mark.parametrize(
    "page",
    [
        json_page([]),
        json_page({"results": []}),
        json_page({"results": {}, "count": 0}),
        json_page({"new_results": [], "new_count": 0}),
        listed("Wiersemans"),
        listed({"id": 7}),
        listed(rendered(1, 0) | {"id": "Wiersemans"}),
        listed(rendered(1, 0) | {"updated_at": "2026-03-01T12:00:00"}),
        listed(rendered(1, 5), rendered(2, 0)),
    ],
)
def test_another_format_stops_the_source_with_one_line(page: Page) -> None:
    with pytest.raises(SourceRefused, match=r"^meldingen\.example/signals/v1/private/signals/: ") as e:
        answering(page)
    assert "Wiersemans" not in str(e.value)
    assert "\n" not in str(e.value)


def test_another_page_than_asked_for_is_asked_again() -> None:
    with pytest.raises(SourceUnavailable):
        answering(listed(rendered(1, -60)))


# The law.

_steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.just(0)),
        st.tuples(st.sampled_from([*STATUS]), st.integers(1, 12)),
        st.tuples(st.just("bulk"), st.integers(1, 12)),
        st.tuples(st.just("nothing"), st.just(0)),
    ),
    max_size=25,
)


def _do(server: Signalen, what: str, number: int) -> None:
    if what == "add":
        server.add()
    elif what == "bulk":
        server.now += LONG
        server.change_all(list(server.meldingen)[:number], "b", at=server.now)
    elif number in server.meldingen:
        server.change(number, what)


@pytest.mark.slow  # an outbox on disk for each example
@given(start=st.integers(0, 12), steps=_steps, size=st.integers(1, 4))
def test_whatever_happens_between_pages_the_outbox_has_the_truth_in_the_end(
    start: int, steps: list[tuple[str, int]], size: int
) -> None:
    server = Signalen(START, TOKEN)
    server.step = LONG
    for _ in range(start):
        server.add()
    server.between = [partial(_do, server, what, number) for what, number in steps]
    with TemporaryDirectory() as folder:
        reader = Reader(Path(folder), server, size=size)
        while server.between:
            reader.round()
        reader.round()
        reader.round()
        current, versions = reader.current(), reader.versions()
        reader.round()
        assert reader.versions() == versions
        reader.close()
    assert current == expected(server)
    revs = [(v.number, v.rev) for v in versions]
    assert len(set(revs)) == len(revs)
