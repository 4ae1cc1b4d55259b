"""Ingest as one part: sources -> outbox -> broker, and acks back, until it is told to stop."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import structlog
from pydantic import TypeAdapter, ValidationError

from domain.areas import Municipality
from domain.clock import Clock
from domain.errors import SettingsError, Transient
from domain.events import SourceName
from domain.topics import ACKS, PARTITIONS, REJECTED
from domain.vitals import Drained, Vitals
from ingest.acks import AckTrimmer
from ingest.broker import Producer, TailReader
from ingest.budgets import Budgets
from ingest.collector import rare_collections
from ingest.feed_runner import FeedRunner, Pace
from ingest.follower import Follower
from ingest.heartbeat.verdict import Verdict
from ingest.heartbeat_keeper import HeartbeatKeeper
from ingest.keys import KeyedHash
from ingest.measuring import tell_backlog
from ingest.outbox import beats
from ingest.outbox.backlog import BacklogReader
from ingest.outbox.store import Outbox, OutboxClosed
from ingest.period_runner import PeriodRunner
from ingest.poller import Poller, Run
from ingest.protocol import Source
from ingest.publisher import Publisher, Window
from ingest.reject_counter import RejectCounter
from ingest.request_desk import RequestDesk

_SOURCE_NAME: TypeAdapter[str] = TypeAdapter(SourceName)

# Together below the 5 s that a part has for its drain.
_POLLS_END_SECONDS = 1.5
_PUBLISHER_DRAIN_SECONDS = 1.5
_THREADS_END_SECONDS = 1.0

_TIDY_SECONDS = 60.0
_BACKLOG_SECONDS = 2.0
_WATCH_SECONDS = 0.1


def _nobody(_verdicts: Mapping[str, Verdict]) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class IngestConfig:
    """What ingest needs.

    Attributes:
        outbox_path: the SQLite file; its folder must be writable.
        keyed: for hashes that stay in the outbox; the same that the connectors got.
        bootstrap: address of the broker, ``host:port``.
        incarnation: names what the broker remembers: another one each time that an embedded broker
            starts, always the same for one that keeps its topics.
        forgets: the broker loses its topics when it stops, so records stay in the outbox until they
            are durable in the warehouse.
        municipality: goes into the CloudEvents ``source``.
        sources: what is polled.
        clock: gives the time of receipt.
        pace: how feeds share ingest.
        unconfirmed: bytes of each lane that a broker which forgets may hold before the warehouse has
            confirmed them: it keeps all of it in memory.
        budgets: how many rejects a source may have before it is paused.
        publish: takes the verdicts of the heartbeat by source, every 15 s; may raise ``Transient``.
    """

    outbox_path: Path
    keyed: KeyedHash
    bootstrap: str
    incarnation: str
    forgets: bool
    municipality: Municipality
    sources: tuple[Source, ...]
    clock: Clock
    pace: Pace = field(default_factory=Pace)
    unconfirmed: int = 64 * 1024 * 1024
    budgets: Budgets = field(default_factory=Budgets)
    publish: Callable[[Mapping[str, Verdict]], None] = _nobody


def run(
    config: IngestConfig,
    stop: threading.Event,
    on_ready: Callable[[], None],
    vitals: Vitals | None = None,
) -> None:
    """Run ingest until ``stop``; return after a drain of at most 5 s.

    An absent broker is waited for; meanwhile events gather in the outbox.

    Args:
        config: what it needs.
        stop: ends it.
        on_ready: called once, when sources are being polled.
        vitals: is told how ingest does.

    Raises:
        SettingsError: a source's name or feeds, the outbox's folder or the broker's settings are wrong.
        ResourceTaken: another ingest works on this outbox.
        OutboxFailed: the outbox is damaged.
        Transient: the outbox cannot be opened now (disk full).
    """
    _check(config.sources)
    outbox = Outbox(config.outbox_path, config.keyed, config.municipality.slug, budgets=config.budgets)
    try:
        outbox.register(config.sources)
        again = outbox.begin_incarnation(config.incarnation)
        structlog.get_logger(__name__).info(
            "ingest_starts", pending=outbox.pending(), published_again=again
        )
        with rare_collections():
            _Service(config, outbox, vitals or Vitals()).run(stop, on_ready)
    finally:
        outbox.close()


def _check(sources: tuple[Source, ...]) -> None:
    names = [source.name for source in sources]
    if len(set(names)) != len(names):
        raise SettingsError("two sources have the same name; give each its own")
    for source in sources:
        try:
            _SOURCE_NAME.validate_python(source.name)
        except ValidationError:
            raise SettingsError(
                f"source '{source.name}': a name is lower-case letters, digits and hyphens"
            ) from None
        lanes = [feed.lane for feed in source.feeds]
        if len(set(lanes)) != len(lanes):
            raise SettingsError(f"source '{source.name}': has two feeds in one lane")


class _Service:
    """The threads of ingest, and the first failure among them."""

    def __init__(self, config: IngestConfig, outbox: Outbox, vitals: Vitals) -> None:
        self._config = config
        self._vitals = vitals
        self._outbox = outbox
        self._ending = threading.Event()
        self._publishing_ends = threading.Event()
        self._failure: BaseException | None = None
        self._poller = Poller(self._runners(), self._fail)
        self._log = structlog.get_logger(__name__)

    def _runners(self) -> list[Run]:
        config = self._config
        runners: list[Run] = []
        for source in config.sources:
            halted = threading.Event()
            runners += [
                FeedRunner(
                    source,
                    feed,
                    self._outbox,
                    config.clock,
                    self._ending,
                    halted,
                    config.pace,
                    self._vitals,
                )
                for feed in source.feeds
            ]
            runners.append(PeriodRunner(source, self._outbox, config.clock, self._ending, config.pace))
        return runners

    def run(self, stop: threading.Event, on_ready: Callable[[], None]) -> None:
        """Run until ``stop`` or a failure, drain, and raise the failure."""
        config = self._config
        window = Window(unconfirmed=config.unconfirmed if config.forgets else None)
        publisher = Publisher(
            self._outbox,
            partial(Producer, config.bootstrap),
            keep=config.forgets,
            window=window,
            vitals=self._vitals,
        )
        publishing = self._start(
            "publisher", lambda: publisher.run(self._publishing_ends, _PUBLISHER_DRAIN_SECONDS)
        )
        keeper = HeartbeatKeeper(
            self._outbox, config.clock, config.sources, self._vitals, config.publish
        )
        desk = RequestDesk(self._outbox, config.clock, config.sources, self._poller.wake)
        others = [
            self._start("tidy", self._tidy),
            self._start("backlog", self._tell_backlog),
            self._start("requests", partial(desk.run, self._ending)),
            self._start("heartbeat", partial(keeper.run, self._ending)),
        ]
        others += [
            self._start("follower", partial(follower.run, self._ending))
            for follower in self._followers()
        ]
        self._poller.start()
        on_ready()
        while not stop.wait(_WATCH_SECONDS) and self._failure is None:
            pass
        self._drain(publishing, others)
        self._vitals.drained(Drained(publisher.in_flight))
        if self._failure is not None:
            raise self._failure

    def _followers(self) -> list[Follower]:
        read = partial(TailReader, self._config.bootstrap)
        counter = RejectCounter(self._outbox, self._config.clock)
        followers = [Follower(REJECTED, lambda: read(REJECTED, PARTITIONS), counter.apply)]
        if self._config.forgets:
            trimmer = AckTrimmer(self._outbox, self._vitals)
            followers.append(Follower(ACKS, lambda: read(ACKS), trimmer.apply))
        return followers

    def _drain(self, publishing: threading.Thread, others: list[threading.Thread]) -> None:
        self._ending.set()
        polls_ended = self._poller.stop(_POLLS_END_SECONDS)
        # Only now, so that the last polls' events are published too.
        self._publishing_ends.set()
        self._outbox.news.set()
        publishing.join(_PUBLISHER_DRAIN_SECONDS + _THREADS_END_SECONDS / 2)
        deadline = time.monotonic() + _THREADS_END_SECONDS / 2
        for thread in others:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._log.info(
            "ingest_ends", polls_abandoned=not polls_ended, publisher_abandoned=publishing.is_alive()
        )

    def _start(self, name: str, work: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=self._guarded, args=(work,), name=name, daemon=True)
        thread.start()
        return thread

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except OutboxClosed:
            pass
        except BaseException as error:  # noqa: BLE001 - handed to the main thread, which raises it
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        if self._failure is None:
            self._failure = error

    def _tell_backlog(self) -> None:
        reader = BacklogReader(self._config.outbox_path)
        try:
            while not self._ending.wait(_BACKLOG_SECONDS):
                try:
                    tell_backlog(self._vitals, reader.read(), self._config.clock.now())
                except Transient as error:
                    self._log.info("backlog_not_read", reason=str(error))
        finally:
            reader.close()

    def _tidy(self) -> None:
        while not self._ending.wait(_TIDY_SECONDS):
            try:
                self._forget()
                with self._outbox.transaction() as db:
                    beats.forget(db, self._config.clock.now())
                given_up = self._outbox.forget_rejects(self._config.clock.now())
                if given_up:
                    self._log.warning("replays_given_up", count=given_up)
                self._outbox.tidy()
                # Also frees the sockets that kafka-python leaves open while a broker refuses it.
                gc.collect()
            except Transient as error:
                self._log.warning("tidy_failed", reason=str(error))

    def _forget(self) -> None:
        for source in self._config.sources:
            horizon: timedelta | None = source.seen_horizon
            if horizon is not None:
                self._outbox.forget(source.name, horizon, self._config.clock.now())
