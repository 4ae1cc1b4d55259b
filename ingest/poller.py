"""When each feed is polled: one job per feed, which says itself when it wants to come again.

The one module with APScheduler. Jobs live in memory and are declared here; what must last (the cursors)
is in the outbox, so no two schedulers share anything.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import structlog
from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobEvent,
)
from apscheduler.executors.base import BaseExecutor, run_job
from apscheduler.schedulers.background import BackgroundScheduler

_AGAIN = timedelta(seconds=1)


class Run(Protocol):
    """What is polled again and again; ``FeedRunner`` is one."""

    name: str
    """Different for each."""

    def run(self) -> timedelta | None:
        """Work a bounded while; return when to come again (None: never)."""
        ...


class Poller:
    """Runs each of ``runs`` at its own pace, each in a thread of its own, never twice at a time.

    Args:
        runs: what is run.
        on_failure: told of an exception that left a run; the run is not continued.
    """

    def __init__(self, runs: Iterable[Run], on_failure: Callable[[BaseException], None]) -> None:
        self._runs = {run.name: run for run in runs}
        self._on_failure = on_failure
        self._log = structlog.get_logger(__name__)
        self._stopped = threading.Event()
        self._at_rest: set[str] = set()
        self._guard = threading.Lock()
        self._executor = _ThreadPerRun()
        self._scheduler = BackgroundScheduler(
            executors={"default": self._executor},
            # A grace time would skip the polls of a busy moment; the default is one second.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone=UTC,
        )
        self._scheduler.add_listener(
            self._on_event,
            EVENT_JOB_EXECUTED | EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES,
        )

    def start(self) -> None:
        """Begin with a first run of each, and return."""
        for name in self._runs:
            self._schedule(name, timedelta(0))
        self._scheduler.start()

    def wake(self, name: str) -> None:
        """Run a run now, also one that did not want to come again; nothing while it runs or is due."""
        with self._guard:
            if name not in self._at_rest:
                return
            self._at_rest.discard(name)
        self._schedule(name, timedelta(0))

    def stop(self, seconds: float) -> bool:
        """Begin no further run, and wait up to ``seconds`` for those under way. May be called again.

        Returns:
            Whether all of them ended; the others are abandoned and do not hold up the process's end.
        """
        if not self._stopped.is_set():
            self._stopped.set()
            # A shutdown in the middle of the scheduler's own round makes it trip over the job that it
            # holds; so let that round end, and leave nothing for another.
            self._scheduler.pause()
            self._scheduler.remove_all_jobs()
            self._scheduler.shutdown(wait=False)
        return self._executor.join(seconds)

    def _run(self, name: str) -> timedelta | None:
        with self._guard:
            self._at_rest.discard(name)
        return self._runs[name].run()

    def _schedule(self, name: str, wait: timedelta) -> None:
        if not self._stopped.is_set():
            self._scheduler.add_job(
                self._run,
                "date",
                args=(name,),
                run_date=datetime.now(UTC) + wait,
                id=name,
                replace_existing=True,
            )

    def _on_event(self, event: JobEvent) -> None:
        # The job is made anew only now, when its run is over: a job that came due during its own last
        # moments would be refused for its number of instances, and never come again.
        if event.code == EVENT_JOB_EXECUTED:
            if event.retval is not None:
                self._schedule(event.job_id, event.retval)
            with self._guard:
                self._at_rest.add(event.job_id)
        elif event.code == EVENT_JOB_ERROR:
            self._on_failure(event.exception)
        else:
            self._log.warning("poll_missed", feed=event.job_id, code=event.code)
            self._schedule(event.job_id, _AGAIN)


class _ThreadPerRun(BaseExecutor):  # type: ignore[misc]  # APScheduler ships no types
    """Runs each job in a daemon thread: a poll that never returns must not keep the process alive.

    APScheduler's own pool is made of threads that Python waits for at its end.
    """

    def __init__(self) -> None:
        super().__init__()
        self._threads: set[threading.Thread] = set()
        self._guard = threading.Lock()

    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:
        thread = threading.Thread(
            target=self._work, args=(job, run_times), name=f"poll-{job.id}", daemon=True
        )
        with self._guard:
            self._threads.add(thread)
        thread.start()

    def _work(self, job: Any, run_times: list[datetime]) -> None:
        try:
            events = run_job(job, job._jobstore_alias, run_times, self._logger.name)
            self._run_job_success(job.id, events)
        finally:
            with self._guard:
                self._threads.discard(threading.current_thread())

    def join(self, seconds: float) -> bool:
        """Wait up to ``seconds`` for all threads; return whether they ended."""
        deadline = time.monotonic() + seconds
        with self._guard:
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)
