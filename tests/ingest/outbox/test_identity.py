"""The rules of identity, one by one, through the outbox itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from hypothesis import given

from domain.codec import MAX_RAW_BYTES, decode_event, encode_data, encode_event, encode_event_parts
from domain.events import Incident, RawEvent
from domain.rejects import RejectReason
from domain.topics import Lane
from ingest.outbox.identity import is_late, millis
from ingest.outbox.store import Outbox
from ingest.protocol import Draft, Finding, Repeat, Unreadable
from tests.ingest.samples import NOON, draft, open_outbox, poll, source, unpublished
from tests.support.strategies import raw_events

DEMO = source()
DAY = timedelta(days=1)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    box = open_outbox(tmp_path, DEMO)
    yield box
    box.close()


def versions(outbox: Outbox, *findings: Finding) -> list[tuple[int, int]]:
    """Severity and rev of what is published when each finding comes a day after the one before."""
    for day, finding in enumerate(findings):
        outbox.write(DEMO, Lane.LIVE, poll(finding), NOON + day * DAY, None)
    published = []
    for record in unpublished(outbox.path):
        event = decode_event(record.payload)
        assert isinstance(event.data, Incident)
        published.append((event.data.severity or 0, event.rev))
    return published


def test_other_content_is_the_next_revision_and_the_same_a_duplicate(outbox: Outbox) -> None:
    drafts = (draft(severity=1), draft(severity=2), draft(severity=2), draft(severity=1))
    assert versions(outbox, *drafts) == [(1, 1), (2, 2), (1, 3)]


def test_a_retraction_is_other_content(outbox: Outbox) -> None:
    versions(outbox, draft(), draft(deleted=True), draft(deleted=True))
    events = [decode_event(record.payload) for record in unpublished(outbox.path)]
    assert [(event.rev, event.deleted) for event in events] == [(1, False), (2, True)]


def test_the_bucket_is_the_day_of_the_first_receipt_for_ever(outbox: Outbox) -> None:
    versions(outbox, draft(severity=1), draft(severity=2), draft(severity=3))
    buckets = {decode_event(record.payload).bucket for record in unpublished(outbox.path)}
    assert buckets == {NOON.date()}


@pytest.mark.parametrize("older", [1, 2])
def test_an_older_or_equal_revision_never_wins(outbox: Outbox, older: int) -> None:
    drafts = (draft(severity=1, revision=2), draft(severity=2, revision=older))
    assert versions(outbox, *drafts) == [(1, 1)]


def test_a_draft_without_a_revision_never_wins_over_one_with(outbox: Outbox) -> None:
    assert versions(outbox, draft(severity=1, revision=0), draft(severity=2)) == [(1, 1)]


def test_a_later_revision_of_the_same_content_bars_those_between(outbox: Outbox) -> None:
    drafts = (
        draft(severity=1, revision=1),
        draft(severity=1, revision=9),
        draft(severity=2, revision=5),
        draft(severity=3, revision=10**30),
    )
    assert versions(outbox, *drafts) == [(1, 1), (3, 2)]


def test_a_repeat_and_a_repeated_unreadable_record_are_duplicates(outbox: Outbox) -> None:
    bad = Unreadable("x", RejectReason.UNPARSED, "text", 10, "hash")
    written = outbox.write(DEMO, Lane.LIVE, poll(bad, bad, Repeat("a")), NOON, None)
    assert (written.issued, written.rejected, written.duplicates) == (1, 1, 2)


def test_lanes_share_the_identities_and_receipts_of_their_source(outbox: Outbox) -> None:
    outbox.write(DEMO, Lane.BACKFILL, poll(draft("a"), draft("b")), NOON, None)
    outbox.write(DEMO, Lane.LIVE, poll(draft("a"), draft("c")), NOON, None)
    assert [r.receipt for r in unpublished(outbox.path, Lane.BACKFILL)] == [1, 2]
    assert [r.receipt for r in unpublished(outbox.path, Lane.LIVE)] == [3]


def test_beyond_the_horizon_an_unknown_unversioned_draft_is_rejected(tmp_path: Path) -> None:
    short = source("short", horizon=DAY)
    box = open_outbox(tmp_path, short)
    old = NOON - 2 * DAY
    drafts = (draft("a", occurred_at=old), draft("b", occurred_at=old, revision=1), draft("c"))
    again = poll(draft("a", occurred_at=old))
    changed = poll(draft("a", 1, occurred_at=NOON))
    written = [box.write(short, Lane.LIVE, p, NOON, None) for p in (poll(*drafts), again, changed)]
    assert [w.rejected for w in written] == [1, 0, 1]
    assert [w.duplicates for w in written] == [0, 1, 0]
    row = orjson.loads(unpublished(box.path)[0].payload)
    assert (row["reason"], row["field"], row["rev"]) == ("too_late", "occurredAt", 0)
    assert orjson.loads(row["record"])["severity"] == 3
    box.close()


def test_what_was_forgotten_comes_back_as_too_late_and_never_as_new(tmp_path: Path) -> None:
    short = source("short", horizon=DAY)
    box = open_outbox(tmp_path, short)
    box.write(short, Lane.LIVE, poll(draft("a"), draft("b", revision=1)), NOON, None)
    later = NOON + 2 * DAY
    assert box.forget("short", DAY, later) == 1
    written = box.write(short, Lane.LIVE, poll(draft("a", 1), draft("b", 1, revision=2)), later, None)
    assert (written.issued, written.rejected) == (2, 1)
    last = decode_event(unpublished(box.path)[-1].payload)
    assert (last.id, last.rev, last.bucket) == ("b", 2, NOON.date())
    box.close()


def test_an_event_that_is_too_large_becomes_a_reject(outbox: Outbox) -> None:
    big = draft().data.model_copy(update={"category": "x" * MAX_RAW_BYTES})
    written = [
        outbox.write(DEMO, Lane.LIVE, poll(Draft("a", big)), NOON, None),
        outbox.write(DEMO, Lane.LIVE, poll(Draft("a", big), draft("a")), NOON, None),
    ]
    assert [(w.issued, w.rejected, w.duplicates) for w in written] == [(1, 1, 0), (1, 0, 1)]
    first, second = unpublished(outbox.path)
    row = orjson.loads(first.payload)
    assert (row["reason"], row["record"]) == ("too_large", "")
    assert row["length"] > MAX_RAW_BYTES
    assert decode_event(second.payload).rev == 2


def test_what_is_no_id_is_hashed_and_rejected(outbox: Outbox) -> None:
    sentence = "Brand op de Molenstraat"
    outbox.write(DEMO, Lane.LIVE, poll(draft(sentence), draft(sentence)), NOON, None)
    (record,) = unpublished(outbox.path)
    row = orjson.loads(record.payload)
    assert (row["reason"], row["field"], row["event_id"]) == ("invalid", "id", record.event_id)
    assert b"Molenstraat" not in outbox.path.read_bytes() + record.payload


@given(raw_events())
def test_parts_encode_to_the_bytes_of_the_codec(event: RawEvent) -> None:
    assert encode_event(event) == encode_event_parts(
        event_id=event.id,
        source=event.source,
        kind=event.data.kind,
        time=event.time,
        subject=event.subject,
        receipt=int(event.sequence),
        rev=event.rev,
        bucket=event.bucket,
        deleted=event.deleted,
        data=encode_data(event.data),
    )


def test_a_figure_and_a_versioned_draft_are_never_late() -> None:
    old = draft(occurred_at=NOON - 9 * DAY)
    assert is_late(old.data, None, DAY, NOON)
    assert not is_late(old.data, 1, DAY, NOON)
    assert not is_late(old.data, None, None, NOON)
    assert not is_late(draft(occurred_at=NOON - DAY).data, None, DAY, NOON)


def test_milliseconds_never_age_a_moment() -> None:
    assert millis(NOON + timedelta(microseconds=1)) == millis(NOON) + 1
