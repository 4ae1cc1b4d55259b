"""What ingest tells of itself: polls, what is on its way to the broker, what lies in the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

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
    INGEST_TRIMMED,
    INGEST_UNPUBLISHED,
    REJECTS,
    Counter,
)
from domain.topics import Lane
from domain.vitals import Outside, Vitals
from ingest.outbox.backlog import Backlog
from ingest.outbox.writing import Written

PART = "ingest"


class FeedMeter:
    """Tells how one feed does.

    Args:
        vitals: who is told.
        source: name of the source.
        lane: of the feed.
    """

    def __init__(self, vitals: Vitals, source: str, lane: Lane) -> None:
        self._recorder = vitals.recorder
        self._loop = vitals.progress.loop(f"feed {source}.{lane}")
        self._source = source
        self._lane = str(lane)
        self._polls = 0

    def polling(self) -> None:
        """Note that the source is asked."""
        self._polls += 1
        self._loop.at(self._polls, "poll", Outside.SOURCE)

    def writing(self) -> None:
        """Note that its answer is written to the outbox."""
        self._loop.at(self._polls, "write")

    def written(self, written: Written, filtered: Mapping[Counter, int], now: datetime) -> None:
        """Measure a poll whose answer is in the outbox."""
        labels = (self._source, self._lane)
        received = written.issued + written.duplicates
        self._recorder.count(INGEST_RECORDS, received, source=labels[0], lane=labels[1])
        self._recorder.count(INGEST_DUPLICATES, written.duplicates, source=labels[0], lane=labels[1])
        for reason, n in written.reasons.items():
            self._recorder.count(REJECTS, n, part=PART, source=self._source, reason=str(reason))
        for counter, n in filtered.items():
            self._recorder.count(INGEST_FILTERED, n, source=self._source, reason=str(counter))
        self._recorder.set(INGEST_LAST_POLL, now.timestamp(), source=labels[0], lane=labels[1])
        self.failing(0)

    def failing(self, failures: int) -> None:
        """Note how many polls have failed in a row."""
        self._recorder.set(INGEST_FEED_FAILURES, failures, source=self._source, lane=self._lane)

    def stopped(self, stopped: bool) -> None:
        """Note whether the source is read at all."""
        self._recorder.set(INGEST_SOURCE_STOPPED, float(stopped), source=self._source)

    def idle(self) -> None:
        """Note that nothing is in hand until the next poll."""
        self._loop.idle()


class PublishMeter:
    """Tells how publishing does.

    Args:
        vitals: who is told.
    """

    def __init__(self, vitals: Vitals) -> None:
        self._recorder = vitals.recorder
        self._loop = vitals.progress.loop("publisher")
        self._arrived = 0

    def connecting(self, attempt: int) -> None:
        """Note a try to reach the broker."""
        self._loop.at("connecting", attempt, Outside.BROKER)

    def marking(self) -> None:
        """Note that what arrived is written down."""
        self._loop.at(self._arrived, "mark")

    def published(self, lane: Lane, n: int) -> None:
        """Count records that the broker has acknowledged."""
        self._arrived += n
        self._recorder.count(INGEST_PUBLISHED, n, lane=str(lane))

    def on_its_way(self, records: Mapping[Lane, int]) -> None:
        """Note how many records the broker has not acknowledged yet."""
        for lane, n in records.items():
            self._recorder.set(INGEST_IN_FLIGHT, n, lane=str(lane))
        if any(records.values()):
            self._loop.at(self._arrived, "on its way", Outside.BROKER)
        else:
            self._loop.idle()


def tell_backlog(vitals: Vitals, backlog: Backlog, now: datetime) -> None:
    """Tell what lies in the outbox at ``now`` (aware)."""
    vitals.recorder.set(INGEST_OUTBOX, backlog.records)
    for lane in Lane:
        first = backlog.oldest.get(lane)
        age = 0.0 if first is None else max(0.0, (now - first).total_seconds())
        vitals.recorder.set(INGEST_UNPUBLISHED, backlog.unpublished[lane], lane=str(lane))
        vitals.recorder.set(INGEST_OLDEST_UNPUBLISHED, age, lane=str(lane))
        if lane is Lane.LIVE:
            vitals.progress.live_age(age)


def tell_trimmed(vitals: Vitals, records: int) -> None:
    """Count records that left the outbox."""
    if records:
        vitals.recorder.count(INGEST_TRIMMED, records)
