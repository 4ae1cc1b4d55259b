"""One part's health: judged from its vitals once a second, and told to whoever asks."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import orjson
import structlog

from domain.metrics import CONSUMER_LAG, HEAD_AGE, PART_READY
from wijkbeeld.health.progress import LoopReport, WatchedProgress
from wijkbeeld.health.prometheus import PrometheusRecorder
from wijkbeeld.health.readiness import FRESHNESS_COUNTS_SECONDS, Limits, reasons_not_ready
from wijkbeeld.health.stacks import stacks
from wijkbeeld.health.watchdog import Stall, Watchdog

EXIT_STALLED = 75
"""EX_TEMPFAIL of sysexits.h: start it again."""

LOOK_SECONDS = 1.0
_LOOKS_MISSED_SECONDS = 10.0
_LOG_SECONDS = 2.0


def end_process(status: int) -> None:
    """End this process at once: the thread that stands still would hold up any other way."""
    os._exit(status)


class Monitor:
    """Watches one part from a thread of its own.

    Args:
        part: its name.
        recorder: what the part measures; readiness and ages of heads are added to it.
        progress: what the part's loops have in hand.
        limits: what is bearable.
        end: ends the process with an exit status.
        monotonic: seconds of a clock that never goes back.
    """

    def __init__(
        self,
        part: str,
        recorder: PrometheusRecorder,
        progress: WatchedProgress,
        limits: Limits,
        end: Callable[[int], None] = end_process,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._part = part
        self._recorder = recorder
        self._progress = progress
        self._limits = limits
        self._end = end
        self._monotonic = monotonic
        self._watchdog = Watchdog(limits, monotonic)
        self._looked = monotonic()
        self._started = False
        self._shown: set[str] = set()
        self._finished = threading.Event()

    def started(self) -> None:
        """Note that the part does its work."""
        self._started = True

    def watch(self) -> None:
        """Look once a second from now on, in a thread that does not keep the process alive."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def finish(self) -> None:
        """Look no more: the part has ended by itself."""
        self._finished.set()

    def _watch(self) -> None:
        while not self._finished.wait(LOOK_SECONDS):
            self.look()

    def look(self) -> None:
        """Look once: set the gauges, and end the process when a loop has stalled."""
        self._looked = self._monotonic()
        reports = self._progress.reports()
        self._show(reports)
        stall = self._watchdog.look(reports)
        if stall is not None:
            _dump(stall)
            self._end(EXIT_STALLED)

    def _show(self, reports: tuple[LoopReport, ...]) -> None:
        for report in reports:
            self._recorder.set(HEAD_AGE, report.head_seconds, part=self._part, loop=report.name)
        names = {report.name for report in reports}
        for gone in self._shown - names:
            self._recorder.forget(HEAD_AGE, part=self._part, loop=gone)
        self._shown = names
        self._recorder.set(PART_READY, float(not self._reasons(reports)), part=self._part)

    def _reasons(self, reports: tuple[LoopReport, ...]) -> tuple[str, ...]:
        live_age = self._progress.latest_live_age(FRESHNESS_COUNTS_SECONDS)
        return reasons_not_ready(self._started, reports, live_age, self._limits)

    @property
    def is_alive(self) -> bool:
        """Whether the process still looks after itself."""
        return self._monotonic() - self._looked < _LOOKS_MISSED_SECONDS

    def readiness(self) -> dict[str, Any]:
        """Return whether the part is ready, why not, and what its loops have in hand, for JSON."""
        reports = self._progress.reports()
        reasons = self._reasons(reports)
        lag = self._recorder.total(CONSUMER_LAG)
        return {
            "part": self._part,
            "ready": not reasons,
            "reasons": list(reasons),
            "lag_records": None if lag is None else int(lag),
            "loops": [
                {
                    "loop": report.name,
                    "seconds": round(report.head_seconds, 1),
                    "waiting_for": report.waiting_for,
                }
                for report in reports
                if report.busy
            ],
        }

    def exposition(self) -> bytes:
        """Return what the part measures, in the text format of Prometheus."""
        return self._recorder.exposition()


def _dump(stall: Stall) -> None:
    """Write where every thread stands to the log, or past it where the log itself is what is stuck."""
    fields = {
        "loop": stall.loop,
        "waiting_for": stall.waiting_for,
        "seconds": round(stall.seconds, 1),
        "stacks": stacks(),
    }
    logged = threading.Event()

    def log() -> None:
        structlog.get_logger("wijkbeeld.health").critical("part_stalled", **fields)
        logged.set()

    threading.Thread(target=log, name="last words", daemon=True).start()
    if not logged.wait(_LOG_SECONDS):
        os.write(sys.stderr.fileno(), orjson.dumps({"event": "part_stalled", **fields}) + b"\n")
