"""What ingest says of itself: feeds, publishing, what lies in the outbox."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.errors import BrokerUnavailable, SourceRefused, SourceUnavailable
from domain.metrics import (
    INGEST_DUPLICATES,
    INGEST_FEED_FAILURES,
    INGEST_FILTERED,
    INGEST_IN_FLIGHT,
    INGEST_LAST_POLL,
    INGEST_OLDEST_UNPUBLISHED,
    INGEST_OUTBOX,
    INGEST_PUBLISHED,
    INGEST_RECORDS,
    INGEST_SOURCE_STOPPED,
    INGEST_UNPUBLISHED,
    REJECTS,
    Counter,
)
from domain.rejects import RejectReason
from domain.topics import Lane
from domain.vitals import Outside
from ingest.backoff import Backoff
from ingest.feed_runner import FeedRunner, Pace
from ingest.measuring import tell_backlog
from ingest.outbox.backlog import BacklogReader
from ingest.outbox.store import Outbox
from ingest.ports import Sender
from ingest.protocol import Feed, Poll, Source, Unreadable
from ingest.publisher import Publisher, Window
from tests.ingest.fakes import Answer, MemoryProducer, Scripted, TurnedClock
from tests.ingest.samples import KEYED, NOON, draft, poll
from tests.support.vitals import Heard
from tests.support.waiting import wait_until

QUICK = Backoff(timedelta(milliseconds=1), timedelta(milliseconds=1))
WINDOW = Window(records=40, backfill=10, read=10, glance=0.001, idle=0.01)
BAD = Unreadable("bad", RejectReason.UNPARSED, "text", 9, "hash")


class Ingest:
    def __init__(self, folder: Path) -> None:
        self.heard = Heard()
        self.outbox = Outbox(folder / "outbox.sqlite", KEYED, "nijmegen")
        self.source = Source("demo", ())

    def feed(self, *answers: Answer) -> FeedRunner:
        feed = Feed(Lane.LIVE, Scripted(list(answers)))
        self.source = Source("demo", (feed,))
        self.outbox.register([self.source])
        return FeedRunner(
            self.source,
            feed,
            self.outbox,
            TurnedClock(),
            threading.Event(),
            threading.Event(),
            Pace(backoff=QUICK),
            self.heard.vitals,
        )


@pytest.fixture
def ingest(tmp_path: Path) -> Iterator[Ingest]:
    made = Ingest(tmp_path)
    yield made
    made.outbox.close()


def test_a_poll_is_counted_by_what_became_of_it(ingest: Ingest) -> None:
    answer = poll(draft("a"), draft("a"), draft("b"), BAD, at=1)
    filtered = {Counter.FILTERED_OTHER_REGION: 15}
    ingest.feed(Poll(answer.findings, answer.cursor, answer.wait, filtered)).run()

    heard = ingest.heard
    assert heard.counted(INGEST_RECORDS, "demo", "live") == 4
    assert heard.counted(INGEST_DUPLICATES, "demo", "live") == 1
    assert heard.counted(REJECTS, "ingest", "demo", "unparsed") == 1
    assert heard.counted(INGEST_FILTERED, "demo", "filtered_other_region") == 15
    assert heard.gauge(INGEST_LAST_POLL, "demo", "live") == NOON.timestamp()
    assert heard.gauge(INGEST_SOURCE_STOPPED, "demo") == 0
    assert heard.busy() == []


def test_failures_in_a_row_are_told_until_one_succeeds(ingest: Ingest) -> None:
    away = SourceUnavailable("demo: away")
    feed = ingest.feed(away, away, poll(at=1))
    told = []
    for _ in range(3):
        feed.run()
        told.append(ingest.heard.gauge(INGEST_FEED_FAILURES, "demo", "live"))
    assert told == [1, 2, 0]


def test_a_source_that_must_not_be_read_on_is_told(ingest: Ingest) -> None:
    ingest.feed(SourceRefused("demo: format 9")).run()
    assert ingest.heard.gauge(INGEST_SOURCE_STOPPED, "demo") == 1
    assert ingest.heard.busy() == []


def test_a_feed_that_is_asked_waits_for_its_source(ingest: Ingest) -> None:
    entered, release = threading.Event(), threading.Event()

    class Slow:
        def poll(self, *_: object) -> Poll:
            entered.set()
            assert release.wait(60)
            return poll(at=1)

    feed = ingest.feed()
    feed._connector = Slow()
    thread = threading.Thread(target=feed.run)
    thread.start()
    try:
        assert entered.wait(60)
        asked = ingest.heard.loop("feed demo.live")
        assert (asked.busy, asked.waiting_for) == (True, Outside.SOURCE)
    finally:
        release.set()
        thread.join(60)
    assert ingest.heard.busy() == []


def test_what_is_on_its_way_is_told_until_it_arrives(ingest: Ingest) -> None:
    ingest.feed(poll(draft("a"), draft("b"), at=1)).run()
    producer = MemoryProducer(at_once=lambda _: False)
    stop = threading.Event()
    publisher = publisher_of(ingest, producer)
    thread = threading.Thread(target=publisher.run, args=(stop, 0.05))
    thread.start()
    heard = ingest.heard
    try:
        wait_until(lambda: heard.gauge(INGEST_IN_FLIGHT, "live") == 2, 60, "two on their way")
        assert heard.loop("publisher").waiting_for is Outside.BROKER
        for record in producer.sent:
            record.arrive()
        wait_until(lambda: heard.counted(INGEST_PUBLISHED, "live") == 2, 60, "them to arrive")
        wait_until(lambda: heard.gauge(INGEST_IN_FLIGHT, "live") == 0, 60, "nothing on its way")
        wait_until(lambda: not heard.loop("publisher").busy, 60, "an idle publisher")
    finally:
        stop.set()
        ingest.outbox.news.set()
        thread.join(60)
    assert publisher.in_flight == 0


def test_what_did_not_arrive_in_a_drain_is_left(ingest: Ingest) -> None:
    ingest.feed(poll(draft("a"), at=1)).run()
    stop = threading.Event()
    publisher = publisher_of(ingest, MemoryProducer(at_once=lambda _: False))
    thread = threading.Thread(target=publisher.run, args=(stop, 0.05))
    thread.start()
    wait_until(lambda: ingest.heard.gauge(INGEST_IN_FLIGHT, "live") == 1, 60, "one on its way")
    stop.set()
    ingest.outbox.news.set()
    thread.join(60)
    assert publisher.in_flight == 1


def test_each_try_to_reach_the_broker_is_a_step(ingest: Ingest) -> None:
    def refuse() -> Sender:
        raise BrokerUnavailable("away")

    stop = threading.Event()
    publisher = Publisher(
        ingest.outbox, refuse, keep=True, window=WINDOW, backoff=QUICK, vitals=ingest.heard.vitals
    )
    thread = threading.Thread(target=publisher.run, args=(stop,))
    thread.start()
    try:
        wait_until(lambda: ingest.heard.loop("publisher").step > 5, 60, "some tries")
        assert ingest.heard.loop("publisher").waiting_for is Outside.BROKER
    finally:
        stop.set()
        thread.join(60)


def publisher_of(ingest: Ingest, producer: MemoryProducer) -> Publisher:
    return Publisher(
        ingest.outbox,
        lambda: producer,
        keep=True,
        window=WINDOW,
        backoff=QUICK,
        vitals=ingest.heard.vitals,
    )


def test_the_backlog_is_told_with_the_age_of_its_oldest(ingest: Ingest) -> None:
    reader = BacklogReader(ingest.outbox.path)
    heard = ingest.heard
    try:
        ingest.feed()
        tell_backlog(heard.vitals, reader.read(), NOON)
        assert heard.gauge(INGEST_OLDEST_UNPUBLISHED, "live") == 0

        ingest.feed(poll(draft("a"), BAD, at=1), poll(draft("b"), at=2)).run()
        tell_backlog(heard.vitals, reader.read(), NOON + timedelta(seconds=90))
    finally:
        reader.close()
    assert heard.gauge(INGEST_OUTBOX) == 2
    assert heard.gauge(INGEST_UNPUBLISHED, "live") == 2
    assert heard.gauge(INGEST_UNPUBLISHED, "backfill") == 0
    assert heard.gauge(INGEST_OLDEST_UNPUBLISHED, "live") == 90
    assert heard.progress.latest_live_age(within=30) == 90


def test_the_age_of_a_reject_is_known_too(ingest: Ingest) -> None:
    ingest.feed(poll(BAD, at=1)).run()
    reader = BacklogReader(ingest.outbox.path)
    assert reader.read().oldest == {Lane.LIVE: NOON}
    reader.close()
