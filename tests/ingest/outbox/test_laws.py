"""The outbox against a model: whatever comes in, dies and comes again, the same identities."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter as Tally
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.codec import decode_event
from domain.metrics import Counter
from domain.rejects import RejectReason
from domain.topics import Lane
from ingest.outbox.schema import open_for_reading
from ingest.outbox.stock import weigh
from ingest.outbox.store import Outbox
from ingest.protocol import Finding, Poll, Repeat, Source, Unreadable
from ingest.status import read_day_counts, read_pending, read_status
from tests.ingest.outbox.outbox_model import HORIZON, Expected, Model
from tests.ingest.samples import NOON, draft, open_outbox, source, unpublished
from tests.support.examples import examples

pytestmark = pytest.mark.slow
SOURCES = {"plain": source("plain"), "short": source("short", HORIZON)}


times = st.integers(-5 * 24, 3).map(lambda hours: timedelta(hours=hours))
findings = st.one_of(
    st.builds(
        lambda event_id, severity, deleted, revision, ago: (
            lambda now: draft(
                event_id, severity, deleted=deleted, revision=revision, occurred_at=now + ago
            )
        ),
        st.sampled_from("ab"),
        st.integers(1, 3),
        st.sampled_from([False, False, True]),
        st.none() | st.none() | st.integers(1, 4),
        st.just(timedelta(0)) | times,
    ),
    st.sampled_from("abcdx").map(lambda event_id: lambda now: Repeat(event_id)),
    st.sampled_from("xyz").map(
        lambda event_id: lambda now: Unreadable(event_id, RejectReason.UNPARSED, "text", 9, "hash")
    ),
)
Made = Callable[[datetime], Finding]


class OutboxMachine(RuleBasedStateMachine):
    """Polls, crashes, restarts, publishing, trimming, forgetting and new brokers in any order."""

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.now = NOON
        self.model = Model()
        self.outbox: Outbox = open_outbox(self.folder, *SOURCES.values())

    def teardown(self) -> None:
        if hasattr(self, "outbox"):
            self.outbox.close()
            shutil.rmtree(self.folder)

    def _source(self, name: str) -> Source:
        return SOURCES[name]

    @rule(
        name=st.sampled_from(sorted(SOURCES)),
        lane=st.sampled_from(Lane),
        made=st.lists(findings, max_size=8),
        hours=st.sampled_from([0, 0, 1, 13, 40]),
        at=st.integers(0, 1000),
        filtered=st.integers(0, 3),
    )
    def poll(self, name: str, lane: Lane, made: list[Made], hours: int, at: int, filtered: int) -> None:
        self.now += timedelta(hours=hours)
        found = [make(self.now) for make in made]
        before = len(self.model.records)
        for finding in found:
            self.model.take(name, lane, finding, self.now)
        if filtered:
            self.model.days[name, self.now.date()][Counter.FILTERED_OTHER_REGION] += filtered
        self.model.cursors[name, lane] = at
        written = self.outbox.write(
            self._source(name),
            lane,
            Poll(found, {"at": at}, timedelta(0), {Counter.FILTERED_OTHER_REGION: filtered}),
            self.now,
            None,
        )
        new = self.model.records[before:]
        assert written.issued == len(new)
        assert written.rejected == sum(record.reason is not None for record in new)
        assert written.issued + written.duplicates == len(found)

    @rule(
        name=st.sampled_from(sorted(SOURCES)),
        lane=st.sampled_from(Lane),
        made=st.lists(findings, min_size=1, max_size=4),
    )
    def poll_that_dies_at_its_last_step(self, name: str, lane: Lane, made: list[Made]) -> None:
        cannot_be_written: Any = {"at": object()}
        with pytest.raises(TypeError):
            self.outbox.write(
                self._source(name),
                lane,
                Poll([make(self.now) for make in made], cannot_be_written, timedelta(0)),
                self.now,
                None,
            )

    @rule()
    def restart(self) -> None:
        self.outbox.close()
        self.outbox = open_outbox(self.folder, *SOURCES.values())

    @rule(lane=st.sampled_from(Lane), picks=st.sets(st.integers(0, 20)), keep=st.booleans())
    def broker_acknowledges(self, lane: Lane, picks: set[int], keep: bool) -> None:
        waiting = unpublished(self.outbox.path, lane)
        acked = [record for place, record in enumerate(waiting) if place in picks]
        self.outbox.acknowledge({lane: [record.seq for record in acked]}, keep=keep)
        done = {(record.source, record.receipt) for record in acked}
        for record in self.model.records:
            if (record.source, record.receipt) in done:
                record.published = True
        if not keep:
            self._drop(done)

    @rule(
        name=st.sampled_from([*sorted(SOURCES), "stranger"]),
        ranges=st.lists(st.tuples(st.integers(-1, 30), st.integers(0, 30)), max_size=4),
    )
    def warehouse_acknowledges(self, name: str, ranges: list[tuple[int, int]]) -> None:
        covered = {
            (record.source, record.receipt)
            for record in self.model.records
            if record.source == name and any(a <= record.receipt <= b for a, b in ranges)
        }
        assert self.outbox.trim(name, ranges) == len(covered)
        self._drop(covered)

    @rule(incarnation=st.sampled_from("pq"))
    def broker_starts(self, incarnation: str) -> None:
        is_new = incarnation != self.model.incarnation
        assert self.outbox.begin_incarnation(incarnation) == is_new
        self.model.incarnation = incarnation
        for record in self.model.records:
            record.published = record.published and not is_new

    @rule()
    def short_source_forgets(self) -> None:
        before = len(self.model.known["short"])
        self.model.forget("short", self.now)
        gone = before - len(self.model.known["short"])
        assert self.outbox.forget("short", HORIZON, self.now) == gone

    def _drop(self, keys: set[tuple[str, int]]) -> None:
        self.model.records = [
            record for record in self.model.records if (record.source, record.receipt) not in keys
        ]

    @invariant()
    @precondition(lambda self: hasattr(self, "outbox"))
    def what_is_to_be_published_is_what_the_model_says(self) -> None:
        for lane in Lane:
            actual = unpublished(self.outbox.path, lane)
            wanted = [r for r in self.model.records if r.lane == lane and not r.published]
            assert [(a.source, a.receipt, a.event_id) for a in actual] == [
                (w.source, w.receipt, w.event_id) for w in wanted
            ]
            for is_record, expected in zip(actual, wanted, strict=True):
                assert bool(is_record.rejected) == (expected.reason is not None)
                (_check_reject if is_record.rejected else _check_event)(is_record.payload, expected)

    @invariant()
    @precondition(lambda self: hasattr(self, "outbox"))
    def the_counts_come_out(self) -> None:
        status = read_status(self.outbox.path)
        assert status.incarnation == self.model.incarnation
        assert [s.name for s in status.sources] == sorted(SOURCES)
        for s in status.sources:
            kept = [r for r in self.model.records if r.source == s.name]
            total = sum(
                (tally for (name, _), tally in self.model.days.items() if name == s.name), Tally()
            )
            assert s.issued == self.model.issued[s.name]
            assert s.received == s.issued + s.duplicate == total[Counter.RECEIVED]
            assert s.duplicate == total[Counter.DUPLICATE]
            assert sum(s.filtered.values()) == total[Counter.FILTERED_OTHER_REGION]
            assert s.pending == len(kept)
            assert s.unpublished == sum(not r.published for r in kept)
            receipts = [n for a, b in read_pending(self.outbox.path, s.name) for n in range(a, b + 1)]
            assert receipts == sorted(r.receipt for r in kept)
        assert {
            (d.source, d.day): (d.received, d.duplicate) for d in read_day_counts(self.outbox.path)
        } == {
            key: (tally[Counter.RECEIVED], tally[Counter.DUPLICATE])
            for key, tally in self.model.days.items()
            if tally.total()
        }

    @invariant()
    @precondition(lambda self: hasattr(self, "outbox"))
    def the_bytes_counted_along_are_those_in_the_file(self) -> None:
        with closing(open_for_reading(self.outbox.path)) as db:
            there = weigh(db)
        assert self.outbox.stock.size == there.size
        for lane in Lane:
            assert self.outbox.stock.at_broker(lane) == there.published.get(lane, 0)

    @invariant()
    @precondition(lambda self: hasattr(self, "outbox"))
    def each_feed_goes_on_where_it_was(self) -> None:
        for name in SOURCES:
            for lane in Lane:
                at = self.model.cursors.get((name, lane))
                cursor = self.outbox.place(name, lane).cursor
                assert cursor == (None if at is None else {"at": at})


def _check_event(payload: bytes, expected: Expected) -> None:
    event = decode_event(payload)
    assert expected.draft is not None
    assert event.id == expected.event_id
    assert event.sequence == str(expected.receipt)
    assert event.source == f"urn:nld:gemeente-nijmegen:systeem:wijkbeeld-{expected.source}"
    assert (event.rev, event.bucket) == (expected.rev, expected.bucket)
    assert event.time == expected.received_at
    assert event.deleted == expected.draft.deleted
    assert event.data == expected.draft.data


def _check_reject(payload: bytes, expected: Expected) -> None:
    row = orjson.loads(payload)
    assert row["reason"] == expected.reason
    assert (row["receipt"], row["rev"]) == (expected.receipt, expected.rev)
    assert row["bucket"] == expected.bucket.isoformat()
    assert (row["record"] == "") == (expected.draft is None)


TestOutbox = OutboxMachine.TestCase
TestOutbox.settings = settings(max_examples=examples(25), stateful_step_count=30)
