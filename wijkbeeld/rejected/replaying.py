"""Replay: a reject, repaired where needed, goes through the outbox once more under its own identity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from domain.codec import CODEC_VERSION, HEADER_CODEC
from ingest.outbox.desk import add_replays, look_at
from ingest.outbox.replays import Answer, Replay
from ingest.repairing import Fix, Identity, lacks, rebuild
from streams.rejecting import Rejection
from streams.validate import Validator
from warehouse.client import Client
from warehouse.rejects import KeptReject, Key, Reject, RejectFilter, read_kept

PAGE = 1_000
"""Rejects that are read and sent at once."""


class Outcome(StrEnum):
    """What became of a reject that was to be replayed."""

    SENT = "sent"
    """In the outbox, and so on its way; in a dry run: it would be."""
    NOTHING_KEPT = "nothing kept"
    """There is no record: its reason keeps none, it is older than 14 days, or it was discarded."""
    NO_IDENTITY = "no identity"
    """Its receipt or revision is not known, so it could be counted beside itself."""
    NEEDS_FIX = "needs a fix"
    """The field at fault was not kept, and no fix says what it should be."""
    STILL_WRONG = "still wrong"
    """It would be rejected again, for the reason that is told."""
    ON_ITS_WAY = "on its way"
    """The record itself, or an earlier replay of it, is not known to be stored or rejected yet."""
    OTHER_OUTBOX = "other outbox"
    """The outbox of this data dir never gave this receipt."""


class Result(NamedTuple):
    """The outcome for one reject; the cause says why it is not sent, as far as that helps."""

    source: str
    receipt: int
    outcome: Outcome
    reason: str = ""
    field: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class ReplayOrder:
    """What is to be done.

    Attributes:
        chosen: the rejects.
        fixes: applied to each of them.
        municipality_slug: of the events' ``source``.
        outbox: the outbox file that gave them their receipts.
        dry_run: only say what would happen.
        again: also where an earlier replay has not arrived.
    """

    chosen: RejectFilter
    fixes: Sequence[Fix]
    municipality_slug: str
    outbox: Path
    dry_run: bool = False
    again: bool = False


def replay(client: Client, order: ReplayOrder, now: datetime) -> Iterator[list[Result]]:
    """Replay rejects and yield the results, a page at a time; each page is one transaction.

    May be cut short and repeated: a page that was sent is on its way, and is not sent again.

    Args:
        client: of a user who may read the records.
        order: what is to be done.
        now: aware.

    Raises:
        WarehouseUnavailable, Transient: try again.
        SettingsError: there is no outbox here.
    """
    validator = Validator()
    after: Key = ("", 0)
    while page := read_kept(client, order.chosen, PAGE, after):
        after = (page[-1].reject.source, page[-1].reject.receipt)
        yield _replay_page(page, order, validator, now)


def _replay_page(
    page: Sequence[KeptReject], order: ReplayOrder, validator: Validator, now: datetime
) -> list[Result]:
    results: list[Result] = []
    made: list[Replay] = []
    for kept in page:
        found = _repaired(kept, order, validator)
        if isinstance(found, Replay):
            made.append(found)
        else:
            results.append(found)
    if order.dry_run:
        keys = [(replay.source, replay.receipt) for replay in made]
        answers = look_at(order.outbox, keys, again=order.again)
    else:
        answers = add_replays(order.outbox, made, now, again=order.again)
    results += [
        Result(replay.source, replay.receipt, _OUTCOMES[answer])
        for replay, answer in zip(made, answers, strict=True)
    ]
    return sorted(results)


_OUTCOMES = {
    Answer.TAKEN: Outcome.SENT,
    Answer.ON_ITS_WAY: Outcome.ON_ITS_WAY,
    Answer.UNKNOWN: Outcome.OTHER_OUTBOX,
}


def _repaired(kept: KeptReject, order: ReplayOrder, validator: Validator) -> Replay | Result:
    """Return the event that is to be sent, or why there is none."""
    reject = kept.reject
    if not kept.record:
        return _result(reject, Outcome.NOTHING_KEPT)
    if not (reject.receipt and reject.rev and reject.event_id):
        return _result(reject, Outcome.NO_IDENTITY)
    if lacks(kept.record, reject.field, order.fixes):
        return _result(reject, Outcome.NEEDS_FIX)
    identity = Identity(
        reject.source, reject.event_id, reject.receipt, reject.rev, reject.bucket, reject.received_at
    )
    payload = rebuild(identity, kept.record, order.fixes, order.municipality_slug)
    refused = _refusal(validator, reject.source, payload)
    if refused is not None:
        return Result(
            reject.source,
            reject.receipt,
            Outcome.STILL_WRONG,
            refused.reason.value,
            refused.field,
            refused.code,
        )
    return Replay(reject.source, reject.receipt, reject.event_id, payload)


def _result(reject: Reject, outcome: Outcome) -> Result:
    return Result(reject.source, reject.receipt, outcome, reject.reason, reject.field, reject.code)


def _refusal(validator: Validator, source: str, payload: bytes) -> Rejection | None:
    """Return why streams would reject a record again; None if they would not."""
    found = validator(source, [payload], [((HEADER_CODEC, CODEC_VERSION.encode()),)])
    return found.rejected.get(0)
