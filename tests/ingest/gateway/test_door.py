"""The door: one commit for all that wait, an answer for each, and no promise that is not written."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from domain.errors import Transient
from domain.metrics import GATEWAY_COMMIT_RECORDS
from ingest.gateway.config import Limits
from ingest.gateway.door import Door, Full
from ingest.gateway.measuring import DoorMeter
from ingest.outbox.schema import OutboxFailed
from ingest.outbox.shared import Fullness, Push, SharedOutbox
from ingest.outbox.writing import Written
from tests.ingest.gateway.serving import SetClock
from tests.ingest.samples import KEYED, draft
from tests.support.vitals import Heard


class Held(SharedOutbox):
    """A real outbox whose writes wait until they are let, or fail."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "outbox.sqlite", KEYED, "nijmegen")
        self.register(["geluid"])
        self.let = threading.Event()
        self.under_way = threading.Event()
        self.failure: Exception | None = None
        self.paused = frozenset[str]()

    def write(self, pushes: Sequence[Push], now: datetime) -> list[Written]:
        self.under_way.set()
        assert self.let.wait(30)
        if self.failure is not None:
            raise self.failure
        return super().write(pushes, now)

    def fullness(self) -> Fullness:
        return Fullness(super().fullness().pending, self.paused)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Held]:
    held = Held(tmp_path)
    yield held
    held.close()


@contextmanager
def running(
    outbox: Held, limits: Limits | None = None, heard: Heard | None = None
) -> Iterator[tuple[Door, list[BaseException]]]:
    vitals = (heard or Heard()).vitals
    door = Door(outbox, SetClock(), limits or Limits(), DoorMeter(vitals), look=0.01)
    ending, errors = threading.Event(), list[BaseException]()

    def work() -> None:
        try:
            door.run(ending)
        except BaseException as error:  # noqa: BLE001  looked at by the test
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield door, errors
    finally:
        outbox.let.set()
        ending.set()
        thread.join(20)
        assert not thread.is_alive()


def push(*ids: str) -> Push:
    return Push("geluid", [draft(each) for each in ids])


def test_what_waits_meanwhile_is_one_commit_and_each_has_its_own_answer(outbox: Held) -> None:
    heard = Heard()
    with running(outbox, heard=heard) as (door, _):
        first = door.put(push("a"))
        assert outbox.under_way.wait(20)
        others = [door.put(push(str(n), "a")) for n in range(10)]
        assert not any(done.done() for done in (first, *others))
        outbox.let.set()
        assert first.result(20).issued == 1
        assert [(done.result(20).issued, done.result(20).duplicates) for done in others] == [(1, 1)] * 10
    assert heard.observed(GATEWAY_COMMIT_RECORDS) == [1, 20]
    assert outbox.fullness().pending == 11
    assert heard.busy() == []


def test_a_failed_commit_is_no_promise_and_the_door_goes_on(outbox: Held) -> None:
    outbox.let.set()
    outbox.failure = Transient("busy")
    with running(outbox) as (door, errors):
        with pytest.raises(Transient):
            door.put(push("a")).result(20)
        outbox.failure = None
        assert door.put(push("a")).result(20).issued == 1
    assert errors == []


def test_a_damaged_outbox_ends_the_door_and_every_request_has_an_answer(outbox: Held) -> None:
    outbox.failure = OutboxFailed("damaged")
    with running(outbox) as (door, errors):
        first = door.put(push("a"))
        assert outbox.under_way.wait(20)
        second = door.put(push("b"))
        outbox.let.set()
        for done in (first, second):
            with pytest.raises(Transient):
                done.result(20)
    assert [type(error) for error in errors] == [OutboxFailed]
    with pytest.raises(Full):
        door.put(push("c"))


def test_no_more_waits_than_may(outbox: Held) -> None:
    with running(outbox, Limits(queued=3)) as (door, _):
        first = door.put(push("a", "b"))
        with pytest.raises(Full):
            door.put(push("c", "d"))
        door.put(push("c"))
        outbox.let.set()
        assert first.result(20).issued == 2


def test_a_group_has_a_bound_and_keeps_the_order(outbox: Held) -> None:
    heard = Heard()
    with running(outbox, Limits(group=4), heard) as (door, _):
        first = door.put(push("a"))
        assert outbox.under_way.wait(20)
        last = [door.put(push(str(n), f"{n}-b", f"{n}-c")) for n in range(3)][-1]
        outbox.let.set()
        assert last.result(20).issued == 3
        assert first.result(20).issued == 1
    assert heard.observed(GATEWAY_COMMIT_RECORDS) == [1, 3, 3, 3]


def test_what_waits_when_it_ends_is_written(outbox: Held) -> None:
    with running(outbox) as (door, _):
        last = door.put(push("a"))
    assert last.result(20).issued == 1
    assert door.waiting == 0


def test_a_request_that_was_given_up_is_not_written_and_holds_up_nothing(outbox: Held) -> None:
    with running(outbox) as (door, errors):
        first = door.put(push("a"))
        assert outbox.under_way.wait(20)
        given_up, last = door.put(push("b")), door.put(push("c"))
        assert given_up.cancel()
        assert not first.cancel()
        outbox.let.set()
        assert last.result(20).issued == 1
    assert errors == []
    assert door.waiting == 0
    assert outbox.fullness().pending == 2
