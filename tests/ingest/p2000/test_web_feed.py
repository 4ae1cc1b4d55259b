"""Feeds of pages on the web: the events of a receiver, each item once, nothing hostile parsed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest
from pydantic import ValidationError

from domain.areas import Municipality
from domain.errors import SourceRefused
from domain.events import Incident
from domain.metrics import Counter
from ingest.context import SourceContext
from ingest.http.protocol import HttpAnswer
from ingest.p2000.feed_items import read_items
from ingest.p2000.grammar import Grammar
from ingest.p2000.web_feed import MAX_KNOWN, WebFeedConnector
from ingest.p2000.web_feed_source import Settings, build
from ingest.protocol import Cursor, Draft, Poll, Repeat, Unreadable
from tests.ingest.handing import context_with
from tests.ingest.p2000.playing import saved
from tests.ingest.p2000.web_feeds import atom, item, rss
from tests.ingest.samples import KEYED
from tests.support.smuggled import SMUGGLED, assert_no_trace

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
FIRE = "p 1 bon-05 br woning eikstraat nijmegen 089191"
AMBULANCE = "a1 ambu 08123 nijmegen eikstraat rit 765432"


@dataclass
class Web:
    """A feed that answers what a test puts on it, and says 304 to who has that already."""

    body: bytes
    asked: list[tuple[str | None, str | None]] = field(default_factory=list)

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] = MappingProxyType({}),
        headers: Mapping[str, str] = MappingProxyType({}),
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> HttpAnswer:
        self.asked.append((etag, last_modified))
        current = f'"{hash(self.body)}"'
        if etag == current:
            return HttpAnswer(url, 304, b"", {}, etag)
        return HttpAnswer(url, 200, self.body, {}, current)


@dataclass
class Reader:
    """Polls a feed as ingest does: a new connector each time, the cursor through JSON."""

    web: Web
    grammar: Grammar
    local_times: bool = False
    cursor: Cursor | None = None

    def poll(self) -> Poll:
        connector = WebFeedConnector(
            self.web, "https://feed.example/rss", self.grammar, KEYED, timedelta(seconds=15),
            local_times=self.local_times,
        )  # fmt: skip
        poll = connector.poll(self.cursor, NOW)
        self.cursor = saved(poll.cursor)
        return poll


def test_an_item_becomes_the_incident_that_the_page_would_be(grammar: Grammar) -> None:
    for body in (rss(item(1, FIRE)), atom(FIRE)):
        (finding,) = Reader(Web(body), grammar).poll().findings
        assert isinstance(finding, Draft)
        assert isinstance(finding.data, Incident)
        assert finding.data.occurred_at == datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
        assert (finding.data.category, finding.data.location.street) == ("brand-woning", "eikstraat")


def test_what_has_not_changed_is_not_read_again(grammar: Grammar) -> None:
    reader = Reader(Web(rss(item(1, FIRE))), grammar)
    first, second = reader.poll(), reader.poll()
    assert (len(first.findings), len(second.findings)) == (1, 0)
    assert reader.web.asked[1][0] is not None
    assert second.cursor == first.cursor
    assert second.wait == timedelta(seconds=15)


def test_an_item_counts_once_however_long_the_feed_shows_it_and_whatever_it_then_says(
    grammar: Grammar,
) -> None:
    reader = Reader(Web(rss(item(1, FIRE))), grammar)
    reader.poll()
    reader.web.body = rss(
        item(2, "aanrijding letsel rozenstraat nijmegen 123456"), item(1, FIRE + " (update)")
    )
    (finding,) = reader.poll().findings
    assert isinstance(finding, Draft)
    assert isinstance(finding.data, Incident)
    assert finding.data.service == "politie"


def test_pages_are_folded_oldest_first(grammar: Grammar) -> None:
    body = rss(
        item(3, FIRE.replace("089191", "089232"), "Tue, 10 Mar 2026 09:05:00 GMT"),
        item(2, FIRE, "Tue, 10 Mar 2026 09:01:00 GMT", guid=False),
        item(1, FIRE, "Tue, 10 Mar 2026 09:00:00 GMT"),
    )
    first, second, third = Reader(Web(body), grammar).poll().findings
    assert isinstance(first, Draft)
    assert isinstance(second, Repeat)
    assert isinstance(third, Draft)
    assert first.event_id == second.event_id == third.event_id


def test_other_regions_are_counted_and_what_cannot_be_read_is_rejected(grammar: Grammar) -> None:
    body = rss(
        item(1, "p 1 bdh-02 br woning kasteellaan schipluiden 156130"),
        item(2, FIRE, "yesterday"),
        item(3, FIRE, "Tue, 10 Mar 2099 09:00:00 GMT"),
        item(4, ""),
    )
    poll = Reader(Web(body), grammar).poll()
    assert poll.filtered == {Counter.FILTERED_OTHER_REGION: 1}
    assert sorted(f.field for f in poll.findings if isinstance(f, Unreadable)) == [
        "time",
        "time",
        "title",
    ]


@pytest.mark.parametrize(
    ("written", "local", "hour"),
    [
        ("Tue, 10 Mar 2026 09:00:00 GMT", False, 9),
        ("Tue, 10 Mar 2026 10:00:00 +0100", False, 9),
        ("Tue, 10 Mar 2026 10:00:00 GMT", True, 9),
        ("Fri, 10 Jul 2026 10:00:00 GMT", True, 8),
    ],
)
def test_times_of_feeds_that_mislabel_them(written: str, local: bool, hour: int) -> None:
    (found,) = read_items(rss(item(1, FIRE, written)), local_times=local)
    assert found.moment is not None
    assert found.moment.hour == hour


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Wiersemans</body></html>",
        b"<rss><channel><item>",
        b"<!DOCTYPE rss [<!ENTITY a 'Wiersemans'>]><rss><channel>&a;</channel></rss>",
        b"<!DOCTYPE rss SYSTEM 'file:///etc/passwd'><rss/>",
        b"<?xml version='1.0' encoding='wiersemans'?><rss/>",
    ],
)
def test_what_is_no_feed_stops_the_source_without_a_word_of_it(grammar: Grammar, body: bytes) -> None:
    with pytest.raises(SourceRefused) as refused:
        Reader(Web(body), grammar).poll()
    assert "iersemans" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_settings_make_a_source_and_mistakes_are_told_without_their_value(
    nijmegen: Municipality,
) -> None:
    settings = Settings(url="https://feed.example/rss", interval=15)
    context = SourceContext(nijmegen, KEYED, None, False, 1, NOW)
    source = build("p2000-feed", settings, context_with(context, Web(rss()), ""))
    (feed,) = source.feeds
    assert source.name == "p2000-feed"
    assert "feed.example" not in feed.origin
    assert feed.connector.poll(None, NOW).wait == timedelta(seconds=15)
    for wrong in (
        {"url": "ftp://wiersemans"},
        {"url": "https://a", "interval": 1},
        {"url": "https://a", "x": 1},
    ):
        with pytest.raises(ValidationError) as error:
            Settings.model_validate(wrong)
        assert "wiersemans" not in str(error.value)


def test_the_memory_is_bounded(grammar: Grammar) -> None:
    reader = Reader(Web(b""), grammar)
    for start in range(0, 4_000, 500):
        reader.web.body = rss(*(item(start + n, "elders") for n in range(500)))
        poll = reader.poll()
    assert len(json.dumps(dict(poll.cursor))) < 30 * MAX_KNOWN


def test_nothing_smuggled_into_an_item_comes_out(grammar: Grammar) -> None:
    texts = [
        " ".join([*words[:place], secret.value, *words[place:]])
        for words in (FIRE.split(), AMBULANCE.split())
        for secret in SMUGGLED
        for place in range(len(words) + 1)
    ]
    for start in range(0, len(texts), 500):
        items = [item(start + n, text) for n, text in enumerate(texts[start : start + 500])]
        poll = Reader(Web(rss(*items)), grammar).poll()
        assert poll.findings
        assert_no_trace("feed", repr(poll.findings), json.dumps(dict(poll.cursor)))
