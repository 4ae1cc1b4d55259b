"""Judges every source again and again, and says what it finds."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from domain.clock import Clock
from domain.errors import Transient
from domain.metrics import INGEST_COMPLETE_UNTIL, INGEST_SOURCE_TROUBLE
from domain.topics import Lane
from domain.vitals import Vitals
from ingest.heartbeat.judging import judge
from ingest.heartbeat.verdict import Trouble, Verdict
from ingest.outbox import beats, feeds, heartbeats
from ingest.outbox.store import Outbox
from ingest.protocol import Source
from ingest.public_days import PublicDays

INTERVAL_SECONDS = 15.0


class HeartbeatKeeper:
    """Judges the sources that have a live feed.

    Args:
        outbox: has what they did, and takes what is made of it.
        clock: tells the time.
        sources: those that are read here.
        vitals: is told of troubles.
        publish: takes the verdicts by source; called after each round.
    """

    def __init__(
        self,
        outbox: Outbox,
        clock: Clock,
        sources: Iterable[Source],
        vitals: Vitals,
        publish: Callable[[Mapping[str, Verdict]], None],
    ) -> None:
        self._outbox = outbox
        self._clock = clock
        self._sources = [s for s in sources if any(feed.lane is Lane.LIVE for feed in s.feeds)]
        self._recorder = vitals.recorder
        self._publish = publish
        self._days = PublicDays()
        self._known: dict[str, frozenset[Trouble]] = {}
        self._log = structlog.get_logger(__name__)

    def run(self, ending: threading.Event) -> None:
        """Judge them every 15 seconds until ``ending``."""
        while True:
            try:
                self._publish(self.judge_all())
            except Transient as error:
                self._log.info("heartbeat_not_taken", reason=str(error))
            if ending.wait(INTERVAL_SECONDS):
                return

    def judge_all(self) -> dict[str, Verdict]:
        """Judge every source now; return the verdicts by source."""
        now = self._clock.now()
        verdicts = {source.name: self._judge(source, now) for source in self._sources}
        with self._outbox.transaction() as db:
            for name, verdict in verdicts.items():
                heartbeats.store(db, name, verdict)
        for name, verdict in verdicts.items():
            self._tell(name, verdict)
        return verdicts

    def _judge(self, source: Source, now: datetime) -> Verdict:
        with self._outbox.transaction() as db:
            place = feeds.place_of(db, source.name, Lane.LIVE)
            if not place.paused:
                beats.watch(db, [feeds.number_of(db, source.name)], now)
            found = beats.read(db, source.name)
            due_at = feeds.next_poll_of(db, source.name, Lane.LIVE)
        verdict = judge(found or beats.Beats({}, now), source.rhythm, now, self._days, due_at)
        # Of one that has ended or rests on purpose nothing is expected.
        return replace(verdict, troubles={}) if place.done or place.paused else verdict

    def _tell(self, name: str, verdict: Verdict) -> None:
        for trouble in Trouble:
            there = float(trouble in verdict.troubles)
            self._recorder.set(INGEST_SOURCE_TROUBLE, there, source=name, reason=str(trouble))
        until = verdict.complete_until
        seconds = math.nan if until is None else until.timestamp()
        self._recorder.set(INGEST_COMPLETE_UNTIL, seconds, source=name)
        before = self._known.get(name, frozenset())
        self._known[name] = frozenset(verdict.troubles)
        for trouble in sorted(self._known[name] - before):
            self._log.warning("source_trouble", source=name, trouble=trouble)
        for trouble in sorted(before - self._known[name]):
            self._log.info("source_trouble_over", source=name, trouble=trouble)
