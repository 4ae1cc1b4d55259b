"""Acks trim the outbox; a damaged one costs nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from domain.codec import encode_row
from domain.errors import BrokerUnavailable
from domain.rows import AckRow
from domain.topics import Lane
from ingest.acks import AckTrimmer
from ingest.backoff import Backoff
from ingest.follower import Follower
from ingest.outbox.store import Outbox
from ingest.status import read_pending
from tests.ingest.samples import NOON, draft, open_outbox, poll, source
from tests.support.waiting import wait_until

DEMO = source()


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    box = open_outbox(tmp_path, DEMO)
    box.write(DEMO, Lane.LIVE, poll(*(draft(str(n)) for n in range(10))), NOON, None)
    yield box
    box.close()


def ack(*ranges: list[int], of: str = "demo") -> bytes:
    return encode_row(AckRow(source=of, ranges=list(ranges)))


class Acks:
    """Gives its answers in turn, then nothing."""

    def __init__(self, *answers: list[bytes] | BrokerUnavailable) -> None:
        self._answers = iter(answers)
        self.closed = False

    def poll(self, seconds: float, limit: int) -> list[bytes]:
        answer = next(self._answers, [])
        if isinstance(answer, BrokerUnavailable):
            raise answer
        return answer

    def close(self) -> None:
        self.closed = True


def test_ranges_of_several_acks_are_trimmed_and_strangers_passed_over(outbox: Outbox) -> None:
    trimmer = AckTrimmer(outbox)
    assert trimmer.apply([ack([1, 3], [7, 7]), ack([2, 4]), ack([1, 9], of="stranger")]) == 5
    assert read_pending(outbox.path, "demo") == [(5, 6), (8, 10)]
    assert trimmer.apply([ack([1, 4])]) == 0


@pytest.mark.parametrize(
    "damaged",
    [b"", b"{", b"[]", ack([1]), ack([1, 2, 3]), b'{"source":"demo","ranges":[["molenstraat",2]]}'],
)
def test_a_damaged_ack_trims_nothing_and_is_counted_without_its_text(
    outbox: Outbox, damaged: bytes
) -> None:
    with capture_logs() as logs:
        assert AckTrimmer(outbox).apply([damaged, ack([10, 10])]) == 1
    assert logs == [{"event": "acks_unreadable", "count": 1, "log_level": "warning"}]


def test_the_follower_comes_back_after_a_broker_that_went_away(outbox: Outbox) -> None:
    readers = [Acks([ack([1, 2])], BrokerUnavailable("gone")), Acks([ack([1, 2])], [ack([3, 10])])]
    opened = iter(readers)
    stop = threading.Event()
    at_once = Backoff(timedelta(0), timedelta(0))
    follower = Follower("acks", lambda: next(opened), AckTrimmer(outbox).apply, at_once)
    thread = threading.Thread(target=follower.run, args=(stop,))
    thread.start()
    wait_until(lambda: read_pending(outbox.path, "demo") == [])
    stop.set()
    thread.join(10)
    assert [reader.closed for reader in readers] == [True, True]
