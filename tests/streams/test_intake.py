from __future__ import annotations

from streams.chunk_worker import Partition
from streams.commit_tracker import CommitTracker
from streams.intake import Fetched, Intake
from tests.streams.test_chunk import Record

TP: Partition = ("raw.demo", 0)
OTHER: Partition = ("raw.demo", 1)


def make() -> tuple[CommitTracker[Partition], Intake]:
    tracker: CommitTracker[Partition] = CommitTracker()
    return tracker, Intake(tracker, max_records=2, max_bytes=1000)


def records(*offsets: int) -> list[Record]:
    return [Record(offset, b"x") for offset in offsets]


def fetched(before: int, after: int, *offsets: int, tp: Partition = TP) -> Fetched:
    return Fetched({tp: records(*offsets)} if offsets else {}, {tp: before}, {tp: after})


def test_records_become_deliveries_in_order_and_the_position_covers_holes() -> None:
    tracker, intake = make()
    deliveries, go_back = intake.take_in(fetched(0, 9, 0, 1, 5))
    assert go_back == {}
    assert [(d.chunk.first_offset, d.chunk.last_offset) for d in deliveries[TP]] == [(0, 1), (5, 5)]
    for delivery in deliveries[TP]:
        tracker.finish(delivery.ticket)
    assert intake.committable() == {TP: 9}


def test_a_lost_fetch_sends_the_reader_back_and_takes_nothing_in() -> None:
    tracker, intake = make()
    intake.take_in(fetched(0, 5, 0, 1, 2, 3, 4))
    deliveries, go_back = intake.take_in(fetched(8, 10, 8, 9))
    assert deliveries == {}
    assert go_back == {TP: 5}
    assert tracker.position(TP) == 5
    deliveries, go_back = intake.take_in(fetched(5, 10, 5, 6, 7, 8, 9))
    assert go_back == {}
    assert deliveries[TP][0].chunk.first_offset == 5


def test_a_reader_is_sent_back_as_often_as_its_fetches_are_lost() -> None:
    _, intake = make()
    intake.take_in(fetched(0, 5, 0, 1, 2, 3, 4))
    for _ in range(3):
        deliveries, missed = intake.take_in(fetched(8, 10, 8, 9))
        assert (deliveries, missed) == ({}, {TP: 5})
        assert intake.go_back(missed, {TP: 0}) == {TP: 5}
    assert intake.take_in(fetched(5, 8, 5, 6, 7))[0][TP][0].chunk.first_offset == 5


def test_records_that_the_log_no_longer_has_are_passed() -> None:
    _, intake = make()
    intake.take_in(fetched(0, 5, 0, 1, 2, 3, 4))
    _, missed = intake.take_in(fetched(9, 10, 9))
    assert intake.go_back(missed, {TP: 8}) == {TP: 8}
    deliveries, missed = intake.take_in(fetched(8, 10, 8, 9))
    assert missed == {}
    assert deliveries[TP][0].chunk.first_offset == 8


def test_a_log_that_went_back_is_read_again_from_there() -> None:
    tracker, intake = make()
    old = intake.take_in(fetched(100, 103, 100, 101, 102))[0][TP]
    deliveries, go_back = intake.take_in(fetched(0, 2, 0, 1))
    assert go_back == {}
    assert not tracker.finish(old[0].ticket)
    tracker.finish(deliveries[TP][0].ticket)
    assert intake.committable() == {TP: 2}


def test_a_reader_that_was_reset_to_earlier_records_is_followed() -> None:
    tracker, intake = make()
    intake.take_in(fetched(100, 103, 100, 101, 102))
    deliveries, _ = intake.take_in(Fetched({TP: records(3, 4)}, {}, {TP: 5}))
    tracker.finish(deliveries[TP][0].ticket)
    assert intake.committable() == {TP: 5}


def test_seek_and_revocation_make_deliveries_stale() -> None:
    tracker, intake = make()
    sought = intake.take_in(fetched(0, 2, 0, 1))[0][TP][0]
    revoked = intake.take_in(fetched(0, 2, 0, 1, tp=OTHER))[0][OTHER][0]
    intake.sought({TP: 0}, {TP: 0})
    intake.revoked([OTHER])
    assert not tracker.finish(sought.ticket)
    assert not tracker.finish(revoked.ticket)
    intake.sought({TP: 7}, {})
    again = intake.take_in(fetched(7, 9, 7, 8))[0][TP][0]
    tracker.finish(again.ticket)
    assert intake.committable() == {TP: 9}
    intake.committed({TP: 9})
    assert intake.committable() == {}


def test_a_lost_first_fetch_of_a_group_without_commits_is_noticed_too() -> None:
    _, intake = make()
    intake.sought({TP: None, OTHER: None}, {TP: 0, OTHER: 40})
    deliveries, go_back = intake.take_in(
        Fetched({TP: records(5, 6), OTHER: records(40)}, {TP: 5, OTHER: 40}, {TP: 7, OTHER: 41})
    )
    assert go_back == {TP: 0}
    assert list(deliveries) == [OTHER], "a log that begins at 40 has lost nothing"
    assert intake.committable() == {}
