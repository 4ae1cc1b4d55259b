"""When a loop has stalled, and when it has not."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from domain.vitals import Outside
from wijkbeeld.health.progress import WatchedProgress
from wijkbeeld.health.readiness import Limits, reasons_not_ready
from wijkbeeld.health.watchdog import LONGEST_GAP_SECONDS, Stall, Watchdog

LIMITS = Limits(stale_seconds=15, fresh_seconds=60, stall_seconds=120, wait_seconds=600)


class World:
    """A part whose loops are watched once a second."""

    def __init__(self) -> None:
        self.now = 0.0
        self.progress = WatchedProgress(lambda: self.now)
        self.watchdog = Watchdog(LIMITS, lambda: self.now)

    def pass_time(
        self, seconds: float, each: Callable[[], None] = lambda: None, look_every: float = 1.0
    ) -> Stall | None:
        end = self.now + seconds
        while self.now < end:
            self.now += look_every
            each()
            stall = self.watchdog.look(self.progress.reports())
            if stall is not None:
                return stall
        return None


def test_own_work_without_a_step_is_a_stall() -> None:
    world = World()
    world.progress.loop("batch").at(1, "decode")
    assert world.pass_time(110) is None
    stall = world.pass_time(30)
    assert stall is not None
    assert (stall.loop, stall.waiting_for) == ("batch", None)
    assert 120 < stall.seconds <= 123


def test_an_idle_loop_may_be_idle_for_ever() -> None:
    world = World()
    loop = world.progress.loop("batch")
    loop.at(1)
    loop.idle()
    assert world.pass_time(5_000) is None


def test_a_loop_that_moves_does_not_stall_however_long_its_head_takes() -> None:
    world = World()
    loop = world.progress.loop("batch")
    steps = iter(range(10_000))
    assert world.pass_time(5_000, lambda: loop.at(1, next(steps))) is None
    assert loop.report().head_seconds > 4_000


def test_waiting_for_what_is_away_is_no_stall_as_long_as_it_is_tried_again() -> None:
    world = World()
    loop = world.progress.loop("batch")
    assert world.pass_time(7_200, lambda: loop.at(1, world.now // 65, Outside.WAREHOUSE)) is None
    (report,) = world.progress.reports()
    (reason,) = reasons_not_ready(True, [report], None, LIMITS)
    assert reason.startswith("batch waits for the warehouse for ")


def test_one_try_that_never_ends_is_a_stall_after_the_longer_time() -> None:
    world = World()
    world.progress.loop("batch").at(1, "try", Outside.BROKER)
    assert world.pass_time(590) is None
    stall = world.pass_time(30)
    assert stall is not None
    assert stall.waiting_for is Outside.BROKER


def test_a_process_that_was_stopped_is_not_taken_for_a_stall() -> None:
    world = World()
    loop = world.progress.loop("batch")
    loop.at(1, "insert")
    world.now += 3_600  # a laptop that slept; the watchdog slept too
    assert world.watchdog.look(world.progress.reports()) is None
    loop.at(2, "insert")
    assert world.pass_time(100) is None


def test_one_loop_that_stands_still_is_found_among_others_that_move() -> None:
    world = World()
    world.progress.loop("lost").at("chunk 7")
    busy = world.progress.loop("busy")
    numbers = iter(range(10_000))
    stall = world.pass_time(200, lambda: busy.at(next(numbers)))
    assert stall is not None
    assert stall.loop == "lost"


@given(
    st.lists(st.tuples(st.floats(0.1, 1_000.0), st.booleans(), st.booleans()), min_size=1, max_size=60)
)
def test_never_before_its_time_and_never_without_work(history: list[tuple[float, bool, bool]]) -> None:
    """Whatever the gaps between looks, a stall is as many counted seconds as the limit says."""
    world = World()
    loop = world.progress.loop("loop")
    standing, head = 0.0, 0
    for gap, moves, busy in history:
        if not busy:
            loop.idle()
        elif moves or not loop.report().busy:
            head += 1
            loop.at(head)
        before = loop.report().step
        world.now += gap
        stall = world.watchdog.look(world.progress.reports())
        moved = before != getattr(world, "last_step", before - 1)
        world.last_step = before  # type: ignore[attr-defined]  # the model's own note
        standing = 0.0 if moved or not busy else standing + min(gap, LONGEST_GAP_SECONDS)
        assert (stall is not None) == (standing > LIMITS.stall_seconds)


def test_readiness_names_what_is_wrong() -> None:
    progress = WatchedProgress(lambda: 0.0)
    progress.loop("batch").at(1)
    reports = progress.reports()
    assert reasons_not_ready(True, reports, None, LIMITS) == ()
    assert reasons_not_ready(False, reports, None, LIMITS) == ("starting",)
    assert reasons_not_ready(True, reports, 60.0, LIMITS) == ()
    assert reasons_not_ready(True, reports, 61.0, LIMITS) == ("live events are 61 s old",)


def test_work_that_takes_too_long_is_not_ready_even_while_it_moves() -> None:
    now = 0.0
    progress = WatchedProgress(lambda: now)
    progress.loop("batch").at(1, "insert")
    now = 16.0
    progress.loop("batch").at(1, "mark")
    (reason,) = reasons_not_ready(True, progress.reports(), None, LIMITS)
    assert reason == "batch is not finished for 16 s"
