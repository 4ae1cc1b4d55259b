"""A replay travels as any record does, and no older word about its receipt takes it away."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.codec import encode_row
from domain.rejects import RECORD_KEPT, RejectReason
from domain.rows import AckRow
from domain.topics import Lane
from ingest.acks import AckTrimmer
from ingest.outbox.desk import add_replays, look_at
from ingest.outbox.replays import LANE, Answer, Replay
from ingest.outbox.store import Outbox
from ingest.protocol import Unreadable
from ingest.status import read_pending
from tests.ingest.samples import NOON, draft, open_outbox, poll, source, unpublished

DEMO = source()
REJECTED, STORED = 2, 1
REPLAY = Replay("demo", REJECTED, "b", b"repaired")


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    """Receipt 1 is an event, receipt 2 a reject; both are durable and have left the file."""
    box = open_outbox(tmp_path, DEMO)
    bad = Unreadable("b", RejectReason.UNPARSED, "text", 9, "")
    box.write(DEMO, Lane.LIVE, poll(draft("a"), bad), NOON, None)
    box.begin_incarnation("one")
    acknowledge(box, STORED)
    acknowledge(box, REJECTED, rejected=True)
    assert read_pending(box.path, "demo") == []
    yield box
    box.close()


def acknowledge(box: Outbox, *receipts: int, rejected: bool = False) -> None:
    ack = AckRow(source="demo", ranges=[[receipt, receipt] for receipt in receipts])
    if rejected:
        ack["rejected"] = True
    AckTrimmer(box).apply([encode_row(ack)])


def replay(box: Outbox, replay: Replay = REPLAY, *, again: bool = False) -> Answer:
    (answer,) = look_at(box.path, [(replay.source, replay.receipt)], again=again)
    assert add_replays(box.path, [replay], NOON, again=again) == [answer]
    return answer


def payloads(box: Outbox) -> list[bytes]:
    return [record.payload for record in unpublished(box.path, LANE)]


def test_a_replay_waits_to_be_published_with_its_own_receipt_and_id(outbox: Outbox) -> None:
    assert replay(outbox) is Answer.TAKEN
    (record,) = unpublished(outbox.path, LANE)
    assert record[1:] == ("demo", REJECTED, 0, "b", b"repaired")
    assert unpublished(outbox.path, Lane.LIVE) == []


def test_acks_of_the_reject_leave_its_replay_alone_and_the_one_of_the_event_trims_it(
    outbox: Outbox,
) -> None:
    replay(outbox)
    outbox.acknowledge({LANE: [unpublished(outbox.path, LANE)[0].seq]}, keep=True)
    for _ in range(2):  # each connection to the broker hears all acks from the beginning
        acknowledge(outbox, REJECTED, rejected=True)
        assert read_pending(outbox.path, "demo") == [(REJECTED, REJECTED)]
    # A broker that forgot everything gets it again.
    outbox.begin_incarnation("two")
    assert payloads(outbox) == [b"repaired"]
    acknowledge(outbox, REJECTED)
    assert read_pending(outbox.path, "demo") == []


def test_one_replay_at_a_time_unless_somebody_insists(outbox: Outbox) -> None:
    assert replay(outbox) is Answer.TAKEN
    other = REPLAY._replace(payload=b"repaired better")
    assert replay(outbox, other) is Answer.ON_ITS_WAY
    assert payloads(outbox) == [b"repaired"]
    assert replay(outbox, other, again=True) is Answer.TAKEN
    assert payloads(outbox) == [b"repaired better"]


def test_a_record_that_is_not_durable_yet_is_not_replayed(tmp_path: Path) -> None:
    box = open_outbox(tmp_path, DEMO)
    box.write(DEMO, Lane.LIVE, poll(draft("a")), NOON, None)
    early = Replay("demo", 1, "a", b"early")
    assert replay(box, early) is Answer.ON_ITS_WAY
    assert replay(box, early, again=True) is Answer.ON_ITS_WAY
    assert [record.payload for record in unpublished(box.path)] != [b"early"]
    box.close()


@pytest.mark.parametrize(
    "stranger", [Replay("demo", 3, "c", b""), Replay("demo", 0, "c", b""), Replay("else", 1, "c", b"")]
)
def test_a_receipt_that_was_never_given_is_refused(outbox: Outbox, stranger: Replay) -> None:
    assert replay(outbox, stranger) is Answer.UNKNOWN
    assert payloads(outbox) == []


def test_all_of_a_page_or_nothing(outbox: Outbox) -> None:
    class Breaks(tuple):  # type: ignore[type-arg]  # it has no elements
        __slots__ = ()

    with pytest.raises(AttributeError):
        add_replays(outbox.path, [REPLAY, Breaks()], NOON, again=False)  # type: ignore[list-item]  # on purpose
    assert payloads(outbox) == []
    assert replay(outbox) is Answer.TAKEN


def test_what_nobody_stored_is_given_up_with_the_record_of_its_reject(outbox: Outbox) -> None:
    replay(outbox)
    assert outbox.forget_rejects(NOON + RECORD_KEPT) == 0
    assert payloads(outbox) == [b"repaired"]
    assert outbox.forget_rejects(NOON + RECORD_KEPT + timedelta(seconds=1)) == 1
    assert payloads(outbox) == []
    assert read_pending(outbox.path, "demo") == []


def test_what_was_stored_is_forgotten_without_a_word(outbox: Outbox) -> None:
    replay(outbox)
    acknowledge(outbox, REJECTED)
    assert outbox.forget_rejects(NOON + 2 * RECORD_KEPT) == 0
    assert outbox._db.execute("SELECT count(*) FROM replay").fetchone() == (0,)


def test_another_process_puts_a_replay_beside_a_running_ingest(outbox: Outbox) -> None:
    script = (
        "import sys; from pathlib import Path; from tests.ingest.outbox.test_replays import *;"
        "print(add_replays(Path(sys.argv[1]), [REPLAY], NOON, again=False)[0].name)"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, outbox.path], capture_output=True, text=True, check=True
    )
    assert said.stdout == "TAKEN\n"
    outbox.write(DEMO, Lane.LIVE, poll(draft("c")), NOON, None)
    assert payloads(outbox) == [b"repaired"]
    assert [record.receipt for record in unpublished(outbox.path)] == [3]
