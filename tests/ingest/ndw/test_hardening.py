"""What no feed needs is refused, and no feed takes more than its share."""

from __future__ import annotations

import tracemalloc

import pytest

from domain.errors import SourceRefused, SourceUnavailable
from ingest.http.protocol import HttpAnswer
from ingest.ndw import connector as ndw
from ingest.ndw.publication import situations
from ingest.xml_reading import Bounds, XmlRefused, opened_and_closed
from tests.ingest.ndw.feeds import NOON, connector, feed, page, poll, record
from tests.support.http_memory import MemoryClient
from tests.support.http_pages import Page

LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "body",
    [
        feed([record()], before=LAUGHS),
        feed([record()], before='<!DOCTYPE x SYSTEM "file:///etc/passwd">'),
        feed([record(more="<a>" * 60 + "</a>" * 60)]),
        feed([record(more="<a/>" * 25_000)]),
        b"<rss/>",
        b"<d2LogicalModel/>",
    ],
)
def test_what_no_feed_needs_stops_the_source(body: bytes) -> None:
    with pytest.raises(SourceRefused):
        poll(body)


@pytest.mark.parametrize("part", [0.3, 0.9])
def test_a_cut_feed_is_asked_for_again(part: float) -> None:
    whole = feed(record(f"R{n}") for n in range(50))
    cut = whole[: int(len(whole) * part)]
    with pytest.raises(SourceUnavailable):
        poll(cut)
    packed = page(whole).body
    half = Page(packed[: int(len(packed) * part)], "application/x-gzip")
    with pytest.raises(SourceUnavailable):
        connector(MemoryClient(lambda _: half)).poll(None, NOON)


def test_an_answer_that_unpacks_to_too_much_is_refused() -> None:
    answer = HttpAnswer("ndw.example/x", 200, page(feed([record(more=" " * 100_000)])).body, {
        "content-type": "application/gzip"
    })  # fmt: skip
    with pytest.raises(SourceRefused, match="unpacks to more than 50000 bytes"):
        list(situations(answer, most=50_000))


def test_the_number_of_elements_is_bounded() -> None:
    with pytest.raises(XmlRefused, match="too many"):
        list(opened_and_closed([b"<a>" + b"<b/>" * 200 + b"</a>"], frozenset(), Bounds(elements=100)))


def test_a_feed_of_more_records_than_a_country_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ndw, "MAX_RECORDS", 100)
    assert len(poll(feed(record(f"R{n}") for n in range(100))).findings) == 100
    with pytest.raises(SourceRefused, match="more than 100 records"):
        poll(feed(record(f"R{n}") for n in range(101)))


def test_memory_does_not_grow_with_the_feed() -> None:
    def peak(number: int) -> int:
        inner = record(more="<x>tekst</x>" * 20).encode()
        start, end = feed([]).split(b"</payloadPublication>")
        parts = [start, *([b"<situation>" + inner + b"</situation>"] * number)]
        tail = [b"</payloadPublication>" + end]
        tracemalloc.start()
        for _ in opened_and_closed([*parts, *tail], frozenset({"situation"})):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(2_000) < 3 * peak(100)
