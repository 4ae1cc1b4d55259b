"""What a loop says of itself: how long it has had the same thing in hand, and whether it moves."""

from __future__ import annotations

from domain.vitals import Outside
from wijkbeeld.health.progress import WatchedProgress


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_age_of_a_head_counts_from_the_moment_it_was_taken_in_hand() -> None:
    clock = Clock()
    loop = WatchedProgress(clock).loop("batch")
    assert not loop.report().busy

    loop.at(1, "decode")
    clock.now += 3
    loop.at(1, "insert", Outside.WAREHOUSE)
    clock.now += 4

    report = loop.report()
    assert (report.busy, report.waiting_for, report.head_seconds) == (True, Outside.WAREHOUSE, 7.0)

    loop.at(2, "insert", Outside.WAREHOUSE)
    assert loop.report().head_seconds == 0.0
    loop.idle()
    assert (loop.report().busy, loop.report().head_seconds) == (False, 0.0)


def test_only_news_is_a_step() -> None:
    loop = WatchedProgress(Clock()).loop("batch")
    steps = [loop.report().step]
    for head, doing in ((1, "a"), (1, "b"), (2, "b")):
        loop.at(head, doing)
        steps.append(loop.report().step)
    assert len(set(steps)) == 4

    loop.at(2, "b")
    loop.at(2, "b", Outside.BROKER)  # what it waits for is known better, but nothing has moved
    assert loop.report().step == steps[-1]
    assert loop.report().waiting_for is Outside.BROKER
    loop.idle()
    assert loop.report().step != steps[-1]
    after = loop.report().step
    loop.idle()
    assert loop.report().step == after


def test_a_part_has_its_loops_by_name() -> None:
    progress = WatchedProgress(Clock())
    assert progress.loop("b") is progress.loop("b")
    progress.loop("a").at(1)
    assert [(report.name, report.busy) for report in progress.reports()] == [("a", True), ("b", False)]
    progress.end("a")
    progress.end("never there")
    assert [report.name for report in progress.reports()] == ["b"]


def test_the_age_of_live_events_is_news_for_a_while_only() -> None:
    clock = Clock()
    progress = WatchedProgress(clock)
    assert progress.latest_live_age(within=30) is None
    progress.live_age(90.0)
    clock.now += 30
    assert progress.latest_live_age(within=30) == 90.0
    clock.now += 1
    assert progress.latest_live_age(within=30) is None
