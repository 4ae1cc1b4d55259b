from __future__ import annotations

from domain.metrics import INGEST_OUTBOX, LOADER_BATCH_ROWS, LOADER_ROWS
from domain.vitals import Drained, Vitals


def test_a_drain_is_clean_when_nothing_is_in_hand_and_all_is_committed() -> None:
    assert Drained(0).is_clean
    assert not Drained(1).is_clean
    assert not Drained(0, 1).is_clean


def test_a_part_that_nobody_listens_to_may_say_all_it_likes() -> None:
    vitals = Vitals()
    vitals.recorder.count(LOADER_ROWS, table="event_log")
    vitals.recorder.set(INGEST_OUTBOX, 1)
    vitals.recorder.observe(LOADER_BATCH_ROWS, (1.0,), topic="events")
    vitals.recorder.forget(INGEST_OUTBOX)
    loop = vitals.progress.loop("batch")
    loop.at(1)
    loop.idle()
    vitals.progress.end("batch")
    vitals.progress.live_age(1.0)
    vitals.drained(Drained(0))
