"""Ingest: the real outbox, feed runners, publisher and ack follower."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

from pydantic import JsonValue

from domain.errors import BrokerUnavailable, SourceUnavailable
from domain.topics import ACKS, Lane
from ingest.acks import AckTrimmer
from ingest.backoff import Backoff
from ingest.feed_runner import FeedRunner, Pace
from ingest.follower import Follower
from ingest.outbox.requests import Served
from ingest.outbox.store import Outbox
from ingest.outbox.writing import Written
from ingest.ports import Headers, Sender
from ingest.protocol import Cursor, Feed, Poll, Source
from ingest.publisher import Publisher, Window
from tests.ingest.samples import KEYED
from tests.simulation.log import OnItsWay
from tests.simulation.parts import Surroundings
from tests.simulation.script import Teller
from tests.simulation.stage import Died, Moves, Stage

_AT_ONCE = Backoff(timedelta(0), timedelta(0))
_SMALL = Window(records=24, backfill=12, read=8, glance=0.0, idle=0.0)


class Ingest:
    """One life of ingest."""

    def __init__(self, around: Surroundings) -> None:
        self.name = "ingest"
        self._around = around
        self._stage = Stage()
        self._outbox = _Watched(around)
        self._lives = self._incarnation = around.incarnation
        sources = [self._source(teller) for teller in around.script.tellers]
        self._outbox.register(sources)
        self._outbox.begin_incarnation(around.incarnation)
        for source in sources:
            for feed in source.feeds:
                self._stage.start(f"poll-{source.name}", partial(self._poll, source, feed))
        keep = around.variant.keep if around.variant.keep is not None else around.forgets
        publisher = Publisher(self._outbox, self._producer, keep=keep, window=_SMALL, backoff=_AT_ONCE)
        self._stage.start("publisher", lambda: publisher.run(_Never(self._stage, "publish"), 0.0))
        if around.forgets:
            trimmer = AckTrimmer(self._outbox)
            follower = Follower(ACKS, lambda: _Acks(around, self._stage), trimmer.apply, _AT_ONCE)
            self._stage.start("acks", lambda: follower.run(_Never(self._stage, "follow acks")))

    def moves(self) -> Moves:
        """Return what its threads can do next."""
        return {at: partial(self._go_on, at) for at in self._stage.parked}

    def _go_on(self, at: str) -> None:
        self._stage.resume(at)
        if self._outbox.died:
            raise Died

    def kill(self) -> None:
        """End it where it stands."""
        self._stage.kill()
        self._outbox.close()

    def pending(self) -> int:
        """Return how many records are in the outbox."""
        return self._outbox.pending()

    def _producer(self) -> Sender:
        sender = _Sender(self._around, self._stage)
        wrapped: Sender = self._around.variant.sender(sender)
        return wrapped

    def _source(self, teller: Teller) -> Source:
        feeds = [
            Feed(lane, _Connector(self._around, self._stage, teller, lane)) for lane in teller.polls
        ]
        return Source(teller.name, tuple(feeds), teller.horizon)

    def _poll(self, source: Source, feed: Feed) -> None:
        never = threading.Event()
        pace = Pace(slice=timedelta(0), backoff=_AT_ONCE)
        runner = FeedRunner(source, feed, self._outbox, self._around.clock, never, never, pace)
        at = f"poll {source.name} {feed.lane.value}"
        self._stage.pause(at)
        while runner.run() is not None:
            self._stage.pause(at)


class _Watched(Outbox):
    """An outbox that tells the oracle of each committed poll, and may die in a transaction."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around.folder / "outbox.sqlite", KEYED, "voorbeeld", patience=0.0)
        self._around = around
        self.died = False

    def write(
        self,
        source: Source,
        lane: Lane,
        poll: Poll,
        now: datetime,
        next_poll_at: datetime | None,
        served: Served | None = None,
        took: timedelta | None = None,
    ) -> Written:
        try:
            written = super().write(source, lane, poll, now, next_poll_at, served, took)
        except Died:
            self.died = True
            raise
        index = int(str(poll.cursor["next"])) - 1
        self._around.oracle.polled(source.name, lane, index, now)
        return written


class _FatalCursor(Mapping[str, JsonValue]):
    """A cursor at which ingest dies: it is read in the transaction, after everything else is written."""

    def __iter__(self) -> Iterator[str]:
        raise Died

    def __len__(self) -> int:
        raise Died

    def __getitem__(self, key: str) -> JsonValue:
        raise Died


class _Connector:
    """Plays the polls of a script."""

    def __init__(self, around: Surroundings, stage: Stage, teller: Teller, lane: Lane) -> None:
        self._around, self._stage = around, stage
        self._name, self._polls, self._lane = teller.name, teller.polls[lane], lane

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        """Return the poll after the cursor."""
        self._stage.pause(f"answer {self._name} {self._lane.value}")
        if self._around.happens(0.05):
            raise SourceUnavailable("away")
        index = 0 if cursor is None else int(str(cursor["next"]))
        findings = [told.finding for told in self._polls[index]]
        after: Cursor = {"next": index + 1}
        if self._around.happens(0.02):
            after = _FatalCursor()
        return Poll(findings, after, timedelta(0), done=index + 1 == len(self._polls))


class _Never(threading.Event):
    """A stop sign that never comes, at which a thread stands still each time it looks."""

    def __init__(self, stage: Stage, at: str) -> None:
        super().__init__()
        self._stage, self._at = stage, at

    def is_set(self) -> bool:
        self._stage.pause(self._at)
        return False

    def wait(self, timeout: float | None = None) -> bool:
        return False


class _Sender:
    """A producer of the simulated log."""

    def __init__(self, around: Surroundings, stage: Stage) -> None:
        if around.happens(0.1):
            raise BrokerUnavailable("away")
        self._around = around
        self._stage = stage
        self._incarnation = around.incarnation

    def partitions(self, topic: str) -> int:
        return self._around.log.partitions(topic)

    def send(self, topic: str, partition: int, key: bytes, value: bytes, headers: Headers) -> OnItsWay:
        if self._around.happens(0.01):
            raise BrokerUnavailable("away")
        return self._around.log.send(OnItsWay(topic, partition, key, value, headers))

    def close(self, seconds: float) -> None:
        pass

    def abandon(self) -> None:
        pass


class _Acks:
    """A reader of topic ``acks`` from its beginning."""

    def __init__(self, around: Surroundings, stage: Stage) -> None:
        self._around, self._stage = around, stage
        self._position = 0

    def poll(self, seconds: float, limit: int) -> list[bytes]:
        self._stage.pause("read acks")
        if self._around.happens(0.1):
            raise BrokerUnavailable("away")
        most = min(limit, self._around.dice.randrange(1, 6))
        found, self._position = self._around.log.read((ACKS, 0), self._position, most)
        return [record.value for record in found]

    def close(self) -> None:
        pass
