"""A poll into the outbox: one transaction for records, cursor, identities and counters."""

from __future__ import annotations

import sqlite3
from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import orjson

from domain.codec import MAX_RAW_BYTES, encode_data
from domain.metrics import Counter
from domain.rejects import RejectReason
from domain.topics import Lane
from ingest.outbox.encoding import Encoder, Reject
from ingest.outbox.identity import (
    TOO_LATE_REV,
    Seen,
    Verdict,
    highest,
    is_late,
    judge,
    millis,
    occurred_at,
)
from ingest.outbox.privacy import PrivacyNet
from ingest.outbox.rejects import Pause
from ingest.outbox.schema import LANE_NUMBERS
from ingest.outbox.stock import last_seq
from ingest.protocol import Draft, Finding, Identity, Poll, Repeat, Unreadable


@dataclass(frozen=True, slots=True)
class Written:
    """What a poll came to: records with a receipt, rejects and why, duplicates; their bytes.

    ``pause`` is set where those rejects made the source exceed a budget.
    """

    issued: int
    rejected: int
    duplicates: int
    size: int
    reasons: Mapping[RejectReason, int] = field(default_factory=dict)
    pause: Pause | None = None


class Prepared(NamedTuple):
    """A finding with what can be worked out before its identity: safe id, data as JSON, content hash."""

    finding: Finding
    event_id: str
    data: str
    content: bytes


def prepare(findings: Iterable[Finding], encoder: Encoder, net: PrivacyNet) -> list[Prepared]:
    """Return what can be worked out of findings without the outbox, so without holding it up.

    What every connector found goes through the second privacy net here, and nowhere else.
    """
    prepared = []
    for finding in map(net.checked, findings):
        event_id = encoder.event_id(finding.event_id)
        if isinstance(finding, Draft):
            data = encode_data(finding.data)
            content = encoder.content(data, finding.deleted)
            prepared.append(Prepared(finding, event_id, data, content))
        else:
            prepared.append(Prepared(finding, event_id, "", b""))
    return prepared


