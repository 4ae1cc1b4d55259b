"""Jobs come again when they said they would, one at a time, and a blocked one holds nobody up."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest
from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent

from ingest.poller import Poller
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow


class Job:
    """Runs what it is given in turn: a wait to return, an error to raise, or a function to call."""

    def __init__(self, name: str, *steps: timedelta | Exception | Callable[[], object] | None) -> None:
        self.name = name
        self._steps = iter(steps)
        self.times: list[float] = []
        self.running = 0
        self.most_running = 0

    def run(self) -> timedelta | None:
        self.running += 1
        self.most_running = max(self.running, self.most_running)
        self.times.append(time.monotonic())
        try:
            step = next(self._steps, None)
            if isinstance(step, Exception):
                raise step
            if callable(step):
                step()
                return None
            return step
        finally:
            self.running -= 1


@pytest.fixture
def failures() -> list[BaseException]:
    return []


@pytest.fixture
def start(failures: list[BaseException]) -> Iterator[Callable[..., Poller]]:
    pollers: list[Poller] = []

    def make(*jobs: Job) -> Poller:
        pollers.append(Poller(jobs, failures.append))
        pollers[-1].start()
        return pollers[-1]

    yield make
    for poller in pollers:
        poller.stop(5.0)


def test_a_job_comes_again_after_its_own_wait_and_ends_with_none(
    start: Callable[..., Poller],
) -> None:
    wait = timedelta(milliseconds=30)
    job = Job("a", wait, wait, timedelta(0), timedelta(0), None)
    start(job)
    wait_until(lambda: len(job.times) == 5)
    assert job.times[1] - job.times[0] >= 0.03
    assert job.times[2] - job.times[1] >= 0.03
    assert job.most_running == 1


def test_a_job_that_wants_to_come_at_once_never_overlaps_itself_nor_gets_lost(
    start: Callable[..., Poller],
) -> None:
    job = Job("a", *[timedelta(0)] * 300)
    start(job)
    wait_until(lambda: len(job.times) == 301)
    assert job.most_running == 1


def test_a_blocked_job_holds_up_neither_the_others_nor_the_end(
    start: Callable[..., Poller],
) -> None:
    release = threading.Event()
    blocked = Job("blocked", partial(release.wait, 60))
    others = [Job(f"other{n}", *[timedelta(0)] * 20) for n in range(15)]
    poller = start(blocked, *others)
    wait_until(lambda: all(len(job.times) == 21 for job in others))
    assert not poller.stop(0.05)
    release.set()


def test_an_exception_that_leaves_a_job_is_handed_on(
    start: Callable[..., Poller], failures: list[BaseException]
) -> None:
    error = RuntimeError("damaged")
    job = Job("a", timedelta(0), error, timedelta(0))
    start(job)
    wait_until(lambda: failures)
    assert failures == [error]
    assert len(job.times) == 2


@pytest.mark.parametrize("code", [EVENT_JOB_MISSED, EVENT_JOB_MAX_INSTANCES])
def test_a_missed_run_is_made_up_for(start: Callable[..., Poller], code: int) -> None:
    job = Job("a", None, None)
    poller = start(job)
    wait_until(lambda: len(job.times) == 1)
    poller._on_event(JobEvent(code, "a", "default"))
    wait_until(lambda: len(job.times) == 2)


def test_a_process_with_a_blocked_poll_ends() -> None:
    script = (
        "import threading\n"
        "from ingest.poller import Poller\n"
        "begun = threading.Event()\n"
        "class Blocked:\n"
        "    name = 'blocked'\n"
        "    def run(self):\n"
        "        begun.set()\n"
        "        threading.Event().wait()\n"
        "poller = Poller([Blocked()], print)\n"
        "poller.start()\n"
        "begun.wait()\n"
        "print(poller.stop(0.01))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert (ended.stdout, ended.stderr) == ("False\n", "")


def test_a_job_at_rest_is_woken_and_one_that_runs_is_not(start: Callable[..., Poller]) -> None:
    hold, going = threading.Event(), threading.Event()

    def held() -> None:
        going.set()
        hold.wait(30)

    resting = Job("resting", timedelta(hours=1), timedelta(hours=1))
    ended = Job("ended", None, None)
    busy = Job("busy", held, timedelta(hours=1))
    poller = start(resting, ended, busy)
    wait_until(lambda: len(resting.times) == len(ended.times) == 1 and going.is_set())

    def woken() -> bool:
        for name in ("resting", "ended", "busy"):
            poller.wake(name)
        return len(resting.times) > 1 and len(ended.times) > 1

    wait_until(woken)
    assert (len(busy.times), busy.most_running) == (1, 1)
    hold.set()


def test_a_job_that_is_due_much_later_does_not_come_before(start: Callable[..., Poller]) -> None:
    job = Job("a", timedelta(hours=1), timedelta(hours=1), timedelta(hours=1))
    poller = start(job)
    wait_until(lambda: len(job.times) == 1)
    poller.stop(5.0)
    poller.wake("a")
    assert len(job.times) == 1
