"""The publisher marks what arrived, keeps the rest, and outlives its producer; live goes first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from domain.codec import CODEC_VERSION, decode_event
from domain.errors import BrokerUnavailable, SettingsError
from domain.rejects import RejectReason
from domain.topics import Lane
from ingest.backoff import Backoff
from ingest.outbox.store import Outbox
from ingest.ports import Sender
from ingest.protocol import Unreadable
from ingest.publisher import Publisher, Window
from ingest.status import read_pending, read_status
from tests.ingest.fakes import MemoryProducer
from tests.ingest.samples import NOON, draft, open_outbox, poll, source, unpublished
from tests.support.waiting import wait_until

DEMO = source()
QUICK = Backoff(timedelta(milliseconds=1), timedelta(milliseconds=1))
WINDOW = Window(records=40, backfill=10, read=10, glance=0.001, idle=0.01)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    box = open_outbox(tmp_path, DEMO)
    yield box
    box.close()


@contextmanager
def publishing(
    outbox: Outbox, open_producer: Callable[[], Sender], *, keep: bool = True
) -> Iterator[None]:
    stop = threading.Event()
    publisher = Publisher(outbox, open_producer, keep=keep, window=WINDOW, backoff=QUICK)
    thread = threading.Thread(target=publisher.run, args=(stop, 0.05))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        outbox.news.set()
        thread.join(10)
        assert not thread.is_alive()


def fill(outbox: Outbox, lane: Lane, *event_ids: str) -> None:
    outbox.write(DEMO, lane, poll(*(draft(event_id) for event_id in event_ids)), NOON, None)


def waiting(outbox: Outbox) -> list[str]:
    return [r.event_id for lane in Lane for r in unpublished(outbox.path, lane)]


def test_records_carry_their_key_headers_and_codec_bytes(outbox: Outbox) -> None:
    fill(outbox, Lane.LIVE, "a")
    outbox.write(
        DEMO,
        Lane.LIVE,
        poll(Unreadable("bad", RejectReason.UNPARSED, "text", 9, "hash")),
        NOON,
        None,
    )
    producer = MemoryProducer()
    with publishing(outbox, lambda: producer):
        wait_until(lambda: not waiting(outbox))
    event, reject = producer.sent
    assert (event.topic, event.key) == ("raw.demo", b"demo|a")
    assert dict(event.headers) == {
        "codec": CODEC_VERSION.encode(),
        "receipt": b"1",
        "ce_id": b"a",
    }
    assert decode_event(event.value).sequence == "1"
    assert (reject.topic, reject.key, reject.headers) == ("rejected", b"demo|bad", [])
    assert producer.closed


def test_versions_of_an_event_share_a_partition(outbox: Outbox) -> None:
    for severity in (1, 2, 3):
        found = [draft(str(n), severity) for n in range(20)]
        outbox.write(DEMO, Lane.LIVE, poll(*found), NOON, None)
    producer = MemoryProducer()
    with publishing(outbox, lambda: producer):
        wait_until(lambda: not waiting(outbox))
    places = {(sent.key, sent.partition) for sent in producer.sent}
    assert len(places) == 20
    assert len({partition for _, partition in places}) > 1


def test_a_broker_that_forgets_leaves_the_records_in_the_outbox(outbox: Outbox) -> None:
    fill(outbox, Lane.LIVE, "a", "b")
    with publishing(outbox, MemoryProducer, keep=True):
        wait_until(lambda: not waiting(outbox))
    assert read_pending(outbox.path, "demo") == [(1, 2)]


def test_a_broker_that_remembers_takes_them_over(outbox: Outbox) -> None:
    fill(outbox, Lane.LIVE, "a", "b")
    with publishing(outbox, MemoryProducer, keep=False):
        wait_until(lambda: read_pending(outbox.path, "demo") == [])
    assert not waiting(outbox)


def test_only_what_arrived_is_marked_in_whatever_order(outbox: Outbox) -> None:
    ids = [str(n) for n in range(30)]
    fill(outbox, Lane.LIVE, *ids)
    producer = MemoryProducer(at_once=lambda sent: sent.partition % 2 == 0)
    with publishing(outbox, lambda: producer):
        wait_until(lambda: len(producer.sent) == 30)
        stuck = {sent.key.decode()[5:] for sent in producer.sent if not sent.is_done}
        wait_until(lambda: set(waiting(outbox)) == stuck)
        assert 0 < len(stuck) < 30
        for sent in reversed(producer.sent):
            sent.arrive()
        wait_until(lambda: not waiting(outbox))
    assert len(producer.sent) == 30


def test_live_events_pass_a_backfill_that_is_under_way(outbox: Outbox) -> None:
    fill(outbox, Lane.BACKFILL, *(f"old{n}" for n in range(100)))
    producer = MemoryProducer(at_once=lambda sent: sent.topic == "raw.demo")
    with publishing(outbox, lambda: producer):
        wait_until(lambda: len(producer.sent) == WINDOW.backfill)
        fill(outbox, Lane.LIVE, "new")
        wait_until(lambda: producer.sent[-1].key == b"demo|new")
        wait_until(lambda: not unpublished(outbox.path, Lane.LIVE))
        assert len(producer.sent) == WINDOW.backfill + 1
        producer.at_once = lambda _sent: True
        for sent in producer.sent:
            sent.arrive()
        wait_until(lambda: not waiting(outbox))


def test_a_failed_record_means_a_new_producer_that_sends_the_rest_again(outbox: Outbox) -> None:
    fill(outbox, Lane.LIVE, *(str(n) for n in range(20)))
    first = MemoryProducer(at_once=lambda sent: sent.partition == 0)
    producers: list[MemoryProducer] = [first, MemoryProducer()]
    opened = iter(producers)
    with capture_logs() as logs, publishing(outbox, lambda: next(opened)):
        wait_until(lambda: len(first.sent) == 20)
        wait_until(lambda: len(waiting(outbox)) == sum(not sent.is_done for sent in first.sent))
        lost = [sent for sent in first.sent if not sent.is_done]
        lost[0].fail()
        wait_until(lambda: not waiting(outbox))
    assert first.abandoned
    assert [sent.key for sent in producers[1].sent] == [sent.key for sent in lost]
    assert [log["event"] for log in logs] == ["publishing_interrupted"]
    assert "street" not in str(logs)


def test_an_absent_broker_is_waited_for(outbox: Outbox) -> None:
    tries = iter([BrokerUnavailable("away")] * 5)
    producer = MemoryProducer()

    def open_producer() -> MemoryProducer:
        for error in tries:
            raise error
        return producer

    fill(outbox, Lane.LIVE, "a")
    with publishing(outbox, open_producer):
        wait_until(lambda: not waiting(outbox))
    assert len(producer.sent) == 1


def test_wrong_settings_end_the_publisher(outbox: Outbox) -> None:
    def refuse() -> Sender:
        raise SettingsError("broker: no right to write")

    with pytest.raises(SettingsError, match="no right"):
        Publisher(outbox, refuse, keep=True).run(threading.Event())


def test_what_was_on_its_way_at_the_end_is_published_at_the_next_start(outbox: Outbox) -> None:
    fill(outbox, Lane.LIVE, "a", "b")
    stuck = MemoryProducer(at_once=lambda sent: sent.key == b"demo|a")
    with publishing(outbox, lambda: stuck):
        wait_until(lambda: len(stuck.sent) == 2)
    assert stuck.closed
    assert waiting(outbox) == ["b"]
    again = MemoryProducer()
    with publishing(outbox, lambda: again):
        wait_until(lambda: not waiting(outbox))
    assert [sent.key for sent in again.sent] == [b"demo|b"]


def test_a_new_incarnation_gets_everything_that_is_not_trimmed(outbox: Outbox) -> None:
    fill(outbox, Lane.LIVE, "a", "b", "c")
    outbox.begin_incarnation("one")
    with publishing(outbox, MemoryProducer):
        wait_until(lambda: not waiting(outbox))
    outbox.trim("demo", [(2, 2)])
    assert outbox.begin_incarnation("two")
    assert not outbox.begin_incarnation("two")
    (status,) = read_status(outbox.path).sources
    assert (status.pending, status.unpublished) == (2, 2)
    producer = MemoryProducer()
    with publishing(outbox, lambda: producer):
        wait_until(lambda: not waiting(outbox))
    assert [sent.key for sent in producer.sent] == [b"demo|a", b"demo|c"]