class PollWriter:
    """Gives identities to the findings of one poll and writes it, inside a transaction of its caller.

    Args:
        connection: in a transaction.
        source: number of the source (``source.no``).
        lane: of the feed that was polled.
        encoder: of the source.
        horizon: the source's ``seen_horizon``.
        now: when the poll was received, aware.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        source: int,
        lane: Lane,
        encoder: Encoder,
        horizon: timedelta | None,
        now: datetime,
    ) -> None:
        self._db = connection
        self._source = source
        self._lane = lane
        self._encoder = encoder
        self._horizon = horizon
        self._now = now
        self._today = now.astimezone(UTC).date()
        self._seen: dict[str, Seen] = {}
        self._touched: set[str] = set()
        self._rows: list[tuple[int, int, int, bool, str, bytes]] = []
        self.rejects: list[tuple[int, RejectReason]] = []
        """Receipt and reason of what ``write`` rejected."""
        self.lateness: list[float] = []
        """How long ago the new events of ``write`` occurred, seconds."""
        self._duplicates = 0
        self._receipt = 0

    def write(self, prepared: Sequence[Prepared], poll: Poll) -> Written:
        """Write its records, identities and counters."""
        (self._receipt,) = self._db.execute(
            "SELECT last_receipt FROM source WHERE no = ?", (self._source,)
        ).fetchone()
        self._seen = _load_seen(self._db, self._source, {item.event_id for item in prepared})
        for item in prepared:
            self._take(item)
        self._write_records()
        self._write_seen()
        self._write_counters(poll)
        size = sum(len(payload) for *_, payload in self._rows)
        reasons = Tally(reason for _, reason in self.rejects)
        return Written(len(self._rows), len(self.rejects), self._duplicates, size, reasons)

    def _take(self, item: Prepared) -> None:
        finding = item.finding
        if isinstance(finding, Repeat):
            self._duplicates += 1
        elif isinstance(finding, Unreadable):
            self._take_unreadable(item.event_id, finding)
        else:
            self._take_draft(item, finding)

    def _take_unreadable(self, event_id: str, finding: Unreadable) -> None:
        if event_id in self._seen:
            self._duplicates += 1
            return
        identity = self._identity(None, 1)
        self._add_reject(event_id, self._encoder.unreadable(finding), identity)
        self._remember(event_id, Seen(1, b"", None, identity.bucket, self._last_at(None), True))

    def _take_draft(self, item: Prepared, draft: Draft) -> None:
        event_id, revision = item.event_id, draft.revision
        seen = self._seen.get(event_id)
        verdict = judge(
            seen, item.content, revision, is_late(draft.data, revision, self._horizon, self._now)
        )
        if verdict is Verdict.DUPLICATE:
            self._duplicates += 1
            if seen is not None and highest(seen, revision) != seen.revision:
                # The same content under a later revision: older ones must not win from now on.
                self._remember(
                    event_id, seen._replace(revision=highest(seen, revision), forgettable=False)
                )
            return
        if verdict is Verdict.TOO_LATE:
            identity = self._identity(seen, TOO_LATE_REV)
            self._add_reject(event_id, self._encoder.too_late(item.data), identity)
        else:
            identity = self._identity(seen, seen.rev + 1 if seen else 1)
            self._add_event(item, draft, identity)
        occurred = occurred_at(draft.data)
        if seen is None and occurred is not None:
            self.lateness.append((self._now - occurred).total_seconds())
        revision = highest(seen, revision)
        self._remember(
            event_id,
            Seen(
                identity.rev,
                item.content,
                revision,
                identity.bucket,
                self._last_at(occurred),
                # A versioned id and a figure are never too late, so they must be known for ever.
                forgettable=revision is None and occurred is not None,
            ),
        )

    def _identity(self, seen: Seen | None, rev: int) -> Identity:
        self._receipt += 1
        return Identity(self._receipt, rev, seen.bucket if seen else self._today)

    def _last_at(self, occurred: datetime | None) -> int:
        return millis(max(self._now, occurred) if occurred else self._now)

    def _remember(self, event_id: str, seen: Seen) -> None:
        self._seen[event_id] = seen
        self._touched.add(event_id)

    def _add_event(self, item: Prepared, draft: Draft, identity: Identity) -> None:
        if item.event_id != draft.event_id:
            self._add_reject(item.event_id, self._encoder.invalid_id(item.data), identity)
            return
        payload = self._encoder.event(draft, item.data, identity, self._now)
        if len(payload) > MAX_RAW_BYTES:
            self._add_reject(item.event_id, self._encoder.too_large(payload), identity)
            return
        self._add(identity, False, item.event_id, payload)

    def _add_reject(self, event_id: str, reject: Reject, identity: Identity) -> None:
        payload = self._encoder.reject(event_id, reject, identity, self._now)
        self._add(identity, True, event_id, payload)
        self.rejects.append((identity.receipt, reject.reason))

    def _add(self, identity: Identity, rejected: bool, event_id: str, payload: bytes) -> None:
        lane = LANE_NUMBERS[self._lane]
        self._rows.append((self._source, identity.receipt, lane, rejected, event_id, payload))

    def _write_records(self) -> None:
        if not self._rows:
            return
        before = last_seq(self._db)
        self._db.executemany(
            "INSERT INTO outbox (source, receipt, lane, rejected, event_id, payload)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            self._rows,
        )
        self._db.execute(
            "INSERT INTO unpublished (lane, seq, source)"
            " SELECT lane, seq, source FROM outbox WHERE seq > ?",
            (before,),
        )
        self._db.execute(
            "UPDATE source SET last_receipt = ?, last_received_at = ? WHERE no = ?",
            (self._receipt, self._now.isoformat(), self._source),
        )

    def _write_seen(self) -> None:
        # In key order, so that neighbours share a page.
        changed = ((event_id, self._seen[event_id]) for event_id in sorted(self._touched))
        self._db.executemany(
            "INSERT OR REPLACE INTO seen"
            " (source, event_id, rev, content, revision, bucket, last_at, forgettable)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    self._source, event_id, s.rev, s.content,
                    None if s.revision is None else str(s.revision),
                    s.bucket.isoformat(), s.last_at, int(s.forgettable and self._horizon is not None),
                )
                for event_id, s in changed
            ),
        )  # fmt: skip

    def _write_counters(self, poll: Poll) -> None:
        tally = Tally(poll.filtered)
        tally[Counter.RECEIVED] = len(self._rows) + self._duplicates
        tally[Counter.DUPLICATE] = self._duplicates
        self._db.executemany(
            "INSERT INTO counter (source, day, name, n) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET n = n + excluded.n",
            [(self._source, self._today.isoformat(), name, n) for name, n in tally.items() if n],
        )


def _load_seen(connection: sqlite3.Connection, source: int, event_ids: Iterable[str]) -> dict[str, Seen]:
    rows = connection.execute(
        "SELECT event_id, rev, content, revision, bucket, last_at, forgettable FROM seen"
        " WHERE source = ? AND event_id IN (SELECT value FROM json_each(?))",
        (source, orjson.dumps(sorted(event_ids)).decode()),
    )
    return {
        event_id: Seen(
            rev,
            content,
            None if revision is None else int(revision),
            date.fromisoformat(bucket),
            last_at,
            bool(forgettable),
        )
        for event_id, rev, content, revision, bucket, last_at, forgettable in rows
    }
