"""One audit, or one every so often: recorded in the warehouse, shown, and told by an exit status."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import FrameType, MappingProxyType

from rich.console import Console

from domain.clock import Clock, SystemClock
from domain.errors import Terminal, Transient
from warehouse.audit import Patience, Report, Verdict, audit, record
from warehouse.client import connect
from wijkbeeld.audit.place import Place, find_place
from wijkbeeld.audit.view import as_json, print_report
from wijkbeeld.settings import Settings
from wijkbeeld.status import NotRunningError

ANSWER = timedelta(minutes=10)
"""So long may one reading of the whole log take."""

REFUSED_STATUS = 2
NOT_RUNNING_STATUS = 3
UNSETTLED_STATUS = 4
STATUS: Mapping[Verdict, int] = MappingProxyType(
    {Verdict.CLEAN: 0, Verdict.DIFFERS: 1, Verdict.UNSETTLED: UNSETTLED_STATUS, Verdict.EMPTY: 5}
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the person asked for.

    Attributes:
        data_dir: the data directory.
        wait: seconds that may be waited for what is on its way.
        every: seconds between two audits; None for one audit.
        as_json: for machines.
    """

    data_dir: Path
    wait: float
    every: float | None
    as_json: bool


def run_audit(settings: Settings, options: Options) -> int:
    """Audit, show what came of it, and return the exit status."""
    try:
        place = find_place(settings, options.data_dir)
        if options.every is not None:
            return _regularly(place, options, options.every)
        report = audit_once(place, options.wait, SystemClock())
    except NotRunningError as error:
        if options.as_json:
            sys.stdout.write(json.dumps({"running": False}) + "\n")
        return _complain(error, NOT_RUNNING_STATUS)
    except Terminal as error:
        return _complain(error, REFUSED_STATUS)
    except Transient as error:
        return _complain(error, UNSETTLED_STATUS)
    _show(report, options)
    return STATUS[report.verdict]


def audit_once(place: Place, wait: float, clock: Clock) -> Report:
    """Audit and record what came of it.

    Args:
        place: where to look.
        wait: seconds that may be waited for what is on its way.
        clock: for the time of the report.

    Raises:
        Transient: the warehouse, the outbox or the broker does not answer now.
        Terminal: one of them refuses.
    """
    client = connect(
        place.login.url, place.login.user, place.login.password, timeout=ANSWER, name="wijkbeeld-audit"
    )
    try:
        report = audit(client, place.ledger, Patience(wait), clock.now())
        record(client, report)
    finally:
        client.close()
    return report


def _regularly(place: Place, options: Options, every: float) -> int:
    """Audit until SIGTERM or Ctrl-C; what does not answer is tried again. Return the last status."""
    status = UNSETTLED_STATUS
    with _stop_on_signals() as stop:
        while not stop.is_set():
            try:
                report = audit_once(place, options.wait, SystemClock())
            except Transient as error:
                status = _complain(error, UNSETTLED_STATUS)
            else:
                _show(report, options)
                status = STATUS[report.verdict]
            stop.wait(every)
    return status


def _show(report: Report, options: Options) -> None:
    if options.as_json:
        # Of many reports each is one line, so that a reader knows where one ends.
        sys.stdout.write(json.dumps(as_json(report), indent=None if options.every else 2) + "\n")
        sys.stdout.flush()
    else:
        print_report(report, Console(highlight=False))


def _complain(error: Exception, status: int) -> int:
    sys.stderr.write(f"wijkbeeld: {error}\n")
    return status


@contextmanager
def _stop_on_signals() -> Iterator[threading.Event]:
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
